/*
 * sim - the real engine and SQLite on a simulated clock, with the shipped configuration
 *
 * A world is a state directory below build/ and an engine in it.  Messages are recorded as they are
 * claimed.  The configuration may be edited in memory: replace one text by another in one file.
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "engine_state.h"
#include "outbox.h"
#include "template_files.h"
#include "workday.h"
#include "zone.h"

enum { SIM_MESSAGES_MAX = 20000, SIM_EDITS_MAX = 8 };

struct sim_message {
	struct instant at;
	char person[65], obligation[200], step[65], text[600];
	enum channel channel;
	size_t n;
	int64_t id;
};

/* What becomes of a message instead of being spooled; false: it is spooled. */
typedef bool sim_fate_fn(const struct sim_message *m, struct outcome *ret);

struct sim_edit {
	const char *file, *from, *to;
};

struct sim {
	char dir[256], feeds[300]; /* the engine keeps pointers to them */
	struct engine *e;
	struct instant now;
	struct sim_message *message;
	size_t n_messages;
	size_t n_kind[EVENT_TROUBLE + 1];
	sim_fate_fn *fate; /* NULL: everything is spooled */
};

/* What the machine's clocks show when an engine starts; NULL: the clock is always believed. */
static const struct clock_reading *sim_clock;
static bool sim_nightly; /* copies of the database at night */

static inline void sim_event(void *ctx, const struct engine_event *ev)
{
	struct sim *s = ctx;
	s->n_kind[ev->kind]++;
	if (ev->kind != EVENT_CLAIMED)
		return;
	assert_true(s->n_messages < SIM_MESSAGES_MAX);
	struct sim_message *m = &s->message[s->n_messages++];
	*m = (struct sim_message){.at = ev->at, .channel = ev->channel, .n = ev->n};
	snprintf(m->person, sizeof m->person, "%s", ev->person);
	snprintf(m->obligation, sizeof m->obligation, "%s", ev->obligation);
	snprintf(m->step, sizeof m->step, "%s", ev->step);
	snprintf(m->text, sizeof m->text, "%s", ev->text);
	m->id = ev->message_id;
	struct outcome o = {.reason = "simulated"};
	/* The engine hears this first; what the spool says of the same attempt comes too late. */
	if (s->fate && s->fate(m, &o))
		engine_delivery_done(s->e, ev->message_id, &o);
}

static inline int sim_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

static inline void sim_fail(const struct diag *d)
{
	char line[DIAG_TEXT_MAX + 300];
	diag_line(d, NULL, line, sizeof line);
	fail_msg("%s", line);
}

/* The bytes of a file with one text replaced, once. */
static inline void sim_apply(struct conf_bundle *b, const struct sim_edit *edit)
{
	for (size_t i = 0; i < b->n_files; i++) {
		struct conf_file *f = &b->file[i];
		if (strcmp(f->name, edit->file) != 0)
			continue;
		const char *at = strstr(f->data, edit->from);
		if (!at)
			fail_msg("%s does not hold \"%s\"", edit->file, edit->from);
		size_t head = (size_t)(at - f->data), cut = strlen(edit->from), add = strlen(edit->to);
		char *data = calloc(1, f->len - cut + add + 1);
		memcpy(data, f->data, head);
		memcpy(data + head, edit->to, add);
		memcpy(data + head + add, at + cut, f->len - head - cut);
		free((void *)(uintptr_t)f->data);
		f->data = data;
		f->len = f->len - cut + add;
		return;
	}
	fail_msg("there is no file %s", edit->file);
}

/* Without the vetting child: these bytes are ours. */
static inline void sim_load(const struct sim_edit *edit, size_t n, struct config **ret,
	struct templates **ret_templates, struct conf_bundle *ret_bundle)
{
	struct diags ds = {0};
	assert_int_equal(conf_read_files("config/deadlined.cfg", ret_bundle, &ds), RC_OK);
	for (size_t i = 0; i < n; i++)
		sim_apply(ret_bundle, &edit[i]);
	enum rc rc = conf_load_bundle(ret_bundle, ret, &ds);
	for (size_t i = 0; rc && i < ds.n; i++)
		if (ds.item[i].severity == SEV_ERROR)
			sim_fail(&ds.item[i]);
	assert_int_equal(rc, RC_OK);
	assert_int_equal(template_files_load((*ret)->templates_dir, ret_templates, NULL, &ds), RC_OK);
	diags_done(&ds);
}

static inline struct instant sim_time(const struct sim *s, const char *text)
{
	struct instant t;
	if (!zone_parse(engine_config(s->e)->zone, text, &t))
		fail_msg("bad time %s", text);
	return t;
}

/* Start (or restart) the engine in the world's directory. */
static inline void sim_start(struct sim *s, struct instant now, const struct sim_edit *edit, size_t n)
{
	struct config *c;
	struct templates *t;
	struct conf_bundle b;
	struct buf texts;
	struct diag d = DIAG_INIT;
	sim_load(edit, n, &c, &t, &b);
	snprintf(s->feeds, sizeof s->feeds, "%s/feeds", s->dir);
	struct engine_options eo = {.state_dir = s->dir, .feeds_dir = s->feeds, .spool_only = true,
		.fast_disk = true, .on_event = sim_event, .ctx = s, .clock = sim_clock,
		.nightly = sim_nightly, .boot_id = "b"};
	buf_init(&texts, 0);
	struct engine_source source = {&b, &texts};
	if (engine_new(&eo, c, t, &source, now, &s->e, &d))
		sim_fail(&d);
	conf_bundle_done(&b);
	buf_done(&texts);
	s->now = now;
}

static inline void sim_stop(struct sim *s)
{
	engine_free(s->e);
	s->e = NULL;
}

/* name: of the test, for its directory. */
static inline void sim_new(struct sim *s, const char *name, const char *at,
	const struct sim_edit *edit, size_t n)
{
	struct instant t;
	struct zone *z;
	struct diag d;
	*s = (struct sim){0};
	const char *tmp = getenv("TMPDIR");
	snprintf(s->dir, sizeof s->dir, "%s/deadlined-sim-%s-%ld", tmp ? tmp : "/tmp", name,
		(long)getpid());
	nftw(s->dir, sim_remove, 8, FTW_DEPTH | FTW_PHYS);
	s->message = calloc(SIM_MESSAGES_MAX, sizeof *s->message);
	assert_int_equal(zone_open("Asia/Shanghai", &z, &d), RC_OK);
	assert_true(zone_parse(z, at, &t));
	zone_free(z);
	sim_start(s, t, edit, n);
}

static inline void sim_done(struct sim *s)
{
	if (s->e)
		sim_stop(s);
	nftw(s->dir, sim_remove, 8, FTW_DEPTH | FTW_PHYS);
	free(s->message);
}

/* Tick until `end`, as the loop would: at each promised instant. */
static inline void sim_run_until(struct sim *s, const char *end)
{
	struct instant last = sim_time(s, end);
	struct diag d = DIAG_INIT;
	while (s->now.s <= last.s) {
		struct instant next = engine_tick(s->e, s->now);
		if (engine_has_failed(s->e, &d))
			sim_fail(&d);
		if (instant_is_none(next) || next.s > last.s)
			break;
		s->now = next.s > s->now.s ? next : (struct instant){s->now.s + 1};
	}
	s->now = last;
}

static inline void sim_act(struct sim *s, enum act_kind kind, const char *id, enum form form,
	const char *reason, struct date date)
{
	struct engine_act act = {.kind = kind, .obligation = id, .deliverable = "", .form = form,
		.who = "test", .reason = reason, .date = date};
	struct diag d = DIAG_INIT;
	int64_t row;
	if (engine_act(s->e, &act, s->now, &row, &d))
		sim_fail(&d);
}

static inline enum rc sim_reload(struct sim *s, const struct sim_edit *edit, size_t n, bool confirm,
	struct engine_reload *ret, struct diag *d)
{
	struct config *c;
	struct templates *t;
	struct conf_bundle b;
	struct buf texts;
	sim_load(edit, n, &c, &t, &b);
	buf_init(&texts, 0);
	struct engine_source source = {&b, &texts};
	enum rc rc = engine_reload(s->e, c, t, &source, confirm, s->now, ret, d);
	if (rc) {
		config_free(c);
		templates_free(t);
	}
	conf_bundle_done(&b);
	buf_done(&texts);
	return rc;
}

/* Messages to a person since a time, on a channel (CHANNEL_COUNT: any), whose text holds `part`. */
static inline size_t sim_count(const struct sim *s, const char *person, enum channel ch,
	const char *since, const char *part)
{
	struct instant from = sim_time(s, since);
	size_t n = 0;
	for (size_t i = 0; i < s->n_messages; i++) {
		const struct sim_message *m = &s->message[i];
		n += strcmp(m->person, person) == 0 && (ch == CHANNEL_COUNT || m->channel == ch) &&
			m->at.s >= from.s && strstr(m->text, part) != NULL;
	}
	return n;
}

#endif
