#include "precondition.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "date.h"

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* ---- entity tags ----------------------------------------------------------------------------- */

/* A tag holds no quote (RFC 9110 section 8.8.3), so that its end is the next one. */
bool precondition_has_tag(const char *field, const char *etag)
{
	const char *p = skip_blanks(field);
	size_t len = strlen(etag);
	if (*p == '*')
		return *skip_blanks(p + 1) == '\0';
	while (*p) {
		if (p[0] == 'W' && p[1] == '/')
			p += 2;
		const char *end = *p == '"' ? strchr(p + 1, '"') : NULL;
		if (!end)
			return false;
		if ((size_t)(end + 1 - p) == len && memcmp(p, etag, len) == 0)
			return true;
		p = skip_blanks(end + 1);
		if (*p && *p != ',')
			return false;
		p += strspn(p, " \t,");
	}
	return false;
}

/* ---- dates ------------------------------------------------------------------------------------- */

static const char DAYS[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char MONTHS[][4] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const int64_t LAST_S = INT64_C(7258118399); /* end of 2199 */

static bool read_number(const char *s, int digits, int max, int *ret)
{
	int n = 0;
	for (int i = 0; i < digits; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		n = n * 10 + s[i] - '0';
	}
	*ret = n;
	return n <= max;
}

static int month_of(const char *s)
{
	for (int i = 0; i < 12; i++)
		if (memcmp(s, MONTHS[i], 3) == 0)
			return i + 1;
	return 0;
}

bool http_date_parse(const char *s, int64_t *ret)
{
	int day, m, y, hour, minute, second;
	struct date d;
	if (strlen(s) != HTTP_DATE_SIZE - 1 || memcmp(s + 3, ", ", 2) != 0 || s[7] != ' ' ||
		s[11] != ' ' || s[16] != ' ' || s[19] != ':' || s[22] != ':' ||
		memcmp(s + 25, " GMT", 4) != 0)
		return false;
	m = month_of(s + 8);
	if (!m || !read_number(s + 5, 2, 31, &day) || !read_number(s + 12, 4, 9999, &y) ||
		!read_number(s + 17, 2, 23, &hour) || !read_number(s + 20, 2, 59, &minute) ||
		!read_number(s + 23, 2, 60, &second) || !date_from_ymd(y, m, day, &d))
		return false;
	int64_t at = (int64_t)d.days * DAY_S + hour * 3600 + minute * 60 + second;
	*ret = at < LAST_S ? at : LAST_S;
	return true;
}

void http_date_format(int64_t at, char ret[static HTTP_DATE_SIZE])
{
	int y, m, day;
	if (at < 0 || at > LAST_S)
		at = 0;
	struct date d = {(int32_t)(at / DAY_S)};
	unsigned rest = (unsigned)(at % DAY_S);
	date_to_ymd(d, &y, &m, &day);
	snprintf(ret, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT", DAYS[date_weekday(d)],
		(unsigned)day % 100, MONTHS[m - 1], (unsigned)y % 10000, rest / 3600 % 24,
		rest / 60 % 60, rest % 60);
}

/* ---- codings ----------------------------------------------------------------------------------- */

/* ";q=0", ";q=0.0" and the like, up to the next comma. */
static bool is_refused(const char *s, const char *end)
{
	s = skip_blanks(s);
	if (s >= end || *s != ';')
		return false;
	s = skip_blanks(s + 1);
	if (end - s < 3 || strncasecmp(s, "q=0", 3) != 0)
		return false;
	for (s += 3; s < end && *s != ' ' && *s != '\t'; s++)
		if (*s != '.' && *s != '0')
			return false;
	return true;
}

bool accepts_gzip(const char *field)
{
	bool any = false;
	for (const char *p = field; p && *p;) {
		p += strspn(p, " \t,");
		const char *end = p + strcspn(p, ",");
		size_t name = strcspn(p, " \t,;");
		if (name == 4 && strncasecmp(p, "gzip", 4) == 0)
			return !is_refused(p + name, end);
		if (name == 1 && *p == '*')
			any = !is_refused(p + name, end);
		p = end;
	}
	return any;
}
