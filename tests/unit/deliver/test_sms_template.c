/* sms_template: escaping, names, what a check refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sms_template.h"

static const struct sms_values values = {{
	[SMS_TO] = "+861000000001",
	[SMS_TO_DIGITS] = "861000000001",
	[SMS_TO_LOCAL] = "1000000001",
	[SMS_TEXT] = "他说\"95%\"\\路径\n第二行\t<b>&'x' 🔥\x01",
	[SMS_REF] = "a:b",
}};

static void escapes(void **state)
{
	(void)state;
	static const struct {
		const char *template;
		enum sms_escape escape;
		const char *want;
	} row[] = {
		{"{{text}}", SMS_JSON, "他说\\\"95%\\\"\\\\路径\\n第二行\\t<b>&'x' 🔥\\u0001"},
		{"{{text}}", SMS_URL,
			"%E4%BB%96%E8%AF%B4%2295%25%22%5C%E8%B7%AF%E5%BE%84%0A%E7%AC%AC%E4%BA%8C%E8"
			"%A1%8C%09%3Cb%3E%26%27x%27%20%F0%9F%94%A5%01"},
		{"{{text}}", SMS_XML,
			"他说&quot;95%&quot;\\路径\n第二行\t&lt;b&gt;&amp;&#39;x&#39; 🔥"},
		{"{{to|url}}-{{to}}", SMS_RAW, "%2B861000000001-+861000000001"},
		{"{{ref|base64}}", SMS_JSON, "YTpi"},
		{"no braces } {", SMS_JSON, "no braces } {"},
		{"{{sign}}x{{from}}", SMS_RAW, "x"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct buf out;
		buf_init(&out, 4096);
		assert_int_equal(
			sms_render(row[i].template, row[i].escape, &values, &out, NULL), RC_OK);
		assert_string_equal(out.data, row[i].want);
		buf_done(&out);
	}
}

static void faults(void **state)
{
	(void)state;
	static const char *const bad[] = {"{{", "{{text", "{{text}", "{{nope}}", "{{text|nope}}",
		"{{}}", "{{text|}}", "{{ text }}", "{{{text}}}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out;
		struct diag d = DIAG_INIT;
		buf_init(&out, 4096);
		if (sms_render(bad[i], SMS_RAW, &values, &out, &d) != RC_INVALID)
			fail_msg("%s", bad[i]);
		assert_true(d.msgid[0]);
		buf_done(&out);
	}
}

static void uses(void **state)
{
	(void)state;
	assert_true(sms_template_uses("a {{to|url}} b {{text}}", SMS_TEXT));
	assert_false(sms_template_uses("a {{bare_text}}", SMS_TEXT));
	assert_false(sms_template_uses(NULL, SMS_TEXT));
	assert_false(sms_template_uses("{{te", SMS_TEXT));
}

static void content_types(void **state)
{
	(void)state;
	assert_int_equal(sms_escape_of("application/json; charset=utf-8"), SMS_JSON);
	assert_int_equal(sms_escape_of("application/x-www-form-urlencoded"), SMS_URL);
	assert_int_equal(sms_escape_of("text/xml"), SMS_XML);
	assert_int_equal(sms_escape_of("text/plain"), SMS_RAW);
	assert_int_equal(sms_escape_of(NULL), SMS_RAW);
}

static void check_names_the_line(void **state)
{
	(void)state;
	const struct pair header = {"X-A", "{{text}}", {"main.cfg", 41}};
	struct sms_settings s = {.kind = TRANSPORT_HTTP,
		.url = "https://sms.example.invalid/?to={{to}}&t={{text}}",
		.method = "GET",
		.header = &header,
		.n_headers = 1,
		.src = {"main.cfg", 40}};
	struct diags ds = {0};
	sms_template_check(&s, &ds);
	assert_int_equal(ds.n_errors, 1);
	assert_int_equal(ds.item[0].line, 41);
	diags_done(&ds);
	s.n_headers = 0;
	ds = (struct diags){0};
	sms_template_check(&s, &ds);
	assert_int_equal(ds.n_errors, 0);
	diags_done(&ds);
	s = (struct sms_settings){.kind = TRANSPORT_KANNEL,
		.url = "http://127.0.0.1:13013/cgi-bin/sendsms",
		.user = "u",
		.password_credential = "p",
		.src = {"main.cfg", 40}};
	ds = (struct diags){0};
	sms_template_check(&s, &ds);
	assert_int_equal(ds.n_errors, 0);
	s.user = NULL;
	sms_template_check(&s, &ds);
	assert_int_equal(ds.n_errors, 1);
	diags_done(&ds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(faults),
		cmocka_unit_test(uses),
		cmocka_unit_test(content_types),
		cmocka_unit_test(check_names_the_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
