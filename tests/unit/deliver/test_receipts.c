/* What a Kannel reports: the query of the URL that it fetches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deliver.h"

static const struct sms_settings KANNEL = {.kind = TRANSPORT_KANNEL},
				 SPOOL = {.kind = TRANSPORT_SPOOL};
static struct diag diag;

static enum rc parse(const struct sms_settings *s, const char *query, struct receipt *ret)
{
	const char *reply = NULL;
	size_t n = 0;
	enum rc rc = deliver_parse_push(s, query, "", 0, ret, 1, &n, &reply, &diag);
	if (rc == RC_OK) {
		assert_int_equal(n, 1);
		assert_string_equal(reply, "");
	}
	return rc;
}

static void events(void **state)
{
	(void)state;
	static const struct {
		const char *query, *ref;
		enum receipt_class class;
		const char *reason;
	} CASE[] = {
		{"ref=a-0&type=1&ans=", "a-0", RECEIPT_DELIVERED, ""},
		{"type=2&ref=a-0", "a-0", RECEIPT_UNDELIVERED, ""},
		{"ref=a-0&type=4", "a-0", RECEIPT_WAITING, ""},
		{"ref=a-0&type=8&ans=ACK%2F", "a-0", RECEIPT_WAITING, "ACK/"},
		{"x=1&ref=a%3a0&type=16&ans=NACK%2Fno+route", "a:0", RECEIPT_UNDELIVERED,
			"NACK/no route"},
		{"ref=a&type=32", "a", RECEIPT_NONE, ""},
		{"ref=a&type=11", "a", RECEIPT_NONE, ""},
		{"ref=a&type=", "a", RECEIPT_NONE, ""},
		{"xref=b&ref=a&type=1", "a", RECEIPT_DELIVERED, ""},
		{"ref=a%&type=1", "a%", RECEIPT_DELIVERED, ""},
		{"ref=a%4&type=1", "a%4", RECEIPT_DELIVERED, ""},
		{"ref=%00a&type=1", "", RECEIPT_DELIVERED, ""},
		{"ref=a&type=2&ans=%0aFrom", "a", RECEIPT_UNDELIVERED, ""}, /* never into a log */
		{"ref=a&type=2&ans=%ff", "a", RECEIPT_UNDELIVERED, ""},
	};
	for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
		struct receipt r;
		if (parse(&KANNEL, CASE[i].query, &r) != RC_OK)
			fail_msg("%s", CASE[i].query);
		assert_string_equal(r.client_ref, CASE[i].ref);
		assert_string_equal(r.peer_id, "");
		assert_int_equal(r.class, CASE[i].class);
		assert_string_equal(r.reason, CASE[i].reason);
	}
}

static void refused(void **state)
{
	(void)state;
	static const char *const BAD[] = {
		"", "&", "ref", "ref=a", "type=1", "Ref=a&type=1", "ref=a;type=1", "&&=&ref"};
	struct receipt r = {.reason = "untouched"};
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (parse(&KANNEL, BAD[i], &r) != RC_INVALID)
			fail_msg("%s", BAD[i]);
	assert_int_equal(parse(&SPOOL, "ref=a&type=1", &r), RC_INVALID);
	assert_string_equal(r.reason, "untouched");
}

/* Longer than any reference of ours: cut, so that it means no message. */
static void endless(void **state)
{
	(void)state;
	char *query = calloc(1, 70000);
	struct receipt r;
	memcpy(query, "type=1&ref=", 11);
	memset(query + strlen(query), 'a', 60000);
	assert_int_equal(parse(&KANNEL, query, &r), RC_OK);
	assert_int_equal(strlen(r.client_ref), RECEIPT_REF_MAX);
	free(query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(refused),
		cmocka_unit_test(endless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
