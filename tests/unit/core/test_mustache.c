#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mustache.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct view *sample_view(struct arena *a)
{
	struct view *v = view_new(a);
	view_set(v, "name", "Ann");
	view_set(v, "evil", "<a href=\"x\">'&'</a>");
	view_set(v, "braces", "{{name}} {{#name}}");
	view_set(v, "empty", "");
	view_set(v, "null", NULL);
	view_set_flag(v, "yes", true);
	view_set_flag(v, "no", false);
	for (int i = 0; i < 3; i++) {
		struct view *item = view_add(v, "items");
		view_set(item, "n", i == 0 ? "1" : i == 1 ? "2" : "3");
		view_set_flag(item, "last", i == 2);
		if (i == 1)
			view_set(item, "name", "Bob");
		view_set(view_add(item, "sub"), "s", i == 0 ? "a" : "b");
	}
	view_set(view_add(v, "object"), "inner", "deep");
	return v;
}

static void test_renders(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want;
		enum mustache_escape escape;
	} cases[] = {
		{"nothing", "", "", ESCAPE_NONE},
		{"text", "a } b { c }} d", "a } b { c }} d", ESCAPE_NONE},
		{"variable", "Hi {{name}}!", "Hi Ann!", ESCAPE_NONE},
		{"spaces in a tag", "{{ name }}{{# yes }}x{{/ yes }}", "Annx", ESCAPE_NONE},
		{"absent", "[{{nobody}}]", "[]", ESCAPE_NONE},
		{"plain", "{{evil}}", "<a href=\"x\">'&'</a>", ESCAPE_NONE},
		{"html", "{{evil}}", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;",
			ESCAPE_HTML},
		{"three braces", "{{{evil}}}", "<a href=\"x\">'&'</a>", ESCAPE_HTML},
		{"ampersand", "{{&evil}}", "<a href=\"x\">'&'</a>", ESCAPE_HTML},
		{"values are not templates", "{{braces}}", "{{name}} {{#name}}", ESCAPE_NONE},
		{"true", "{{#yes}}x{{/yes}}{{^yes}}y{{/yes}}", "x", ESCAPE_NONE},
		{"false", "{{#no}}x{{/no}}{{^no}}y{{/no}}", "y", ESCAPE_NONE},
		{"empty is false", "{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}", "y", ESCAPE_NONE},
		{"null is empty", "{{#null}}x{{/null}}{{null}}", "", ESCAPE_NONE},
		{"absent is false", "{{#nix}}x{{/nix}}{{^nix}}y{{/nix}}", "y", ESCAPE_NONE},
		{"list", "{{#items}}{{n}}{{^last}}, {{/last}}{{/items}}", "1, 2, 3", ESCAPE_NONE},
		{"inner name first", "{{#items}}{{name}} {{/items}}", "Ann Bob Ann ", ESCAPE_NONE},
		{"list in list", "{{#items}}{{#sub}}{{n}}{{s}}{{/sub}}{{/items}}", "1a2b3b",
			ESCAPE_NONE},
		{"object", "{{#object}}{{inner}}{{/object}}{{inner}}", "deep", ESCAPE_NONE},
		{"dot", "{{#name}}<{{.}}>{{/name}}", "<Ann>", ESCAPE_NONE},
		{"dot in an inverted section", "{{#name}}{{^no}}{{.}}{{/no}}{{/name}}", "Ann",
			ESCAPE_NONE},
		{"dot alone", "{{.}}", "", ESCAPE_NONE},
		{"comment", "a{{! anything }} {{!\n two lines }}b", "a b", ESCAPE_NONE},
		{"standalone", "a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n", ESCAPE_NONE},
		{"standalone, indented", "a\n  {{#yes}}  \nb\n\t{{/yes}}\r\nc", "a\nb\nc",
			ESCAPE_NONE},
		{"standalone at both ends", "{{#yes}}\nb\n{{/yes}}", "b\n", ESCAPE_NONE},
		{"standalone comment", "a\n{{! x }}\nb", "a\nb", ESCAPE_NONE},
		{"not standalone: variable", "a\n{{name}}\nb", "a\nAnn\nb", ESCAPE_NONE},
		{"not standalone: two tags", "{{#yes}}{{/yes}}\nb", "\nb", ESCAPE_NONE},
		{"unicode", "【{{name}}】★", "【Ann】★", ESCAPE_HTML},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = ARENA_INIT;
		const struct mustache *m = NULL;
		struct diag d = DIAG_INIT;
		struct buf out;
		buf_init(&out, 1000);
		assert_int_equal(mustache_parse(cases[i].input, "t", &a, &m, &d), RC_OK);
		mustache_render(m, sample_view(&a), cases[i].escape, &out);
		if (strcmp(out.data, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].name, out.data, cases[i].want);
		buf_done(&out);
		arena_done(&a);
	}
}

static void test_refuses(void **state)
{
	(void)state;
	static const struct {
		const char *input;
		int line;
		const char *want;
	} cases[] = {
		{"a\n{{name", 2, "t.txt:2: error: this tag is not closed by }}"},
		{"{{{name}}", 1, "t.txt:1: error: this tag is not closed by }}}"},
		{"\n\n{{#a}}", 3, "t.txt:3: error: the section {{a}} is not closed"},
		{"{{/a}}", 1, "t.txt:1: error: {{/a}} closes a section that is not open"},
		{"{{#a}}\n{{/b}}", 2, "t.txt:2: error: {{/b}} does not close {{a}} of line 1"},
		{"\n{{>head}}", 2, "t.txt:2: error: tags that start with '>' are not supported"},
		{"{{=<% %>=}}", 1, "t.txt:1: error: tags that start with '=' are not supported"},
		{"{{a b}}", 1, "t.txt:1: error: this is not a name: 'a b'"},
		{"{{}}", 1, "t.txt:1: error: this is not a name: ''"},
		{"{{a.b}}", 1, "t.txt:1: error: this is not a name: 'a.b'"},
		{"{{名}}", 1, "t.txt:1: error: this is not a name: '名'"},
		{"{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}", 1,
			"t.txt:1: error: sections are nested more than 8 deep"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena a = ARENA_INIT;
		const struct mustache *m = NULL;
		struct diag d = DIAG_INIT;
		char text[DIAG_TEXT_MAX];
		assert_int_equal(mustache_parse(cases[i].input, "t.txt", &a, &m, &d), RC_INVALID);
		assert_null(m);
		assert_int_equal(d.line, cases[i].line);
		diag_line(&d, NULL, text, sizeof text);
		assert_string_equal(text, cases[i].want);
		arena_done(&a);
	}
}

static void test_caps(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	const struct mustache *m = NULL;
	struct diag d = DIAG_INIT;
	char *big = arena_alloc(&a, MUSTACHE_FILE_MAX + 2, 1);
	memset(big, 'x', MUSTACHE_FILE_MAX + 1);
	assert_int_equal(mustache_parse(big, "t", &a, &m, &d), RC_LIMIT);
	big[MUSTACHE_FILE_MAX] = '\0';
	assert_int_equal(mustache_parse(big, "t", &a, &m, &d), RC_OK);

	struct buf out;
	buf_init(&out, 100);
	mustache_render(m, sample_view(&a), ESCAPE_NONE, &out);
	assert_true(out.overflow);
	assert_true(out.len <= 100);
	buf_done(&out);

	/* No output at all, but 40^6 rounds if nobody counts them. */
	struct view *v = view_new(&a);
	for (int i = 0; i < 40; i++)
		view_set(view_add(v, "l"), "x", "");
	assert_int_equal(mustache_parse("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{x}}"
					"{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
				 "t", &a, &m, &d),
		RC_OK);
	buf_init(&out, 100);
	mustache_render(m, v, ESCAPE_NONE, &out);
	assert_true(out.overflow);
	buf_done(&out);
	arena_done(&a);
}

static void take_name(void *ctx, const char *name, int line)
{
	buf_printf(ctx, "%s:%d ", name, line);
}

static void test_names(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	const struct mustache *m = NULL;
	struct buf out;
	buf_init(&out, 200);
	assert_int_equal(mustache_parse("{{a}}\n{{#b}}{{{c}}}{{/b}}\n{{^d}}{{.}}{{/d}}{{! e }}",
				 "t", &a, &m, NULL),
		RC_OK);
	mustache_names(m, take_name, &out);
	assert_string_equal(out.data, "a:1 b:2 c:2 d:3 .:3 ");
	buf_done(&out);
	arena_done(&a);
}

/* Any sequence of pieces either parses and renders within the cap, or is refused with a line. */
static void test_random_pieces(void **state)
{
	(void)state;
	static const char *const piece[] = {"{{", "}}", "{{{", "}}}", "#", "^", "/", "!", "&",
		"name", "items", "n", ".", "\n", " ", "x", "{{#items}}", "{{/items}}", "{{^no}}",
		"{{/no}}", "{{n}}", "\xff", "【", "{", "}"};
	const char *env = getenv("SEED");
	unsigned seed = env ? (unsigned)strtoul(env, NULL, 10) : 20240720u;
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 20000; round++) {
		struct arena a = ARENA_INIT;
		struct buf text, out;
		buf_init(&text, 2000);
		buf_init(&out, 5000);
		for (int k = rand_r(&seed) % 24; k > 0; k--)
			buf_puts(&text, piece[(size_t)rand_r(&seed) % COUNT(piece)]);
		const struct mustache *m = NULL;
		struct diag d = DIAG_INIT;
		if (mustache_parse(text.data, "t", &a, &m, &d) == RC_OK)
			mustache_render(m, sample_view(&a), ESCAPE_HTML, &out);
		else
			assert_true(d.line > 0 && d.msgid[0]);
		buf_done(&text);
		buf_done(&out);
		arena_done(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renders),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_random_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
