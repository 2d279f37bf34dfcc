#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>

#include "json_put.h"

static int open_scratch(void)
{
	FILE *f = tmpfile();
	assert_non_null(f);
	int fd = dup(fileno(f));
	fclose(f);
	assert_true(fd >= 0);
	return fd;
}

/* What jansson, an independent reader, finds in the document. */
static json_t *read_back(int fd)
{
	json_error_t fault;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	json_t *doc = json_loadfd(fd, JSON_DECODE_ANY, &fault);
	if (!doc)
		fail_msg("%s at %d", fault.text, fault.position);
	close(fd);
	return doc;
}

static void test_text(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
	} CASES[] = {
		{"empty", ""},
		{"plain", "monthly/2024-05/brigade-10"},
		{"quote and backslash", "a\"b\\c\\\""},
		{"controls", "\001\b\t\n\v\f\r\033\037 \177"},
		{"Chinese", "晋市城函〔2024〕70号"},
		{"beyond the BMP", "𠮷"},
		{"slash and markup", "</script>&'"},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct json_put w;
		int fd = open_scratch();
		json_put_init(&w, fd);
		json_put_text(&w, CASES[i].text);
		assert_true(json_put_done(&w));
		json_t *doc = read_back(fd);
		if (strcmp(json_string_value(doc), CASES[i].text) != 0)
			fail_msg("%s", CASES[i].name);
		json_decref(doc);
	}
}

/* Escapes and values that lie across the end of a block. */
static void test_blocks(void **state)
{
	(void)state;
	enum { ROWS = 40000 };
	struct json_put w;
	int fd = open_scratch();
	json_put_init(&w, fd);
	json_put_raw(&w, "[");
	for (int i = 0; i < ROWS; i++) {
		json_put_raw(&w, i ? "," : "");
		json_put_raw(&w, "{\"n\":");
		json_put_int(&w, i);
		json_put_key_text(&w, ",\"s\":", i % 3 ? "\"\n节\\" : "\001");
		json_put_raw(&w, "}");
	}
	json_put_raw(&w, "]");
	assert_true(json_put_done(&w));
	json_t *doc = read_back(fd);
	assert_int_equal(json_array_size(doc), ROWS);
	for (int i = 0; i < ROWS; i++) {
		const json_t *row = json_array_get(doc, (size_t)i);
		assert_int_equal(json_integer_value(json_object_get(row, "n")), i);
		assert_string_equal(json_string_value(json_object_get(row, "s")),
			i % 3 ? "\"\n节\\" : "\001");
	}
	json_decref(doc);
}

static void test_nothing(void **state)
{
	(void)state;
	struct json_put w;
	int fd = open_scratch();
	json_put_init(&w, fd);
	json_put_raw(&w, "[");
	json_put_date(&w, DATE_NONE);
	json_put_raw(&w, ",");
	json_put_time(&w, NULL, INSTANT_NONE);
	json_put_raw(&w, ",");
	json_put_bool(&w, false);
	json_put_raw(&w, "]");
	assert_true(json_put_done(&w));
	json_t *doc = read_back(fd);
	assert_true(json_is_null(json_array_get(doc, 0)));
	assert_true(json_is_null(json_array_get(doc, 1)));
	assert_true(json_is_false(json_array_get(doc, 2)));
	json_decref(doc);
}

static void test_full_disk(void **state)
{
	(void)state;
	struct json_put w;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	json_put_init(&w, fd);
	json_put_text(&w, "lost");
	assert_false(json_put_done(&w));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
