#include "conf_guard.h"

#include <stddef.h>

#include "conf_field.h"

enum { LIMIT_MAX = 1000000 };

const struct guard_settings GUARD_NONE = {0};

const struct guard_settings GUARD_SMS = {
	.person_minute = 1,
	.person_15_minutes = 5,
	.person_hour = 11,
	.person_3_hours = 21,
	.per_second = 1,
	.per_day = 500,
	.per_month = 5000,
};

#define LIMIT(name, member) FIELD(name, INT, struct guard_settings, member, .max = LIMIT_MAX)

static const struct field LIMIT_FIELD[] = {
	LIMIT("person_minute", person_minute),
	LIMIT("person_15_minutes", person_15_minutes),
	LIMIT("person_hour", person_hour),
	LIMIT("person_3_hours", person_3_hours),
	LIMIT("per_second", per_second),
	LIMIT("per_day", per_day),
	LIMIT("per_month", per_month),
};

void conf_read_guard(struct conf_state *st, config_setting_t *group,
	const struct guard_settings *standard, struct guard_settings *ret)
{
	config_setting_t *limits = group ? config_setting_get_member(group, "limits") : NULL;
	*ret = *standard;
	if (limits && config_setting_is_group(limits))
		field_apply(st, limits, FIELDS(LIMIT_FIELD), ret);
}
