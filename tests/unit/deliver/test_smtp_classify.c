/* smtp_reply and smtp_classify: every stage, every way to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "smtp_classify.h"
#include "smtp_reply.h"

enum { S = OUTCOME_SENT, R = OUTCOME_RETRY, U = OUTCOME_UNKNOWN, D = OUTCOME_DEAD };

static enum smtp_parse feed(struct smtp_reply *r, const char *s)
{
	size_t used;
	return smtp_reply_feed(r, s, strlen(s), &used);
}

static void replies_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		enum smtp_parse want;
		int code, class, subject, detail;
		const char *text;
	} row[] = {
		{"250 ok\r\n", SMTP_REPLY, 250, 0, 0, 0, "250 ok"},
		{"250\r\n", SMTP_REPLY, 250, 0, 0, 0, "250"},
		{"250 ok\n", SMTP_REPLY, 250, 0, 0, 0, "250 ok"},
		{"550 5.1.1 no\r\n", SMTP_REPLY, 550, 5, 1, 1, "550 5.1.1 no"},
		{"550 5.7.26\r\n", SMTP_REPLY, 550, 5, 7, 26, "550 5.7.26"},
		{"550 4.1.1 class differs\r\n", SMTP_REPLY, 550, 0, 0, 0,
			"550 4.1.1 class differs"},
		{"550 5.1.1x no\r\n", SMTP_REPLY, 550, 0, 0, 0, "550 5.1.1x no"},
		{"550 5.1 no\r\n", SMTP_REPLY, 550, 0, 0, 0, "550 5.1 no"},
		{"250-a\r\n250 b\r\n", SMTP_REPLY, 250, 0, 0, 0, "250-a b"},
		{"250-a\r\n", SMTP_MORE, 0, 0, 0, 0, NULL},
		{"250 par", SMTP_MORE, 0, 0, 0, 0, NULL},
		{"", SMTP_MORE, 0, 0, 0, 0, NULL},
		{"250-a\r\n251 b\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"25x ok\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"2500 ok\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"099 ok\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"650 ok\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
		{"HTTP/1.1 200 OK\r\n", SMTP_GARBAGE, 0, 0, 0, 0, NULL},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct smtp_reply r;
		smtp_reply_init(&r);
		if (feed(&r, row[i].in) != row[i].want || r.code != row[i].code ||
			r.class != row[i].class || r.subject != row[i].subject ||
			r.detail != row[i].detail)
			fail_msg("row %zu: %d %d.%d.%d", i, r.code, r.class, r.subject, r.detail);
		if (row[i].text)
			assert_string_equal(r.text, row[i].text);
	}
}

static void replies_come_in_pieces(void **state)
{
	(void)state;
	static const char stream[] = "250-one\r\n250-SIZE 5000\r\n250 three\r\n550 5.1.1 no\r\n";
	for (size_t piece = 1; piece < sizeof stream; piece++) {
		struct smtp_reply r;
		int codes[4] = {0};
		size_t n = 0;
		smtp_reply_init(&r);
		for (size_t at = 0; at < sizeof stream - 1;) {
			size_t len =
				sizeof stream - 1 - at < piece ? sizeof stream - 1 - at : piece;
			size_t used = 0;
			enum smtp_parse p = smtp_reply_feed(&r, stream + at, len, &used);
			assert_int_not_equal(p, SMTP_GARBAGE);
			if (p == SMTP_REPLY)
				codes[n++] = r.code;
			at += used;
		}
		assert_int_equal(n, 2);
		assert_int_equal(codes[0], 250);
		assert_int_equal(codes[1], 550);
		assert_int_equal(r.size_limit, 5000);
	}
}

static void replies_are_capped(void **state)
{
	(void)state;
	struct smtp_reply r;
	char line[SMTP_LINE_MAX + 10];
	smtp_reply_init(&r);
	memset(line, 'x', sizeof line);
	memcpy(line, "250 ", 4);
	line[sizeof line - 1] = '\0';
	assert_int_equal(feed(&r, line), SMTP_GARBAGE);
	smtp_reply_init(&r);
	for (int i = 0; i < SMTP_LINES_MAX; i++)
		assert_int_equal(feed(&r, "250-more and more\r\n"), SMTP_MORE);
	assert_int_equal(feed(&r, "250-more\r\n"), SMTP_GARBAGE);
	assert_true(strlen(r.text) < SMTP_TEXT_MAX);
}

/* Any bytes: no crash, no code outside 200..599. */
static void random_bytes(void **state)
{
	(void)state;
	unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 7;
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 20000; round++) {
		static const char alphabet[] = "2345 09-.\r\n\r\nSIZE\0\xff";
		char data[64];
		struct smtp_reply r;
		size_t used;
		smtp_reply_init(&r);
		for (size_t i = 0; i < sizeof data; i++)
			data[i] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
		if (smtp_reply_feed(&r, data, sizeof data, &used) == SMTP_REPLY)
			assert_true(r.code >= 200 && r.code <= 599);
		assert_true(used <= sizeof data);
	}
}

struct cell {
	enum smtp_stage stage;
	const char *reply;
	int class, fault;
	bool too_big;
};

static const struct cell cells[] = {
	{SMTP_HELLO, "421 4.3.2 busy", R, FAULT_PEER, false},
	{SMTP_HELLO, "450 later", R, FAULT_PEER, false},
	{SMTP_HELLO, "554 no", R, FAULT_PEER, false},
	{SMTP_AUTH, "454 4.7.0 later", R, FAULT_PEER, false},
	{SMTP_AUTH, "535 5.7.8 bad", R, FAULT_CONFIG, false},
	{SMTP_AUTH, "504 5.5.4 mechanism", R, FAULT_CONFIG, false},
	{SMTP_MAIL, "421 4.7.0 x", R, FAULT_PEER, false},
	{SMTP_MAIL, "451 4.3.0 x", R, FAULT_PEER, false},
	{SMTP_MAIL, "452 4.3.1 x", R, FAULT_PEER, false},
	{SMTP_MAIL, "530 5.7.0 x", R, FAULT_CONFIG, false},
	{SMTP_MAIL, "550 5.7.1 x", R, FAULT_CONFIG, false},
	{SMTP_MAIL, "553 5.1.8 sender", R, FAULT_CONFIG, false},
	{SMTP_MAIL, "552 5.3.4 x", D, FAULT_MESSAGE, true},
	{SMTP_MAIL, "552 x", D, FAULT_MESSAGE, true},
	{SMTP_RCPT, "421 4.3.2 x", R, FAULT_PEER, false},
	{SMTP_RCPT, "450 4.2.0 greylist", R, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "451 4.3.5 x", R, FAULT_PEER, false},
	{SMTP_RCPT, "450 4.4.3 dns", R, FAULT_PEER, false},
	{SMTP_RCPT, "452 4.2.2 full", R, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "501 5.1.3 syntax", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.1.1 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.1.10 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.2.1 disabled", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "552 5.2.2 full", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.4.1 denied", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.4.4 no route", R, FAULT_PEER, false},
	{SMTP_RCPT, "550 5.3.0 x", R, FAULT_PEER, false},
	{SMTP_RCPT, "554 5.7.1 relay", R, FAULT_CONFIG, false},
	{SMTP_RCPT, "503 5.5.1 sequence", R, FAULT_CONFIG, false},
	{SMTP_RCPT, "530 5.7.0 auth", R, FAULT_CONFIG, false},
	{SMTP_RCPT, "550 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "551 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "553 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "550 5.0.0 x", D, FAULT_RECIPIENT, false},
	{SMTP_RCPT, "554 x", R, FAULT_PEER, false},
	{SMTP_DATA, "451 x", R, FAULT_PEER, false},
	{SMTP_DATA, "554 5.5.1 x", R, FAULT_PEER, false},
	{SMTP_DATA, "552 5.3.4 x", D, FAULT_MESSAGE, true},
	{SMTP_BODY, "552 5.3.4 x", D, FAULT_MESSAGE, true},
	{SMTP_BODY, "421 4.3.0 x", R, FAULT_PEER, false},
	{SMTP_DOT, "250 2.0.0 ok", S, FAULT_NONE, false},
	{SMTP_DOT, "421 4.3.0 x", R, FAULT_PEER, false},
	{SMTP_DOT, "451 4.7.1 x", R, FAULT_MESSAGE, false},
	{SMTP_DOT, "452 4.3.1 disk", R, FAULT_PEER, false},
	{SMTP_DOT, "550 5.1.1 x", D, FAULT_RECIPIENT, false},
	{SMTP_DOT, "552 5.2.2 full", D, FAULT_RECIPIENT, false},
	{SMTP_DOT, "552 5.2.3 too long", D, FAULT_MESSAGE, true},
	{SMTP_DOT, "552 x", D, FAULT_MESSAGE, true},
	{SMTP_DOT, "554 5.3.0 x", R, FAULT_PEER, false},
	{SMTP_DOT, "554 5.4.0 x", R, FAULT_PEER, false},
	{SMTP_DOT, "554 5.6.0 content", D, FAULT_MESSAGE, false},
	{SMTP_DOT, "554 5.7.1 spam", D, FAULT_MESSAGE, false},
	{SMTP_DOT, "554 x", D, FAULT_MESSAGE, false},
	{SMTP_DOT, "550 5.7.26 sender", R, FAULT_CONFIG, false},
	{SMTP_DOT, "550 5.1.8 sender", R, FAULT_CONFIG, false},
	{SMTP_DOT, "452 disk", R, FAULT_PEER, false},
	{SMTP_DATA, "450 4.7.1 grey", R, FAULT_MESSAGE, false},
	{SMTP_DATA, "451 4.7.1 grey", R, FAULT_MESSAGE, false},
	{SMTP_RCPT, "452 disk", R, FAULT_PEER, false},
	{SMTP_RCPT, "550 5.1.7 sender", R, FAULT_CONFIG, false},
	{SMTP_RCPT, "550 5.1.8 sender", R, FAULT_CONFIG, false},
	{SMTP_RCPT, "552 5.3.4 size", D, FAULT_MESSAGE, true},
	{SMTP_RCPT, "553 5.6.7 utf8", D, FAULT_RECIPIENT, false},
	/* Replies of the wrong kind are no verdict. */
	{SMTP_DATA, "250 x", R, FAULT_PEER, false},
	{SMTP_MAIL, "354 x", R, FAULT_PEER, false},
	{SMTP_DOT, "354 x", U, FAULT_PEER, false},
	{SMTP_DOT, "220 x", U, FAULT_PEER, false},
	{SMTP_DOT, "251 x", U, FAULT_PEER, false},
};

static void verdicts_on_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		const struct cell *c = &cells[i];
		struct smtp_reply r;
		struct outcome o;
		char line[100];
		smtp_reply_init(&r);
		snprintf(line, sizeof line, "%s\r\n", c->reply);
		assert_int_equal(feed(&r, line), SMTP_REPLY);
		struct smtp_end end = {c->stage, SMTP_REPLIED, &r, NULL};
		smtp_classify(&end, &o);
		if ((int)o.class != c->class || (int)o.fault != c->fault || o.too_big != c->too_big)
			fail_msg("stage %d \"%s\": class %d fault %d", c->stage, c->reply, o.class,
				o.fault);
		assert_non_null(strstr(o.reason, c->reply));
	}
}

/* A fault of the relay or of ours never makes a message dead: the invariant of outcome.h. */
static void only_message_and_recipient_are_dead(void **state)
{
	(void)state;
	for (int stage = SMTP_CONNECT; stage <= SMTP_DOT; stage++) {
		for (int code = 400; code < 600; code++) {
			for (int subject = 0; subject < 8; subject++) {
				struct smtp_reply r = {.code = code,
					.class = subject ? code / 100 : 0,
					.subject = subject,
					.text = "x"};
				struct smtp_end end = {
					(enum smtp_stage)stage, SMTP_REPLIED, &r, NULL};
				struct outcome o;
				smtp_classify(&end, &o);
				assert_true(o.class == OUTCOME_RETRY || o.class == OUTCOME_DEAD);
				assert_true(code >= 500 || o.class == OUTCOME_RETRY);
				if (o.class == OUTCOME_DEAD)
					assert_true(o.fault == FAULT_MESSAGE ||
						    o.fault == FAULT_RECIPIENT);
			}
		}
	}
}

static void silence(void **state)
{
	(void)state;
	struct smtp_reply r = {.code = 250, .text = "250 earlier"};
	for (int stage = SMTP_CONNECT; stage <= SMTP_DOT; stage++) {
		for (int cause = SMTP_DROPPED; cause <= SMTP_LOCAL; cause++) {
			struct smtp_end end = {
				(enum smtp_stage)stage, (enum smtp_cause)cause, &r, "words"};
			struct outcome o;
			smtp_classify(&end, &o);
			assert_int_equal(
				o.class, stage == SMTP_DOT ? OUTCOME_UNKNOWN : OUTCOME_RETRY);
			assert_int_equal(o.code, 0);
			assert_true(o.reason[0]);
		}
	}
}

static void queue_ids(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} row[] = {{"250 2.0.0 Ok: queued as 4V2k3x1Qz", "4V2k3x1Qz"},
		{"250 OK id=1abc-23", "1abc-23"}, {"250 ok", ""}, {"250 queued as <x>", ""}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct smtp_reply r = {.code = 250};
		struct smtp_end end = {SMTP_DOT, SMTP_REPLIED, &r, NULL};
		struct outcome o;
		strcpy(r.text, row[i].text);
		smtp_classify(&end, &o);
		assert_string_equal(o.peer_id, row[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_read),
		cmocka_unit_test(replies_come_in_pieces),
		cmocka_unit_test(replies_are_capped),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(verdicts_on_replies),
		cmocka_unit_test(only_message_and_recipient_are_dead),
		cmocka_unit_test(silence),
		cmocka_unit_test(queue_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
