/*
 * schema - the tables, as numbered migrations
 *
 * user_version is the number of the last migration applied.  A migration is never edited once it has
 * been released; a new one is added.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stddef.h>

enum { SCHEMA_APPLICATION_ID = 0x64656164 }; /* "dead" */

extern const char *const SCHEMA_MIGRATION[];
extern const size_t SCHEMA_VERSION;

#endif
