/* redact: no form of a secret is left in an outcome. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "redact.h"

static void forms(void **state)
{
	(void)state;
	static const struct {
		const char *secret, *reason, *want;
	} row[] = {
		{"s3cret/", "535 s3cret/ is wrong", "535 *** is wrong"},
		{"s3cret/", "s3cret/s3cret/", "******"},
		{"s3cret/", "S3CRET/ in capitals", "*** in capitals"},
		{"s3cret/", "pwd=s3cret%2f&x", "pwd=***&x"},
		{"s3cret/", "Basic dXNlcjpzM2NyZXQv", "Basic ***"},
		{"s3cret/", "AUTH PLAIN AHVzZXIAczNjcmV0Lw==", "AUTH PLAIN ***=="},
		{"s3cret/", "LOGIN czNjcmV0Lw", "LOGIN ***"},
		{"s3cret/", "a cut reply ends in s3cr", "a cut reply ends in ***"},
		{"s3cret/", "three bytes tell little: s3c", "three bytes tell little: s3c"},
		{"s3cret/", "s3cre other", "s3cre other"},
		{"abc", "abc is too short to hide", "abc is too short to hide"},
		{"", "no secret", "no secret"},
		{"xxxx", "see https://gw.example/send?user=a&pwd=b now",
			"see https://gw.example/send?*** now"},
		{"xxxx", "\"http://a/?q=1\",\"http://b/?r=22\"",
			"\"http://a/?***\",\"http://b/?***\""},
		{"xxxx", "http://a/?1 what? http://b/?", "http://a/?* what? http://b/?"},
		{"****", "****", "***"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct redact *r = redact_new("user", row[i].secret);
		struct outcome o = {.class = OUTCOME_RETRY};
		snprintf(o.reason, sizeof o.reason, "%s", row[i].reason);
		snprintf(o.peer_id, sizeof o.peer_id, "%s", row[i].secret);
		redact_outcome(r, &o);
		assert_string_equal(o.reason, row[i].want);
		assert_string_equal(o.peer_id, strlen(row[i].secret) < 4 ? row[i].secret : "***");
		redact_unref(r);
	}
}

static void without_a_secret(void **state)
{
	(void)state;
	struct outcome o = {.reason = "http://a/?token=1234 said no"};
	redact_outcome(NULL, &o);
	assert_string_equal(o.reason, "http://a/?*** said no");
	redact_unref(NULL);
	assert_null(redact_ref(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(without_a_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
