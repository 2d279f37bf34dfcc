/*
 * tsv - rows of a checked-in table: tests/data/NAME
 *
 * Lines that begin with # and the line of column names are skipped.  A table that is missing, or
 * shorter than the test says, fails the test: an empty table proves nothing.
 */
#ifndef TESTS_TSV_H
#define TESTS_TSV_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"

enum { TSV_COLUMNS = 6, TSV_LINE = 256 };

struct tsv_row {
	int line;
	const char *at[TSV_COLUMNS]; /* "" beyond the last */
};

typedef void tsv_fn(const struct tsv_row *row, void *ctx);

static inline void tsv_split(char *line, struct tsv_row *ret)
{
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < TSV_COLUMNS; i++) {
		ret->at[i] = line;
		line += strcspn(line, "\t");
		if (*line)
			*line++ = '\0';
	}
}

static inline void tsv_each(const char *name, size_t at_least, tsv_fn *fn, void *ctx)
{
	char path[TSV_LINE], line[TSV_LINE];
	snprintf(path, sizeof path, "tests/data/%s", name);
	FILE *f = fopen(path, "re");
	if (!f)
		fail_msg("%s: run from the top of the tree", path);
	size_t n = 0;
	struct tsv_row row = {0};
	for (bool named = false; fgets(line, sizeof line, f);) {
		row.line++;
		if (line[0] == '#')
			continue;
		if (named) {
			tsv_split(line, &row);
			fn(&row, ctx);
			n++;
		}
		named = true;
	}
	fclose(f);
	if (n < at_least)
		fail_msg("%s: %zu rows, %zu wanted", path, n, at_least);
}

static inline long long tsv_number(const struct tsv_row *row, int column)
{
	char *end;
	long long n = strtoll(row->at[column], &end, 10);
	if (end == row->at[column] || *end)
		fail_msg("line %d: \"%s\" is not a number", row->line, row->at[column]);
	return n;
}

static inline struct date tsv_date(const struct tsv_row *row, int column)
{
	struct date d = DATE_NONE;
	if (!date_parse(row->at[column], strlen(row->at[column]), &d))
		fail_msg("line %d: \"%s\" is not a date", row->line, row->at[column]);
	return d;
}

#endif
