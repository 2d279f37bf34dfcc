#include "mask.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void masks(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} ROW[] = {
		{"mainland mobile", "+8610000000028", "+86100****0028"},
		{"spaces", "+86 100 0000 0028", "+86100****0028"},
		{"national", "10000000028", "100****0028"},
		{"land line", "0000-1234567", "000****4567"},
		{"short code", "10086", "10086"},
		{"mail", "li.wei@example.invalid", "l***@example.invalid"},
		{"one letter", "a@example.invalid", "a***@example.invalid"},
		{"chinese", "李@example.invalid", "***@example.invalid"},
		{"two at signs", "\"a@b\"@example.invalid", "\"***@example.invalid"},
		{"room", "group-417", "group-417"},
		{"nothing", "", ""},
	};
	char text[MASK_SIZE];
	for (size_t i = 0; i < sizeof ROW / sizeof *ROW; i++) {
		print_message("%s\n", ROW[i].name);
		assert_string_equal(mask_contact(ROW[i].in, text), ROW[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(masks)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
