#include "csv.h"

#include <stdbool.h>
#include <string.h>

void csv_begin(struct buf *b)
{
	buf_puts(b, "\xef\xbb\xbf");
}

/* Blanks before it do not keep a spreadsheet from computing, and in the Far East neither do the
 * full-width forms. */
static bool is_formula(const char *s)
{
	static const char *const START[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
	size_t blanks = strspn(s, " \t\r\n");
	for (size_t i = 0; i < sizeof START / sizeof *START; i++)
		if (strncmp(s + blanks, START[i], strlen(START[i])) == 0)
			return true;
	return s[0] == '\t' || s[0] == '\r' || s[0] == '\n';
}

static void put_cell(struct buf *b, const char *s)
{
	const char *mark = is_formula(s) ? "'" : "";
	size_t len = strlen(s);
	bool edge = len && (s[0] == ' ' || s[len - 1] == ' ');
	if (!edge && !strpbrk(s, ",;\"\t\r\n")) {
		buf_puts(b, mark);
		buf_puts(b, s);
		return;
	}
	buf_printf(b, "\"%s", mark);
	for (; *s; s++) {
		if (*s == '"')
			buf_putc(b, '"');
		buf_putc(b, *s);
	}
	buf_putc(b, '"');
}

void csv_row(struct buf *b, const char *const *cell, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(b, ',');
		put_cell(b, cell[i]);
	}
	buf_puts(b, "\r\n");
}
