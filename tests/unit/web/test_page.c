/* page: what is a secret of a link stays one, and what is said is ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "page.h"
#include "qr_svg.h"

static void form_tokens(void **state)
{
	(void)state;
	char a[PAGE_TOKEN_SIZE], b[PAGE_TOKEN_SIZE];
	page_form_token("secret", "monthly/2024-05/x", "1.0", a);
	page_form_token("secret", "monthly/2024-05/x", "1.0", b);
	assert_string_equal(a, b);
	assert_int_equal(strlen(a), PAGE_TOKEN_SIZE - 1);
	static const char *const OTHER[][3] = {
		{"secreT", "monthly/2024-05/x", "1.0"},
		{"secret", "monthly/2024-06/x", "1.0"},
		{"secret", "monthly/2024-05/x", "1.1"},
		{"secret", "monthly/2024-05/x1", ".0"},
		{"", "monthly/2024-05/x", "1.0"},
	};
	for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++) {
		page_form_token(OTHER[i][0], OTHER[i][1], OTHER[i][2], b);
		assert_string_not_equal(a, b);
	}
}

static void said(void **state)
{
	(void)state;
	assert_string_equal(page_said("report"), "report");
	assert_string_equal(page_said("stale"), "stale");
	assert_string_equal(page_said(""), "");
	assert_string_equal(page_said("<script>"), "");
	assert_string_equal(page_said("Report"), "");
}

/* What is no object, and what grows past the ceiling. */
static void odd_answers(void **state)
{
	(void)state;
	const struct page_place at = {"/", "secret", "http://x", "", ""};
	struct buf b;
	buf_init(&b, PAGE_MAX);
	assert_int_equal(page_board(NULL, &at, &b), RC_OK);
	assert_non_null(strstr(b.data, "</html>"));
	buf_done(&b);
	buf_init(&b, 200);
	assert_int_equal(page_person(NULL, &at, &b), RC_LIMIT);
	buf_done(&b);
}

static void codes(void **state)
{
	(void)state;
	struct buf b;
	char text[4001];
	memset(text, 'x', 4000);
	text[4000] = '\0';
	buf_init(&b, 1 << 16);
	assert_int_equal(qr_svg("https://tixing.example.invalid/f/x", "code", &b), RC_OK);
	assert_int_equal(strncmp(b.data, "<svg ", 5), 0);
	buf_clear(&b);
	assert_int_equal(qr_svg(text, "code", &b), RC_LIMIT);
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_tokens),
		cmocka_unit_test(said),
		cmocka_unit_test(odd_answers),
		cmocka_unit_test(codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
