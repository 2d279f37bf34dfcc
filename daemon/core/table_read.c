#include "table_read.h"

#include <string.h>

#include "buf.h"
#include "text.h"

/* As long as the cells of a text are being cut. */
struct reader {
	const char *at, *end;
	char delimiter; /* '\0': a line is one cell */
	int line;
	struct arena *a;
};

/* Outside quotes; the first that occurs in most lines is meant, and tabs come before commas because a
 * pasted table may have commas in its cells. */
static size_t lines_with(const char *s, size_t len, char c)
{
	size_t n = 0;
	bool quoted = false, seen = false;
	for (size_t i = 0; i < len; i++) {
		bool opens = i == 0 || s[i - 1] == '\n' || s[i - 1] == c;
		if (s[i] == '"' && (quoted || opens))
			quoted = !quoted;
		if (s[i] == '\n' && !quoted)
			seen = false;
		else if (s[i] == c && !quoted && !seen) {
			seen = true;
			n++;
		}
	}
	return n;
}

static char find_delimiter(const char *s, size_t len)
{
	static const char TRY[] = {'\t', ',', ';'};
	char best = '\0';
	size_t most = 0;
	for (size_t i = 0; i < sizeof TRY; i++) {
		size_t n = lines_with(s, len, TRY[i]);
		if (n > most) {
			most = n;
			best = TRY[i];
		}
	}
	return best;
}

static bool is_end_of_cell(const struct reader *r)
{
	return r->at == r->end || *r->at == '\n' || (r->delimiter && *r->at == r->delimiter);
}

/* A quoted cell to its closing quote; what follows up to the delimiter belongs to it as well. */
static enum rc read_quoted(struct reader *r, struct buf *out, struct diag *d)
{
	int opened = r->line;
	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '"' && (r->at + 1 == r->end || r->at[1] != '"')) {
			r->at++;
			return RC_OK;
		}
		r->at += *r->at == '"';
		r->line += *r->at == '\n';
		buf_putc(out, *r->at);
	}
	r->line = opened;
	return diag_set(d, RC_INVALID, N_("a quotation mark opens a cell and none closes it"));
}

static enum rc read_cell(struct reader *r, struct buf *out, struct diag *d)
{
	enum rc rc = RC_OK;
	buf_clear(out);
	while (r->at < r->end && *r->at == ' ')
		r->at++;
	if (r->delimiter && r->at < r->end && *r->at == '"')
		rc = read_quoted(r, out, d);
	for (; rc == RC_OK && !is_end_of_cell(r); r->at++)
		buf_putc(out, *r->at);
	return rc;
}

static enum rc check_cell(const struct buf *b, size_t column, struct diag *d)
{
	size_t offset;
	if (b->overflow)
		return diag_set(d, RC_LIMIT, N_("column %zu: longer than %d bytes"), column,
			TABLE_CELL_MAX);
	switch (text_check(b->data, b->len, true, &offset)) {
	case TEXT_OK:
		return RC_OK;
	case TEXT_BIDI:
		return diag_set(d, RC_INVALID,
			N_("column %zu: a character that turns the direction of writing"), column);
	case TEXT_BAD_UTF8:
	case TEXT_CONTROL:
		break;
	}
	return diag_set(d, RC_INVALID, N_("column %zu: a control character"), column);
}

static enum rc read_row(struct reader *r, struct buf *cell, struct table_row *ret, struct diag *d)
{
	const char *found[TABLE_COLUMNS_MAX];
	size_t n = 0;
	bool filled = false;
	ret->line = r->line;
	for (;;) {
		if (n == TABLE_COLUMNS_MAX)
			return diag_set(d, RC_LIMIT, N_("more than %d columns"), TABLE_COLUMNS_MAX);
		enum rc rc = read_cell(r, cell, d);
		if (rc == RC_OK)
			rc = check_cell(cell, n + 1, d);
		if (rc)
			return rc;
		found[n] = table_fold(cell->data ? cell->data : "", cell->len, r->a);
		filled |= found[n][0] != '\0';
		n++;
		if (r->at == r->end || *r->at == '\n')
			break;
		r->at++;
	}
	ret->n = filled ? n : 0;
	ret->cell = ARENA_ARRAY(r->a, n, const char *);
	memcpy(ret->cell, found, n * sizeof *found);
	return RC_OK;
}

static enum rc read_rows(struct reader *r, struct buf *cell, struct table *ret, struct diag *d)
{
	VEC(struct table_row) rows = {0};
	while (r->at < r->end) {
		struct table_row row;
		enum rc rc = read_row(r, cell, &row, d);
		if (rc)
			return rc;
		if (row.n && rows.n == TABLE_ROWS_MAX)
			return diag_set(d, RC_LIMIT, N_("more than %d rows"), TABLE_ROWS_MAX);
		if (row.n)
			VEC_PUSH(r->a, &rows, row);
		r->at += r->at < r->end; /* the line feed */
		r->line++;
	}
	*ret = (struct table){rows.item, rows.n};
	return RC_OK;
}

enum rc table_read(const char *data, size_t len, struct arena *a, struct table *ret, struct diag *d)
{
	const char *text;
	size_t n;
	struct buf cell;
	enum rc rc = table_decode(data, len, a, &text, &n, d);
	if (rc)
		return rc;
	struct reader r = {text, text + n, find_delimiter(text, n), 1, a};
	struct diag fault = DIAG_INIT;
	buf_init(&cell, TABLE_CELL_MAX);
	rc = read_rows(&r, &cell, ret, &fault);
	buf_done(&cell);
	if (rc && d) {
		*d = fault;
		d->line = r.line;
	}
	return rc;
}
