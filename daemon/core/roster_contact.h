/*
 * roster_contact - telephone numbers and mail addresses of an imported table.  Private to roster_import.
 *
 * Read where a column says so, or behind a name in its cell.  Nothing of the configuration is replaced:
 * what it lacks is offered, what differs is said.
 */
#ifndef CORE_ROSTER_CONTACT_H
#define CORE_ROSTER_CONTACT_H

#include "config.h"
#include "mem.h"
#include "roster_import.h"

/* A mobile number of China, or with + and country, blanks and hyphens aside, as "+8610..."; NULL if it is
 * neither. */
const char *roster_contact_phone(const char *s, struct arena *a);

/* Looks like name@domain. */
bool roster_contact_is_email(const char *s);

/* "张三10000000001": the name alone; what stood behind it goes to *phone or *email, if it is one. */
const char *roster_contact_cut(
	const char *key, struct arena *a, const char **phone, const char **email);

#endif
