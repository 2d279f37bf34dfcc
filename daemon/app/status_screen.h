/*
 * status_screen - what `deadlinectl status` shows: one screen for a tired reader
 *
 * The first line says whether somebody is needed; below stand, numbered, the things to do, each with what
 * to type; then what mends itself; then figures, without zeros.  Knows only what the verb `status` answered.
 */
#ifndef APP_STATUS_SCREEN_H
#define APP_STATUS_SCREEN_H

#include <stdbool.h>

#include <jansson.h>

/* Nothing that only a person can mend, and nothing waits behind a fault. */
bool status_is_well(const json_t *status);
void status_print(const json_t *status);

#endif
