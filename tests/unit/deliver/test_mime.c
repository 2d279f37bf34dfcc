/* mime, mime_header, address: what goes on the wire, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"
#include "mime.h"
#include "mime_header.h"
#include "text.h"

static const struct mime_mail sample = {
	.from_address = "deadlined@example.invalid",
	.from_name = "晋城市城市管理局",
	.to_address = "lead@example.invalid",
	.to_name = "六大队责任人",
	.reply_to = "clerk@example.invalid",
	.subject = "联点共建材料 5月20日（星期一）前报送局精神文明办 "
		   "417室，纸质版和电子版各一份，请尽早对接社区",
	.date = "Mon, 20 May 2024 09:00:00 +0800",
	.message_id = "<deadlined.0123456789abcdef0123456789abcdef.1@example.invalid>",
	.text = "第一行\n.\nFrom 第二行\n",
	.html = "<p>第一行</p>\n",
	.ics = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n",
	.ics_name = "截止提醒.ics",
	.key = "k1",
};

static void check_lines(const char *s, size_t len, size_t max)
{
	size_t col = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n') {
			assert_true(i > 0 && s[i - 1] == '\r');
			assert_true(col - 1 <= max);
			col = 0;
			continue;
		}
		col++;
	}
	assert_true(mime_bytes_are_clean(s, len));
}

static void build_is_clean_and_repeatable(void **state)
{
	(void)state;
	struct buf a, b;
	buf_init(&a, MIME_MAX);
	buf_init(&b, MIME_MAX);
	assert_int_equal(mime_build(&sample, &a, NULL), RC_OK);
	assert_int_equal(mime_build(&sample, &b, NULL), RC_OK);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	check_lines(a.data, a.len, 76);
	assert_non_null(strstr(a.data, "\r\nAuto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(a.data, "text/calendar; charset=utf-8; method=PUBLISH"));
	assert_non_null(strstr(a.data, "filename=\"deadline.ics\""));
	assert_non_null(strstr(a.data, "filename*=UTF-8''%E6%88%AA"));
	buf_done(&a);
	buf_done(&b);
}

static unsigned decode_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = strchr(digits, c);
	assert_non_null(p);
	return (unsigned)(p - digits);
}

static size_t decode_base64(const char *s, size_t len, char *out)
{
	size_t n = 0;
	for (size_t i = 0; i + 3 < len; i += 4) {
		unsigned v = decode_digit(s[i]) << 18 | decode_digit(s[i + 1]) << 12;
		v |= s[i + 2] == '=' ? 0 : decode_digit(s[i + 2]) << 6;
		v |= s[i + 3] == '=' ? 0 : decode_digit(s[i + 3]);
		out[n++] = (char)(v >> 16);
		if (s[i + 2] != '=')
			out[n++] = (char)(v >> 8);
		if (s[i + 3] != '=')
			out[n++] = (char)v;
	}
	return n;
}

/* Undo RFC 2047 independently of the encoder: every word alone must be valid UTF-8. */
static void read_back(const char *field, const char *want)
{
	char got[4096];
	size_t n = 0;
	for (const char *p = field; (p = strstr(p, "=?UTF-8?B?"));) {
		const char *end = strstr(p + 10, "?=");
		assert_non_null(end);
		assert_true(end + 2 - p <= 75);
		size_t one = decode_base64(p + 10, (size_t)(end - p - 10), got + n);
		assert_int_equal(text_check(got + n, one, false, NULL), TEXT_OK);
		n += one;
		p = end + 2;
	}
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void encoded_words_hold_whole_characters(void **state)
{
	(void)state;
	unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 20240520;
	static const char *const piece[] = {"é", "截", "🔥", "a", "止日", "…"};
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 2000; round++) {
		char text[600] = "测";
		struct buf b;
		int n = 1 + rand_r(&seed) % 80;
		for (int i = 0; i < n; i++)
			strcat(text, piece[rand_r(&seed) % 6]);
		buf_init(&b, 65536);
		assert_int_equal(header_add_text(&b, "Subject", text, NULL), RC_OK);
		check_lines(b.data, b.len, 76);
		read_back(b.data, text);
		buf_clear(&b);
		assert_int_equal(
			header_add_mailbox(&b, "Reply-To", text, "a@example.invalid", NULL), RC_OK);
		check_lines(b.data, b.len, 76);
		read_back(b.data, text);
		buf_done(&b);
	}
}

static void plain_text_stays_plain(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} row[] = {
		{"Monthly report", "Subject: Monthly report\r\n"},
		{"", "Subject:\r\n"},
		{"a =?b", "Subject: =?UTF-8?B?YSA9P2I=?=\r\n"},
		{"two  blanks", "Subject: =?UTF-8?B?dHdvICBibGFua3M=?=\r\n"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct buf b;
		buf_init(&b, 4096);
		assert_int_equal(header_add_text(&b, "Subject", row[i].text, NULL), RC_OK);
		assert_string_equal(b.data, row[i].want);
		buf_done(&b);
	}
}

static void quoted_display_names(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 4096);
	assert_int_equal(header_add_mailbox(&b, "To", "O\"Neil, \\x", "a@b.invalid", NULL), RC_OK);
	assert_string_equal(b.data, "To: \"O\\\"Neil, \\\\x\" <a@b.invalid>\r\n");
	buf_done(&b);
}

static void injections_are_refused(void **state)
{
	(void)state;
	static const char *const evil[] = {"x\r\nBcc: e@example.invalid", "x\nBcc: e", "x\rBcc",
		"\x01", "x\x7f", "\xff\xfe", "x\r\n\r\nbody", "\xc2\x85", "\xe2\x80\xae"};
	struct buf b;
	buf_init(&b, MIME_MAX);
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		for (int field = 0; field < 8; field++) {
			struct mime_mail m = sample;
			const char **slot[] = {&m.from_address, &m.from_name, &m.to_address,
				&m.to_name, &m.reply_to, &m.subject, &m.date, &m.message_id};
			*slot[field] = evil[i];
			assert_int_equal(mime_build(&m, &b, NULL), RC_INVALID);
		}
		struct mime_mail m = sample;
		m.ics_name = evil[i];
		assert_int_equal(mime_build(&m, &b, NULL), RC_INVALID);
		m = sample;
		m.ics_ascii_name = evil[i];
		assert_int_equal(mime_build(&m, &b, NULL), RC_INVALID);
	}
	buf_done(&b);
}

static void too_long_is_refused(void **state)
{
	(void)state;
	struct mime_mail m = sample;
	char *big = calloc(1, MIME_MAX);
	struct buf b;
	buf_init(&b, MIME_MAX);
	memset(big, 'x', MIME_MAX - 1);
	m.text = big;
	assert_int_equal(mime_build(&m, &b, NULL), RC_LIMIT);
	m = sample;
	big[1200] = '\0';
	m.subject = big;
	assert_int_equal(mime_build(&m, &b, NULL), RC_LIMIT);
	buf_done(&b);
	free(big);
}

static void address_grammar(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		bool want;
	} row[] = {{"a@example.invalid", true}, {"a.b+c@example.invalid", true},
		{"a@localhost", true}, {"A_1-x@mail.example.invalid", true}, {"a@example", false},
		{"", false}, {"a", false}, {"@example.invalid", false}, {"a@", false},
		{"a@b@example.invalid", false}, {".a@example.invalid", false},
		{"a.@example.invalid", false}, {"a..b@example.invalid", false},
		{"a b@example.invalid", false}, {"<a@example.invalid>", false},
		{"a@example.invalid>", false},
		{"a@example.invalid\r\nRCPT TO:<e@x.invalid>", false},
		{"a@example.invalid\n", false}, {"a@-x.invalid", false}, {"a@x-.invalid", false},
		{"a@x..invalid", false}, {"a@x.invalid.", false}, {"a@[127.0.0.1]", false},
		{"\"a b\"@example.invalid", false}, {"é@example.invalid", false},
		{"a@é.invalid", false}, {"a\t@example.invalid", false},
		{"a,b@example.invalid", false}, {"a;b@example.invalid", false},
		{"a:b@example.invalid", false}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (address_is_valid(row[i].s) != row[i].want)
			fail_msg("%s", row[i].s);
	}
	char longest[300];
	memset(longest, 'a', sizeof longest);
	memcpy(longest + 65, "@example.invalid", 17);
	assert_false(address_is_valid(longest));
	assert_true(address_is_valid(longest + 1));
}

static void phone_and_reference_grammar(void **state)
{
	(void)state;
	assert_true(phone_is_valid("+861000000001"));
	assert_false(phone_is_valid("861000000001"));
	assert_false(phone_is_valid("+8610 0000"));
	assert_false(phone_is_valid("+0100000000"));
	assert_false(phone_is_valid("+86100000000001234"));
	assert_false(phone_is_valid("+861000000001\r\nX: y"));
	assert_true(client_ref_is_valid("a:b-c_9"));
	assert_false(client_ref_is_valid(""));
	assert_false(client_ref_is_valid("a b"));
	assert_false(client_ref_is_valid("a\r\n"));
	assert_true(host_is_loopback("127.1.2.3"));
	assert_true(host_is_loopback("localhost"));
	assert_false(host_is_loopback("127.example.invalid"));
	assert_false(host_is_loopback("192.0.2.1"));
}

static void dates(void **state)
{
	(void)state;
	char s[MIME_DATE_SIZE];
	mime_date((struct instant){1716166800}, 8 * 3600, s);
	assert_string_equal(s, "Mon, 20 May 2024 09:00:00 +0800");
	mime_date((struct instant){1716166800}, -(9 * 3600 + 1800), s);
	assert_string_equal(s, "Sun, 19 May 2024 15:30:00 -0930");
	mime_date((struct instant){-1}, 0, s);
	assert_string_equal(s, "Wed, 31 Dec 1969 23:59:59 +0000");
}

static void clean_bytes(void **state)
{
	(void)state;
	assert_true(mime_bytes_are_clean("a\r\n", 3));
	assert_false(mime_bytes_are_clean("a\n", 2));
	assert_false(mime_bytes_are_clean("a\rb\r\n", 5));
	assert_false(mime_bytes_are_clean("a\0\r\n", 4));
	assert_false(mime_bytes_are_clean("\xc3\xa9\r\n", 4));
	assert_false(mime_bytes_are_clean("a", 1));
	assert_false(mime_bytes_are_clean("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(build_is_clean_and_repeatable),
		cmocka_unit_test(encoded_words_hold_whole_characters),
		cmocka_unit_test(plain_text_stays_plain),
		cmocka_unit_test(quoted_display_names),
		cmocka_unit_test(injections_are_refused),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(address_grammar),
		cmocka_unit_test(phone_and_reference_grammar),
		cmocka_unit_test(dates),
		cmocka_unit_test(clean_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
