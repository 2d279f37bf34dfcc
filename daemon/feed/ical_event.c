#include "ical_event.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "date.h"
#include "zone.h"

#include "ical_text.h"

static struct icaltimetype day_of(struct date d)
{
	struct icaltimetype t = {.is_date = 1};
	date_to_ymd(d, &t.year, &t.month, &t.day);
	return t;
}

static struct icaltimetype utc_of(struct instant i)
{
	int64_t days = i.s / DAY_S, second = i.s % DAY_S;
	if (second < 0) {
		days--;
		second += DAY_S;
	}
	struct icaltimetype t = {.zone = icaltimezone_get_utc_timezone()};
	date_to_ymd((struct date){(int32_t)days}, &t.year, &t.month, &t.day);
	t.hour = (int)(second / 3600);
	t.minute = (int)(second / 60 % 60);
	t.second = (int)(second % 60);
	return t;
}

static icalproperty *with_value_kind(icalproperty *p, icalparameter_value kind)
{
	icalproperty_add_parameter(p, icalparameter_new_value(kind));
	return p;
}

static icalproperty *new_x(const char *name, const char *text)
{
	icalproperty *p = icalproperty_new_x(text);
	icalproperty_set_x_name(p, name);
	return p;
}

/* ---- printing ------------------------------------------------------------------------------ */

/* NAME;PARAM=VALUE;... */
static void put_name(icalproperty *p, struct buf *out)
{
	icalproperty_kind kind = icalproperty_isa(p);
	buf_puts(out, kind == ICAL_X_PROPERTY ? icalproperty_get_x_name(p)
					      : icalproperty_kind_to_string(kind));
	for (icalparameter *q = icalproperty_get_first_parameter(p, ICAL_ANY_PARAMETER); q;
		q = icalproperty_get_next_parameter(p, ICAL_ANY_PARAMETER)) {
		char *s = icalparameter_as_ical_string_r(q);
		buf_putc(out, ';');
		buf_puts(out, s);
		free(s);
	}
}

/* libical leaves `,` and `;` of X- properties as they are, and a URI's line breaks too. */
static bool put_value(icalproperty *p, struct buf *out)
{
	const icalvalue *v = icalproperty_get_value(p);
	if (icalproperty_isa(p) == ICAL_X_PROPERTY) {
		ical_escape(icalproperty_get_x(p), out);
		return true;
	}
	char *s = icalproperty_get_value_as_string_r(p);
	bool ok = s && (icalvalue_isa(v) != ICAL_URI_VALUE || ical_uri_is_valid(s));
	if (ok)
		buf_puts(out, s);
	free(s);
	return ok;
}

void ical_printer_init(struct ical_printer *pr)
{
	buf_init(&pr->name, 256);
	buf_init(&pr->value, 4 * ICAL_DESCRIPTION_MAX);
}

void ical_printer_done(struct ical_printer *pr)
{
	buf_done(&pr->name);
	buf_done(&pr->value);
}

static void print_property(struct ical_printer *pr, icalproperty *p, struct buf *out)
{
	buf_clear(&pr->name);
	buf_clear(&pr->value);
	put_name(p, &pr->name);
	/* A control byte means a text that was not cleaned: better no line than two.  And readers
	 * take an empty value for a fault. */
	bool printed = put_value(p, &pr->value) && pr->value.len &&
		       ical_put_line(out, pr->name.data, pr->value.data);
	(void)printed;
}

static void print_properties(struct ical_printer *pr, icalcomponent *c, struct buf *out)
{
	for (icalproperty *p = icalcomponent_get_first_property(c, ICAL_ANY_PROPERTY); p;
		p = icalcomponent_get_next_property(c, ICAL_ANY_PROPERTY))
		print_property(pr, p, out);
}

/* ---- the event ------------------------------------------------------------------------------ */

static void add_times(icalcomponent *c, const struct ical_event *e)
{
	if (instant_is_none(e->start)) {
		icalcomponent_add_property(
			c, with_value_kind(
				   icalproperty_new_dtstart(day_of(e->first)), ICAL_VALUE_DATE));
		icalcomponent_add_property(
			c, with_value_kind(icalproperty_new_dtend(day_of(date_add(e->last, 1))),
				   ICAL_VALUE_DATE));
		return;
	}
	icalcomponent_add_property(c, icalproperty_new_dtstart(utc_of(e->start)));
	icalcomponent_add_property(c, icalproperty_new_dtend(utc_of(e->end)));
}

static bool is_set(const char *s)
{
	return s && *s;
}

static void add_texts(icalcomponent *c, const struct ical_event *e)
{
	icalcomponent_add_property(c, icalproperty_new_summary(e->summary));
	if (is_set(e->description))
		icalcomponent_add_property(c, icalproperty_new_description(e->description));
	if (is_set(e->location))
		icalcomponent_add_property(c, icalproperty_new_location(e->location));
	for (size_t i = 0; i < ICAL_CATEGORIES_MAX; i++)
		if (is_set(e->category[i]))
			icalcomponent_add_property(c, icalproperty_new_categories(e->category[i]));
	if (is_set(e->url))
		icalcomponent_add_property(c, icalproperty_new_url(e->url));
}

static icalcomponent *new_alarm(const struct ical_event *e)
{
	icalcomponent *a = icalcomponent_new(ICAL_VALARM_COMPONENT);
	icalcomponent_add_property(a, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	icalcomponent_add_property(a, icalproperty_new_description(e->summary));
	icalcomponent_add_property(
		a, icalproperty_new_trigger(icaltriggertype_from_int(-e->alarm_s)));
	return a;
}

static icalcomponent *new_event(const struct ical_event *e)
{
	icalcomponent *c = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	add_times(c, e);
	add_texts(c, e);
	icalcomponent_add_property(
		c, icalproperty_new_status(
			   e->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(c, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	icalcomponent_add_property(c, new_x("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"));
	if (e->alarm_s > 0)
		icalcomponent_add_component(c, new_alarm(e));
	return c;
}

void ical_print_body(struct ical_printer *pr, const struct ical_event *e, struct buf *out)
{
	icalcomponent *c = new_event(e);
	print_properties(pr, c, out);
	for (icalcomponent *a = icalcomponent_get_first_component(c, ICAL_VALARM_COMPONENT); a;
		a = icalcomponent_get_next_component(c, ICAL_VALARM_COMPONENT)) {
		buf_puts(out, "BEGIN:VALARM\r\n");
		print_properties(pr, a, out);
		buf_puts(out, "END:VALARM\r\n");
	}
	icalcomponent_free(c);
}

/* The stamp is the same few digits in every event; a model of it would take a seventh of the time. */
void ical_print_event(struct ical_printer *pr, const char *uid, const struct ical_stamp *s,
	const struct buf *body, struct buf *out)
{
	struct icaltimetype t = utc_of(s->modified);
	char when[32];
	snprintf(when, sizeof when, "%04d%02d%02dT%02d%02d%02dZ", t.year, t.month, t.day, t.hour,
		t.minute, t.second);
	buf_clear(&pr->value);
	ical_escape(uid, &pr->value);
	buf_puts(out, "BEGIN:VEVENT\r\n");
	bool clean = ical_put_line(out, "UID", pr->value.data);
	assert(clean);
	(void)clean;
	buf_printf(
		out, "DTSTAMP:%s\r\nLAST-MODIFIED:%s\r\nSEQUENCE:%d\r\n", when, when, s->sequence);
	buf_add(out, body->data, body->len);
	buf_puts(out, "END:VEVENT\r\n");
}

/* ---- the calendar ------------------------------------------------------------------------------ */

static void add_refresh(icalcomponent *c, int hours)
{
	char text[16];
	struct icaldurationtype d = icaldurationtype_from_int(hours * 3600);
	icalcomponent_add_property(
		c, with_value_kind(icalproperty_new_refreshinterval(d), ICAL_VALUE_DURATION));
	snprintf(text, sizeof text, "PT%dH", hours);
	icalcomponent_add_property(c, new_x("X-PUBLISHED-TTL", text));
}

void ical_print_head(struct ical_printer *pr, const struct ical_head *h, struct buf *out)
{
	icalcomponent *c = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	icalcomponent_add_property(c, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
		c, icalproperty_new_prodid("-//deadlined//deadlined " DEADLINED_VERSION "//ZH"));
	icalcomponent_add_property(c, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(c, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	if (h->name) {
		icalcomponent_add_property(c, icalproperty_new_name(h->name));
		icalcomponent_add_property(c, new_x("X-WR-CALNAME", h->name));
	}
	if (h->description)
		icalcomponent_add_property(c, new_x("X-WR-CALDESC", h->description));
	if (h->zone)
		icalcomponent_add_property(c, new_x("X-WR-TIMEZONE", h->zone));
	if (h->refresh_h > 0)
		add_refresh(c, h->refresh_h);
	buf_puts(out, "BEGIN:VCALENDAR\r\n");
	print_properties(pr, c, out);
	icalcomponent_free(c);
}

void ical_print_tail(struct buf *out)
{
	buf_puts(out, "END:VCALENDAR\r\n");
}
