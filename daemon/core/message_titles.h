/*
 * message_titles - what a text calls an obligation, its period, unit, office and place
 *
 * Memory: the arena of the viewing, or borrowed from config.
 */
#ifndef CORE_MESSAGE_TITLES_H
#define CORE_MESSAGE_TITLES_H

#include "message_view.h"

const char *title_full(const struct viewing *x, const struct obligation *o); /* 7月联点共建材料 */
const char *title_short(const struct viewing *x, const struct obligation *o);  /* 月度材料 */
const char *title_period(const struct viewing *x, const struct obligation *o); /* 7月, 中秋节 */
const char *title_unit(const struct viewing *x, const struct obligation *o);
const char *title_office(const struct viewing *x, const struct office *o); /* 精神文明办 */
const char *title_place(const struct office *o); /* as an SMS says it: 417室 */
const char *title_room(const struct office *o);  /* 417室, "" if it says no more than the name */

/* 周六, 节假日; "" if the day is a workday. */
const char *title_rest_day(const struct viewing *x, struct date d);

#endif
