/* form: what strangers post, and their cookies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "form.h"

static const struct {
	const char *name, *body, *field;
	const char *want; /* NULL: absent */
} CASES[] = {
	{"plain", "a=1&b=2", "b", "2"},
	{"first of two", "a=1&a=2", "a", "1"},
	{"empty value", "a=&b=2", "a", ""},
	{"no value", "a&b=2", "a", NULL},
	{"not there", "a=1", "b", NULL},
	{"name is a whole", "ab=1&b=2", "b", "2"},
	{"equals sign in the value", "a=b=c", "a", "b=c"},
	{"plus is a blank", "a=x+y", "a", "x y"},
	{"percent", "a=%41%2b%2B", "a", "A++"},
	{"percent at the end", "a=x%41", "a", "xA"},
	{"half a percent", "a=%4", "a", "%4"},
	{"percent alone", "a=50%&b=1", "a", "50%"},
	{"percent across fields", "a=%4&b=1", "a", "%4"},
	{"Chinese", "a=%E7%BC%BA%E7%9B%96%E7%AB%A0", "a", "缺盖章"},
	{"markup is only text here", "a=%3Cb%3E", "a", "<b>"},
	{"NUL", "a=x%00y", "a", NULL},
	{"newline", "a=x%0Ay", "a", NULL},
	{"escape", "a=%1B[2J", "a", NULL},
	{"bad UTF-8", "a=%FF", "a", NULL},
	{"overlong UTF-8", "a=%C0%AF", "a", NULL},
	{"override of direction", "a=%E2%80%AE", "a", NULL},
	{"a bad one before a good one", "a=%FF&a=1", "a", NULL},
	{"nothing", "", "a", NULL},
	{"only separators", "&&&=&=&", "a", NULL},
	{"name is not decoded", "%61=1", "a", NULL},
};

static void values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		char got[FORM_VALUE_SIZE] = "before";
		const char *want = CASES[i].want;
		bool found = form_get(CASES[i].body, strlen(CASES[i].body), CASES[i].field, got);
		if (found != (want != NULL) || strcmp(got, want ? want : "") != 0)
			fail_msg("%s: %d \"%s\"", CASES[i].name, found, got);
	}
}

static void ceiling(void **state)
{
	(void)state;
	char body[2 + FORM_VALUE_SIZE + 1] = "a=", got[FORM_VALUE_SIZE];
	memset(body + 2, 'x', FORM_VALUE_SIZE);
	assert_true(form_get(body, 2 + FORM_VALUE_SIZE - 1, "a", got));
	assert_int_equal(strlen(got), FORM_VALUE_SIZE - 1);
	assert_false(form_get(body, 2 + FORM_VALUE_SIZE, "a", got));
	assert_string_equal(got, "");
}

/* Only len bytes are looked at. */
static void length(void **state)
{
	(void)state;
	char got[FORM_VALUE_SIZE];
	assert_true(form_get("a=%41%41", 5, "a", got));
	assert_string_equal(got, "A");
	assert_true(form_get("a=%41%41", 4, "a", got));
	assert_string_equal(got, "%4");
	assert_false(form_get("b=1&a=1", 3, "a", got));
}

static const struct {
	const char *name, *field, *want;
} COOKIES[] = {
	{"alone", "d=1", "1"},
	{"among others", "x=2; d=1; y=3", "1"},
	{"without blanks", "x=2;d=1;y=3", "1"},
	{"no such", "x=2", NULL},
	{"only the end of a name", "ad=2", NULL},
	{"only the beginning of a name", "de=2", NULL},
	{"in a value", "x=d=1", NULL},
	{"empty", "d=", ""},
	{"none", NULL, NULL},
	{"as long as fits", "d=1234567", "1234567"},
	{"too long", "d=12345678", NULL},
	{"separators", ";;; ;d=1", "1"},
};

static void cookies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof COOKIES / sizeof *COOKIES; i++) {
		char got[8] = "";
		const char *want = COOKIES[i].want;
		bool found = form_get_cookie(COOKIES[i].field, "d", got, sizeof got);
		if (found != (want != NULL) || (want && strcmp(got, want) != 0))
			fail_msg("%s: %d \"%s\"", COOKIES[i].name, found, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(ceiling),
		cmocka_unit_test(length),
		cmocka_unit_test(cookies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
