#include "zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"
#include "tzif.h"

enum { NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 64 * 1024 };

#define ZONEINFO "/usr/share/zoneinfo/"

struct zone {
	char name[NAME_MAX_BYTES];
	struct tzif_table table;
};

/* A name is a path below tzdata's folder and must not lead out of it. */
static bool name_is_safe(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && len < NAME_MAX_BYTES && name[0] != '/' && name[len - 1] != '/' &&
	       !strchr(name, '.') && !strstr(name, "//");
}

static enum rc read_file(const char *name, unsigned char *bytes, size_t *ret_len, struct diag *d)
{
	char path[sizeof ZONEINFO + NAME_MAX_BYTES];
	snprintf(path, sizeof path, ZONEINFO "%s", name);
	FILE *f = fopen(path, "re");
	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return diag_set(d, RC_NOTFOUND, N_("unknown time zone \"%s\""), name);
	if (!f)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), path);
	size_t len = fread(bytes, 1, FILE_MAX_BYTES, f);
	int err = ferror(f) ? errno : 0;
	fclose(f);
	if (err == EISDIR)
		return diag_set(d, RC_NOTFOUND, N_("unknown time zone \"%s\""), name);
	if (err)
		return diag_set_errno(d, RC_IO, err, N_("cannot read %s"), path);
	*ret_len = len;
	return RC_OK;
}

enum rc zone_open(const char *name, struct zone **ret, struct diag *d)
{
	if (!name_is_safe(name))
		return diag_set(d, RC_NOTFOUND, N_("unknown time zone \"%s\""), name);
	unsigned char *bytes = mem_new(FILE_MAX_BYTES, 1);
	struct zone *z = mem_new(1, sizeof *z);
	size_t len;
	enum rc rc = read_file(name, bytes, &len, d);
	if (rc == RC_OK && !tzif_read(bytes, len, &z->table))
		rc = diag_set(d, RC_CORRUPT, N_("%s is not a time zone file we can use"), name);
	free(bytes);
	if (rc) {
		zone_free(z);
		return rc;
	}
	snprintf(z->name, sizeof z->name, "%s", name);
	*ret = z;
	return RC_OK;
}

void zone_free(struct zone *z)
{
	free(z);
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

/* Index of the change in force at t. */
static size_t change_at(const struct zone *z, int64_t t)
{
	size_t lo = 0, hi = z->table.n;
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;
		if (z->table.change[mid].at <= t)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int32_t zone_offset_s(const struct zone *z, struct instant t)
{
	return z->table.change[change_at(z, t.s)].offset;
}

struct instant zone_to_instant(const struct zone *z, struct date date, int32_t second)
{
	int64_t wall = (int64_t)date.days * DAY_S + second;
	/* Whatever the offset, the answer lies within a day of the wall time read as UTC. */
	size_t i = change_at(z, wall - DAY_S);
	for (; i < z->table.n; i++) {
		int64_t t = wall - z->table.change[i].offset;
		bool is_last = i + 1 == z->table.n;
		if (!is_last && t >= z->table.change[i + 1].at)
			continue;
		/* Before this offset began: the wall time lies in the gap before it. */
		return (struct instant){t < z->table.change[i].at ? z->table.change[i].at : t};
	}
	return (struct instant){wall};
}

struct civil zone_to_civil(const struct zone *z, struct instant t)
{
	int64_t wall = t.s + zone_offset_s(z, t);
	int64_t second = (wall % DAY_S + DAY_S) % DAY_S;
	return (struct civil){{(int32_t)((wall - second) / DAY_S)}, (int32_t)second};
}

const char *zone_format(const struct zone *z, struct instant t, char ret[static ZONE_TEXT_SIZE])
{
	if (instant_is_none(t))
		return memcpy(ret, "-", 2);
	struct civil c = zone_to_civil(z, t);
	int32_t offset = zone_offset_s(z, t);
	char day[DATE_TEXT_SIZE], sign = offset < 0 ? '-' : '+';
	int minutes = abs(offset) / 60;
	snprintf(ret, ZONE_TEXT_SIZE, "%sT%02d:%02d:%02d%c%02d:%02d", date_format(c.date, day),
		c.second / 3600 % 24, c.second / 60 % 60, c.second % 60, sign, minutes / 60 % 100,
		minutes % 60);
	return ret;
}

/* ":SS" and the offset behind HH:MM; *ret_has_offset false for civil time. */
static bool parse_tail(const char *s, int *ret_second, bool *ret_has_offset, int *ret_offset)
{
	*ret_second = 0;
	*ret_has_offset = false;
	if (s[0] == ':') {
		if (!(s[1] >= '0' && s[1] <= '5' && s[2] >= '0' && s[2] <= '9'))
			return false;
		*ret_second = (s[1] - '0') * 10 + (s[2] - '0');
		s += 3;
	}
	if (s[0] == '\0')
		return true;
	*ret_has_offset = true;
	*ret_offset = 0;
	if (text_equal(s, "Z"))
		return true;
	int minute;
	if ((s[0] != '+' && s[0] != '-') || !date_parse_minute(s + 1, &minute) || minute == 24 * 60)
		return false;
	*ret_offset = (s[0] == '-' ? -60 : 60) * minute;
	return true;
}

bool zone_parse(const struct zone *z, const char *s, struct instant *ret)
{
	struct date d;
	size_t len = strlen(s);
	if (len < 10 || len > 25 || !date_parse(s, 10, &d))
		return false;
	if (len == 10) {
		*ret = zone_to_instant(z, d, 0);
		return true;
	}
	char clock[6] = "";
	if ((s[10] != 'T' && s[10] != ' ') || len < 16)
		return false;
	memcpy(clock, s + 11, 5);
	int minute, second, offset;
	bool has_offset;
	if (!date_parse_minute(clock, &minute) ||
		!parse_tail(s + 16, &second, &has_offset, &offset))
		return false;
	int32_t of_day = minute * 60 + second;
	if (of_day > DAY_S)
		return false;
	*ret = has_offset ? (struct instant){(int64_t)d.days * DAY_S + of_day - offset}
			  : zone_to_instant(z, d, of_day);
	return true;
}
