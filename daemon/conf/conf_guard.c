#include "conf_guard.h"

#include <stddef.h>

#include "conf_field.h"

const struct guard_settings GUARD_NONE = {0};

const struct guard_settings GUARD_SMS = {
	.person_minute = 1,
	.person_quarter_hour = 5,
	.person_hour = 11,
	.person_three_hours = 21,
	.per_second = 1,
	.per_day = 500,
	.per_month = 5000,
};

#define LIMIT(name, kind, member, ...) FIELD(name, kind, struct guard_settings, member, __VA_ARGS__)

static const struct field LIMIT_FIELD[] = {
	LIMIT("person_minute", INT, person_minute, .min = 0, .max = 1000000),
	LIMIT("person_quarter_hour", INT, person_quarter_hour, .min = 0, .max = 1000000),
	LIMIT("person_hour", INT, person_hour, .min = 0, .max = 1000000),
	LIMIT("person_three_hours", INT, person_three_hours, .min = 0, .max = 1000000),
	LIMIT("per_second", INT, per_second, .min = 0, .max = 1000000),
	LIMIT("per_day", INT, per_day, .min = 0, .max = 1000000),
	LIMIT("per_month", INT, per_month, .min = 0, .max = 1000000),
};

void conf_read_guard(struct conf_state *st, config_setting_t *group,
	const struct guard_settings *standard, struct guard_settings *ret)
{
	config_setting_t *limits = group ? config_setting_get_member(group, "limits") : NULL;
	*ret = *standard;
	if (limits && config_setting_is_group(limits))
		field_apply(st, limits, FIELDS(LIMIT_FIELD), ret);
}
