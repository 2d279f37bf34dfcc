#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "feed_digest.h"
#include "feed_event.h"
#include "feed_select.h"
#include "feed_words.h"
#include "ical_event.h"
#include "ical_text.h"
#include "mem.h"

enum { BODY_MAX = 256 * 1024 };

const char *feed_kind_text(enum feed_kind k)
{
	static const char *const TEXT[] = {"all", "unit", "person", "office"};
	return TEXT[k];
}

/* ---- names ------------------------------------------------------------------------------------ */

/* Whose feed it is; RC_NOTFOUND if the configuration does not know the id. */
static enum rc find_owner(
	const struct config *c, const struct feed_spec *s, const char **ret, struct diag *d)
{
	const char *id = s->id ? s->id : "";
	const struct unit *u = s->kind == FEED_UNIT ? config_unit(c, id) : NULL;
	const struct person *p = s->kind == FEED_PERSON ? config_person(c, id) : NULL;
	const struct office *o = s->kind == FEED_OFFICE ? config_office(c, id) : NULL;
	if (s->kind != FEED_ALL && !u && !p && !o)
		return diag_set(
			d, RC_NOTFOUND, N_("there is no %s \"%s\""), feed_kind_text(s->kind), id);
	*ret = u ? u->name : p ? p->name : o ? o->name : NULL;
	return RC_OK;
}

static struct ical_head name_calendar(const struct config *c, const char *owner, struct arena *a)
{
	const struct feed_words *w = feed_words_of(c->language);
	const char *name = owner ? arena_printf(a, w->calendar_of, c->campaign, owner)
				 : arena_printf(a, w->calendar, c->campaign);
	const char *about = arena_printf(a, w->about, c->organisation, c->notice);
	return (struct ical_head){
		.name = ical_clean(a, name, strlen(name), ICAL_SUMMARY_MAX, " "),
		.description = ical_clean(a, about, strlen(about), ICAL_SUMMARY_MAX, " "),
		.zone = zone_name(c->zone),
		.refresh_h = FEED_REFRESH_H,
	};
}

/* ---- printing --------------------------------------------------------------------------------- */

/* Scratch space for events. */
struct press {
	struct ical_printer pr;
	struct buf body;
	struct arena a; /* texts of one event */
};

static void open_press(struct press *p)
{
	*p = (struct press){.a = ARENA_INIT};
	ical_printer_init(&p->pr);
	buf_init(&p->body, BODY_MAX);
}

static void close_press(struct press *p)
{
	ical_printer_done(&p->pr);
	buf_done(&p->body);
	arena_done(&p->a);
}

static struct feed_version version_of(
	const struct feed_versions *v, const char *uid, const char *digest)
{
	if (v->next)
		return v->next(v->ctx, uid, digest);
	struct feed_version fresh = {.sequence = 0, .modified = v->fresh};
	memcpy(fresh.digest, digest, FEED_DIGEST_SIZE);
	return fresh;
}

/* Its body in the press, its digest in ret. */
static void digest_event(
	struct press *p, const struct ical_event *e, char ret[static FEED_DIGEST_SIZE])
{
	buf_clear(&p->body);
	ical_print_body(&p->pr, e, &p->body);
	feed_digest_bytes(p->body.data, p->body.len, ret);
}

/* False if the event is a cancelled one whose time is over. */
static bool print_event(struct press *p, const struct ical_event *e, const struct feed_versions *v,
	struct instant now, struct buf *out)
{
	char digest[FEED_DIGEST_SIZE];
	digest_event(p, e, digest);
	struct feed_version version = version_of(v, e->uid, digest);
	if (e->cancelled && now.s - version.modified.s > FEED_CANCELLED_S)
		return false;
	struct ical_stamp stamp = {version.sequence, version.modified};
	ical_print_event(&p->pr, e->uid, &stamp, &p->body, out);
	return true;
}

static struct ical_event event_of(
	const struct config *c, const struct feed_entry *e, bool alarms, struct arena *a)
{
	if (e->o)
		return feed_event_of_obligation(c, e->o, alarms, a);
	if (e->duty)
		return feed_event_of_duty(c, e->duty, e->year, e->month, e->provisional, a);
	return feed_event_of_occasion(c, e->occasion, e->span, a);
}

/* The event that says so stands on the first of the year. */
static struct date nothing_day(const struct config *c, struct instant now)
{
	return date_clamped(date_year(zone_to_civil(c->zone, now).date), 1, 1);
}

static struct ical_event say_nothing(
	const struct config *c, const struct feed_spec *s, struct arena *a)
{
	const char *tag = arena_printf(
		a, "nothing/%s%s%s", feed_kind_text(s->kind), s->id ? "-" : "", s->id ? s->id : "");
	return feed_event_of_nothing(c, tag, nothing_day(c, s->now), false, a);
}

/* Returns how many there were. */
static size_t print_events(struct press *p, const struct config *c, const struct obligations *os,
	const struct feed_spec *spec, const struct feed_versions *v, struct buf *out)
{
	struct arena list = ARENA_INIT;
	size_t n, n_printed = 0;
	const struct feed_entry *const *entry = feed_select(c, os, spec, &list, &n);
	for (size_t i = 0; i < n; i++) {
		arena_reset(&p->a);
		struct ical_event e = event_of(c, entry[i], spec->alarms, &p->a);
		n_printed += print_event(p, &e, v, spec->now, out);
	}
	arena_done(&list);
	return n_printed;
}

/* A feed that did not fit is no feed. */
static enum rc finish(struct buf *out, size_t start, struct diag *d)
{
	ical_print_tail(out);
	if (!out->overflow)
		return RC_OK;
	buf_truncate(out, start);
	return diag_set(d, RC_LIMIT, N_("the feed is longer than %zu bytes"), out->max);
}

enum rc feed_render(const struct config *c, const struct obligations *os,
	const struct feed_spec *spec, const struct feed_versions *v, struct buf *out,
	struct diag *d)
{
	const char *owner = NULL;
	enum rc rc = find_owner(c, spec, &owner, d);
	if (rc != RC_OK)
		return rc;
	struct press p;
	size_t start = out->len;
	open_press(&p);
	struct ical_head head = name_calendar(c, owner, &p.a);
	ical_print_head(&p.pr, &head, out);
	if (print_events(&p, c, os, spec, v, out) == 0) {
		struct ical_event e = say_nothing(c, spec, &p.a);
		print_event(&p, &e, v, spec->now, out);
	}
	close_press(&p);
	return finish(out, start, d);
}

/* ---- prints ------------------------------------------------------------------------------------ */

struct feed_prints {
	const struct obligations *os;
	char (*digest)[FEED_DIGEST_SIZE]; /* of each obligation's event; "": not made yet */
};

struct feed_prints *feed_prints_new(const struct obligations *os)
{
	struct feed_prints *p = mem_new(1, sizeof *p);
	*p = (struct feed_prints){os, mem_new(os->n + 1, sizeof *p->digest)};
	return p;
}

void feed_prints_free(struct feed_prints *p)
{
	if (!p)
		return;
	free(p->digest);
	free(p);
}

/* A print that grows: what came before, and something more. */
struct chain {
	char sum[FEED_DIGEST_SIZE];
	struct buf link;
};

static void add_link(struct chain *c, const char *text, const char *more)
{
	buf_clear(&c->link);
	buf_puts(&c->link, c->sum);
	buf_puts(&c->link, text);
	buf_putc(&c->link, '\0');
	buf_puts(&c->link, more);
	feed_digest_bytes(c->link.data, c->link.len, c->sum);
}

static void add_head(
	struct chain *chain, struct press *p, const struct config *c, const char *owner)
{
	struct buf head;
	buf_init(&head, BODY_MAX);
	struct ical_head h = name_calendar(c, owner, &p->a);
	ical_print_head(&p->pr, &h, &head);
	/* Ids get its domain. */
	add_link(chain, head.data, c->domain);
	buf_done(&head);
}

static void add_event(struct chain *chain, struct press *p, const struct config *c,
	const struct feed_spec *spec, struct feed_prints *prints, const struct feed_entry *entry)
{
	char fresh[FEED_DIGEST_SIZE] = "", day[DATE_TEXT_SIZE] = "";
	char *digest = entry->o ? prints->digest[entry->o - prints->os->item] : fresh;
	bool cancelled =
		entry->o && (entry->o->state == STATE_WAIVED || entry->o->state == STATE_CANCELLED);
	if (!*digest) {
		arena_reset(&p->a);
		struct ical_event e = event_of(c, entry, spec->alarms, &p->a);
		digest_event(p, &e, digest);
	}
	add_link(chain, entry->id, digest);
	if (cancelled)
		add_link(chain, "day", date_format(zone_to_civil(c->zone, spec->now).date, day));
}

enum rc feed_print(const struct config *c, const struct feed_spec *spec, struct feed_prints *prints,
	char ret[static FEED_DIGEST_SIZE], struct diag *d)
{
	const char *owner = NULL;
	enum rc rc = find_owner(c, spec, &owner, d);
	if (rc != RC_OK)
		return rc;
	struct press p;
	struct arena list = ARENA_INIT;
	struct chain chain = {.sum = ""};
	char year[DATE_TEXT_SIZE] = "";
	size_t n;
	open_press(&p);
	buf_init(&chain.link, BODY_MAX);
	add_head(&chain, &p, c, owner);
	const struct feed_entry *const *entry = feed_select(c, prints->os, spec, &list, &n);
	for (size_t i = 0; i < n; i++)
		add_event(&chain, &p, c, spec, prints, entry[i]);
	if (n == 0)
		add_link(&chain, "nothing", date_format(nothing_day(c, spec->now), year));
	memcpy(ret, chain.sum, FEED_DIGEST_SIZE);
	buf_done(&chain.link);
	arena_done(&list);
	close_press(&p);
	return RC_OK;
}

/* ---- others ------------------------------------------------------------------------------------ */

enum rc feed_render_revoked(
	const struct config *c, struct instant since, struct buf *out, struct diag *d)
{
	struct press p;
	size_t start = out->len;
	open_press(&p);
	struct feed_versions v = {.fresh = since};
	struct date day = zone_to_civil(c->zone, since).date;
	struct ical_head head = name_calendar(c, NULL, &p.a);
	struct ical_event e = feed_event_of_nothing(c, "revoked", day, true, &p.a);
	ical_print_head(&p.pr, &head, out);
	print_event(&p, &e, &v, since, out);
	close_press(&p);
	return finish(out, start, d);
}

/* Whole minutes since 2020: a mail's event has no counter, and a later one must win. */
static int sequence_at(struct instant t)
{
	enum { YEAR_2020_MIN = 26297280 };
	int64_t minutes = t.s / 60 - YEAR_2020_MIN;
	return minutes < 0 ? 0 : (int)minutes;
}

enum rc feed_attachment(const struct config *c, const struct obligation *o, enum form form,
	struct instant dtstamp, const char *url, struct buf *out, struct diag *d)
{
	if (date_is_none(o->due))
		return diag_set(d, RC_STATE, N_("%s has no date yet"), o->id);
	struct press p;
	size_t start = out->len;
	open_press(&p);
	struct ical_event e = feed_event_of_deadline(c, o, form, url, &p.a);
	struct ical_stamp stamp = {sequence_at(dtstamp), dtstamp};
	ical_print_body(&p.pr, &e, &p.body);
	ical_print_head(&p.pr, &(struct ical_head){0}, out);
	ical_print_event(&p.pr, e.uid, &stamp, &p.body, out);
	close_press(&p);
	return finish(out, start, d);
}

void feed_event_digest(const struct config *c, const struct obligation *o, bool alarms,
	char ret[static FEED_DIGEST_SIZE])
{
	struct press p;
	open_press(&p);
	struct ical_event e = feed_event_of_obligation(c, o, alarms, &p.a);
	digest_event(&p, &e, ret);
	close_press(&p);
}
