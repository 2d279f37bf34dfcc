/*
 * conf_guard - the group `limits` of a way out: how much may leave by it
 */
#ifndef CONF_CONF_GUARD_H
#define CONF_CONF_GUARD_H

#include "conf_state.h"
#include "config.h"

/* What holds if the configuration says nothing: what one phone should bear, and what a roster gone
 * wrong may cost. */
extern const struct guard_settings GUARD_NONE, GUARD_SMS;

/* Reads group.limits, if it is there, over `standard`; 0 takes a limit away. */
void conf_read_guard(struct conf_state *st, config_setting_t *group,
	const struct guard_settings *standard, struct guard_settings *ret);

#endif
