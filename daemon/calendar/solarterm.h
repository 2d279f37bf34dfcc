/*
 * solarterm - 清明 (solar longitude 15°) and 冬至 (270°) of 1901..2100, civil dates in UTC+8
 *
 * From a table printed by tests/lib/make_lunar_table.py; source and checks as for lunar.h.
 */
#ifndef CALENDAR_SOLARTERM_H
#define CALENDAR_SOLARTERM_H

#include <stdbool.h>

#include "date.h"

enum solar_term { SOLAR_TERM_QINGMING, SOLAR_TERM_DONGZHI };

bool solarterm_parse(const char *name, enum solar_term *ret); /* "qingming", "dongzhi" */
bool solarterm_date(enum solar_term term, int year, struct date *ret);

#endif
