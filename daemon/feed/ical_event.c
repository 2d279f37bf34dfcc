#include "ical_event.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "date.h"
#include "zone.h"

#include "ical_text.h"

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

/* Ten thousand events as models of libical cost a tenth of a second, most of it in malloc.  So their
 * lines are put straight: the test compares them with what libical makes of the same values. */

enum { LINE_BYTES = 64 };

static void put_day(struct buf *out, const char *name, struct date d)
{
	char line[LINE_BYTES];
	int year, month, mday;
	date_to_ymd(d, &year, &month, &mday);
	int n = snprintf(
		line, sizeof line, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, year, month, mday);
	buf_add(out, line, (size_t)n);
}

static void put_instant(struct buf *out, const char *name, struct instant at)
{
	char line[LINE_BYTES];
	struct icaltimetype t = utc_of(at);
	int n = snprintf(line, sizeof line, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, t.year,
		t.month, t.day, t.hour, t.minute, t.second);
	buf_add(out, line, (size_t)n);
}

static void put_times(const struct ical_event *e, struct buf *out)
{
	if (instant_is_none(e->start)) {
		put_day(out, "DTSTART", e->first);
		put_day(out, "DTEND", date_add(e->last, 1));
		return;
	}
	put_instant(out, "DTSTART", e->start);
	put_instant(out, "DTEND", e->end);
}

/* A control byte means a text that was not cleaned: better no line than two.  And readers take an
 * empty value for a fault. */
static void put_text(struct ical_printer *pr, const char *name, const char *text, struct buf *out)
{
	if (!text || !*text)
		return;
	buf_clear(&pr->value);
	ical_escape(text, &pr->value);
	bool printed = ical_put_line(out, name, pr->value.data);
	(void)printed;
}

static void put_uri(const char *uri, struct buf *out)
{
	bool printed = uri && ical_uri_is_valid(uri) && ical_put_line(out, "URL", uri);
	(void)printed;
}

static void put_alarm(struct ical_printer *pr, const struct ical_event *e, struct buf *out)
{
	char *before = icaldurationtype_as_ical_string_r(icaldurationtype_from_int(-e->alarm_s));
	buf_puts(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
	put_text(pr, "DESCRIPTION", e->summary, out);
	buf_printf(out, "TRIGGER:%s\r\nEND:VALARM\r\n", before);
	free(before);
}

void ical_print_body(struct ical_printer *pr, const struct ical_event *e, struct buf *out)
{
	put_times(e, out);
	put_text(pr, "SUMMARY", e->summary, out);
	put_text(pr, "DESCRIPTION", e->description, out);
	put_text(pr, "LOCATION", e->location, out);
	for (size_t i = 0; i < ICAL_CATEGORIES_MAX; i++)
		put_text(pr, "CATEGORIES", e->category[i], out);
	put_uri(e->url, out);
	buf_puts(out, e->cancelled ? "STATUS:CANCELLED\r\n" : "STATUS:CONFIRMED\r\n");
	buf_puts(out, "TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n");
	if (e->alarm_s > 0)
		put_alarm(pr, e, out);
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
