#include "solarterm.h"

#include "lunar.h"
#include "lunar_table.h"
#include "text.h"

bool solarterm_parse(const char *name, enum solar_term *ret)
{
	if (text_equal(name, "qingming"))
		*ret = SOLAR_TERM_QINGMING;
	else if (text_equal(name, "dongzhi"))
		*ret = SOLAR_TERM_DONGZHI;
	else
		return false;
	return true;
}

bool solarterm_date(enum solar_term term, int year, struct date *ret)
{
	if (year < LUNAR_YEAR_MIN || year > LUNAR_YEAR_MAX)
		return false;
	int i = year - LUNAR_YEAR_MIN;
	return term == SOLAR_TERM_QINGMING ? date_from_ymd(year, 4, QINGMING[i], ret)
					   : date_from_ymd(year, 12, DONGZHI[i], ret);
}
