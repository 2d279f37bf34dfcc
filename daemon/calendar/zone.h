/*
 * zone - civil time in a named IANA zone to instants and back
 *
 * Offsets come from the system's tzdata, read once at zone_open (see tzif.h).  libical is not
 * asked: 3.0.16 turns tzdata into recurrence rules and loses hours (Asia/Shanghai 1987-1989, most
 * of America/St_Johns).  Where the wall clock is no help:
 *   gap (clocks go forward):  the first instant after the gap
 *   overlap (clocks go back): the first of the two instants
 * No TZ, no localtime, no mktime.
 *
 * Memory: zone_open gives, zone_free takes.  Thread: one.
 */
#ifndef CALENDAR_ZONE_H
#define CALENDAR_ZONE_H

#include "date.h"
#include "diag.h"

struct zone;

struct civil {
	struct date date;
	int32_t second; /* of the day, 0..86399, as the wall clock shows */
};

/* RC_NOTFOUND for a name tzdata does not know, RC_CORRUPT for a file that tzif.h refuses, RC_IO. */
enum rc zone_open(const char *name, struct zone **ret, struct diag *d) NODISCARD;
void zone_free(struct zone *z);
const char *zone_name(const struct zone *z);

/* second may be 0..86400 (86400 = midnight at the end of the day). */
struct instant zone_to_instant(const struct zone *z, struct date date, int32_t second);
struct civil zone_to_civil(const struct zone *z, struct instant t);
int32_t zone_offset_s(const struct zone *z, struct instant t); /* east positive */

enum { ZONE_TEXT_SIZE = 40 };
/* RFC 3339 with offset, "2024-05-20T17:30:00+08:00"; INSTANT_NONE gives "-". */
const char *zone_format(const struct zone *z, struct instant t, char ret[static ZONE_TEXT_SIZE]);
/* RFC 3339 date-time: seconds may be missing, a space may stand for T.  With an offset or Z it is
 * that instant; without, civil time in z.  A bare date is 00:00 in z. */
bool zone_parse(const struct zone *z, const char *s, struct instant *ret);

#endif
