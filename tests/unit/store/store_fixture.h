/*
 * store_fixture - a store in a directory of its own, raw SQL beside it, and messages in any state
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "history.h"
#include "outbox.h"
#include "store.h"
#include "store_handle.h"

#define MAYBE __attribute__((unused)) static /* not every test needs each of these */

static char state_dir[64];
static struct store *store;
static struct arena arena;
static struct diag diag;

static const struct instant T0 = {1714900000}; /* 2024-05-05 */

MAYBE struct instant later(int64_t s)
{
	return (struct instant){T0.s + s};
}

MAYBE const char *in_dir(const char *name)
{
	static char path[4][400];
	static unsigned turn;
	char *ret = path[turn++ % 4];
	snprintf(ret, 400, "%s/%s", state_dir, name);
	return ret;
}

MAYBE void make_dir(void)
{
	snprintf(state_dir, sizeof state_dir, "/tmp/deadlined-store-XXXXXX");
	assert_non_null(mkdtemp(state_dir));
}

MAYBE void empty_dir(void)
{
	DIR *dir = opendir(state_dir);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		if (e->d_name[0] != '.')
			unlink(in_dir(e->d_name));
	closedir(dir);
}

MAYBE enum rc open_as(const struct store_options *opt)
{
	diag = (struct diag)DIAG_INIT;
	return store_open(state_dir, opt, &store, &diag);
}

/* Without waiting for the disk: the tests of that are in test_store and test_store_fault. */
MAYBE void open_store(void)
{
	if (open_as(&(struct store_options){.not_durable = true}) != RC_OK) {
		char text[DIAG_TEXT_MAX];
		diag_line(&diag, NULL, text, sizeof text);
		fail_msg("%s", text);
	}
}

MAYBE void close_store(void)
{
	store_close(store);
	store = NULL;
}

MAYBE int set_up(void **state)
{
	(void)state;
	make_dir();
	open_store();
	return 0;
}

MAYBE int tear_down(void **state)
{
	(void)state;
	close_store();
	arena_done(&arena);
	empty_dir();
	return rmdir(state_dir);
}

MAYBE const struct store_options DURABLE = {0}, FAST = {.not_durable = true};

/* ---- files ------------------------------------------------------------------------------------ */

MAYBE int set_up_empty(void **state)
{
	(void)state;
	make_dir();
	return 0;
}

MAYBE const char *said(void)
{
	static char text[DIAG_TEXT_MAX];
	diag_line(&diag, NULL, text, sizeof text);
	return text;
}

MAYBE void assert_said(const char *part)
{
	if (!strstr(said(), part))
		fail_msg("\"%s\" is not in: %s", part, said());
}

MAYBE void put_file(const char *name, const void *bytes, size_t len)
{
	int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

struct file {
	char bytes[400000];
	size_t len;
};

MAYBE void get_file(const char *name, struct file *ret)
{
	int fd = open(in_dir(name), O_RDONLY);
	ret->len = 0;
	if (fd < 0)
		return;
	ssize_t n = read(fd, ret->bytes, sizeof ret->bytes);
	assert_true(n >= 0 && n < (ssize_t)sizeof ret->bytes);
	ret->len = (size_t)n;
	close(fd);
}

MAYBE void assert_same_file(const struct file *a, const char *name)
{
	static struct file b;
	get_file(name, &b);
	assert_int_equal(a->len, b.len);
	assert_memory_equal(a->bytes, b.bytes, b.len);
}

MAYBE mode_t mode_of(const char *name)
{
	struct stat st;
	assert_int_equal(lstat(in_dir(name), &st), 0);
	return st.st_mode & 0777;
}

MAYBE void put_meta(const char *key, const char *value)
{
	assert_int_equal(store_set_meta(store, key, value, strlen(value), &diag), RC_OK);
}

MAYBE const char *meta(const char *key)
{
	const char *text = NULL;
	size_t len;
	if (store_get_meta(store, key, &arena, &text, &len, &diag) != RC_OK)
		return NULL;
	assert_int_equal(strlen(text), len);
	return text;
}

/* ---- raw SQL ---------------------------------------------------------------------------------- */

MAYBE int raw(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
MAYBE int raw(const char *fmt, ...)
{
	char sql[4000];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) & 0xff;
}

/* The first column of the first row as text; "" if there is none. */
MAYBE const char *raw_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
MAYBE const char *raw_text(const char *fmt, ...)
{
	static char ret[4][1000];
	static unsigned turn;
	char sql[2000], *text = ret[turn++ % 4];
	sqlite3_stmt *q;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	if (sqlite3_prepare_v2(store->db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
	text[0] = '\0';
	if (sqlite3_step(q) == SQLITE_ROW && sqlite3_column_text(q, 0))
		snprintf(text, 1000, "%s", (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	return text;
}

#define raw_int(...) atoll(raw_text(__VA_ARGS__))

MAYBE void assert_sound(void)
{
	assert_string_equal(raw_text("PRAGMA integrity_check"), "ok");
	assert_string_equal(raw_text("PRAGMA foreign_key_check"), "");
	int64_t broken = -1;
	assert_int_equal(history_verify(store, &broken, &diag), RC_OK);
	assert_int_equal(broken, 0);
}

/* ---- reminders and messages ------------------------------------------------------------------- */

static const struct person ZHAO = {.id = "zhao"}, QIAN = {.id = "qian"};
static struct obligation owed = {.id = "monthly/2024-05/brigade-1"};

MAYBE const char *key_of(unsigned n)
{
	static char key[8][REMINDER_KEY_SIZE];
	static unsigned turn;
	char *ret = key[turn++ % 8];
	snprintf(ret, REMINDER_KEY_SIZE, "%064x", n);
	return ret;
}

MAYBE struct reminder wish(unsigned n, int64_t at)
{
	assert_true(date_from_ymd(2024, 5, 20, &owed.due));
	assert_true(date_from_ymd(2024, 5, 17, &owed.hand_in));
	struct reminder r = {
		.obligation = &owed,
		.obligation_id = owed.id,
		.step_id = "t-1",
		.template = "before",
		.person = &ZHAO,
		.at = later(at),
		.asked = later(at),
		.deadline = later(at + DAY_S),
		.form = FORM_PAPER,
		.channel = CHANNEL_EMAIL,
		.role = ROLE_LEAD,
	};
	snprintf(r.key, sizeof r.key, "%s", key_of(n));
	return r;
}

MAYBE void plan(unsigned n, int64_t at)
{
	struct reminder r = wish(n, at);
	assert_int_equal(outbox_plan(store, &r, T0, &diag), RC_OK);
}

/* Keys n, n + 1, ... in one message, whose client_ref is "ref-n". */
MAYBE enum rc claim_n(unsigned n, size_t n_keys, enum channel ch, int64_t *ret_id)
{
	char ref[32];
	const char *key[8];
	assert_true(n_keys <= 8);
	for (size_t i = 0; i < n_keys; i++)
		key[i] = key_of(n + (unsigned)i);
	snprintf(ref, sizeof ref, "ref-%u", n);
	struct outbox_claim c = {
		.channel = ch,
		.person_id = "zhao",
		.recipient = ch == CHANNEL_SMS ? "+861000000001" : "zhao@example.invalid",
		.rfc_message_id = ch == CHANNEL_SMS ? "" : "<a@example.invalid>",
		.client_ref = ref,
		.bytes = "bytes",
		.len = 5,
		.deadline = later(DAY_S),
		.give_up_at = later(5 * DAY_S),
		.key = key,
		.n_keys = n_keys,
	};
	return outbox_claim(store, &c, T0, ret_id, &diag);
}

MAYBE int64_t claimed(unsigned n, enum channel ch)
{
	int64_t id = 0;
	plan(n, 0);
	assert_int_equal(claim_n(n, 1, ch, &id), RC_OK);
	assert_true(id > 0);
	return id;
}

MAYBE enum rc settle(int64_t id, int attempt, enum outcome_class class, struct instant next)
{
	struct outcome o = {.class = class,
		.code = 250,
		.reason = "as the \"peer\" said",
		.peer_id = "queued-1"};
	return outbox_settle(store, id, attempt, &o, next, later(60), &diag);
}

/* A message in this state, by the arrows of outbox.h alone. */
MAYBE int64_t message_in(enum message_state state, unsigned n, enum channel ch)
{
	static const struct {
		enum outcome_class class;
		int then; /* state by resolve, drop or replace; -1 none */
	} PATH[MESSAGE_STATES] = {
		[MESSAGE_SENT] = {OUTCOME_SENT, -1},
		[MESSAGE_RETRY] = {OUTCOME_RETRY, -1},
		[MESSAGE_UNKNOWN] = {OUTCOME_UNKNOWN, -1},
		[MESSAGE_DELIVERED] = {OUTCOME_SENT, MESSAGE_DELIVERED},
		[MESSAGE_UNDELIVERED] = {OUTCOME_SENT, MESSAGE_UNDELIVERED},
		[MESSAGE_DEAD] = {OUTCOME_DEAD, -1},
		[MESSAGE_REPLACED] = {OUTCOME_DEAD, MESSAGE_REPLACED},
		[MESSAGE_CANCELLED] = {OUTCOME_RETRY, MESSAGE_CANCELLED},
	};
	int64_t id = claimed(n, ch);
	if (state == MESSAGE_CLAIMED)
		return id;
	enum rc rc = settle(id, 1, PATH[state].class, later(100));
	if (rc == RC_OK && state == MESSAGE_REPLACED)
		rc = outbox_replace(store, id, "admin", "", later(60), later(60), &diag);
	else if (rc == RC_OK && state == MESSAGE_CANCELLED)
		rc = outbox_drop(store, id, state, "in", later(60), &diag);
	else if (rc == RC_OK && PATH[state].then >= 0)
		rc = outbox_resolve(store, id, state, "gateway", "", later(60), &diag);
	assert_int_equal(rc, RC_OK);
	return id;
}

MAYBE const char *state_of(int64_t id)
{
	return raw_text("SELECT state FROM message WHERE id = %lld", (long long)id);
}

MAYBE const char *reminder_state_of(unsigned n)
{
	return raw_text("SELECT state FROM reminder WHERE key = '%s'", key_of(n));
}

MAYBE int64_t history_rows(void)
{
	return raw_int("SELECT count(*) FROM history");
}

/* Is "FROM TO" in the list? */
MAYBE bool is_listed(const char *const *arrow, size_t n, const char *from, const char *to)
{
	char text[40];
	snprintf(text, sizeof text, "%s %s", from, to);
	for (size_t i = 0; i < n; i++)
		if (strcmp(arrow[i], text) == 0)
			return true;
	return false;
}

#endif
