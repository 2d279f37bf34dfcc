#include "say.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"

const char *say_weekday(struct date d)
{
	static const char *const NAMES[] = {
		N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat")};
	return _(NAMES[date_weekday(d)]);
}

const char *say_date(struct date d, char ret[static SAY_DATE_SIZE])
{
	char day[DATE_TEXT_SIZE];
	if (date_is_none(d))
		return memcpy(ret, "-", 2);
	snprintf(ret, SAY_DATE_SIZE, "%s %s", date_format(d, day), say_weekday(d));
	return ret;
}

const char *say_time(const struct zone *z, struct instant t, char ret[static SAY_TIME_SIZE])
{
	char day[SAY_DATE_SIZE];
	if (instant_is_none(t))
		return memcpy(ret, "-", 2);
	struct civil c = zone_to_civil(z, t);
	snprintf(ret, SAY_TIME_SIZE, "%s %02d:%02d", say_date(c.date, day), c.second / 3600 % 24,
		c.second / 60 % 60);
	return ret;
}

/* language NULL: the command's. */
static const char *say_clauses(
	const char *language, const char *reason, char ret[static SAY_REASON_SIZE])
{
	char clause[SAY_REASON_SIZE];
	size_t len = 0;
	ret[0] = '\0';
	for (const char *p = reason; *p;) {
		const char *end = strstr(p, ": ");
		size_t n = end ? (size_t)(end - p) : strlen(p);
		snprintf(clause, sizeof clause, "%.*s", (int)n, p);
		int k = snprintf(ret + len, SAY_REASON_SIZE - len, "%s%s",
			language ? i18n_translate_to(language, clause) : i18n_translate(clause),
			end ? ": " : "");
		if (k < 0 || (size_t)k >= SAY_REASON_SIZE - len)
			break;
		len += (size_t)k;
		p += n + (end ? 2 : 0);
	}
	return ret;
}

const char *say_reason(const char *reason, char ret[static SAY_REASON_SIZE])
{
	return say_clauses(NULL, reason, ret);
}

const char *say_reason_in(
	const char *language, const char *reason, char ret[static SAY_REASON_SIZE])
{
	return say_clauses(language, reason, ret);
}

const char *say_civil(const char *rfc3339, char ret[static SAY_TIME_SIZE])
{
	struct date d;
	if (strlen(rfc3339) < 16 || !date_parse(rfc3339, 10, &d))
		return "-";
	snprintf(ret, SAY_TIME_SIZE, "%.10s %s %.5s", rfc3339, say_weekday(d), rfc3339 + 11);
	return ret;
}

const char *say_count(long long done, long long quota, char ret[static SAY_COUNT_SIZE])
{
	snprintf(ret, SAY_COUNT_SIZE, _("%lld of %lld activities"), done, quota);
	return ret;
}
