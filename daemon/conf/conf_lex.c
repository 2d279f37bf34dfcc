#include "conf_lex.h"

#include <stdbool.h>
#include <string.h>

#include "text.h"

void conf_lex_init(struct conf_lexer *lx, const char *s, size_t len)
{
	*lx = (struct conf_lexer){.s = s, .len = len, .line = 1};
}

static int peek(const struct conf_lexer *lx, size_t ahead)
{
	return lx->at + ahead < lx->len ? (unsigned char)lx->s[lx->at + ahead] : -1;
}

static void skip_line(struct conf_lexer *lx)
{
	while (lx->at < lx->len && lx->s[lx->at] != '\n')
		lx->at++;
}

/* At the opening mark; false if there is no closing one (then at the end). */
static bool skip_comment(struct conf_lexer *lx)
{
	for (lx->at += 2; lx->at < lx->len; lx->at++) {
		if (peek(lx, 0) == '*' && peek(lx, 1) == '/') {
			lx->at += 2;
			return true;
		}
		lx->line += peek(lx, 0) == '\n';
	}
	return false;
}

/* White space and comments; false at a comment without end. */
static bool skip_blank(struct conf_lexer *lx)
{
	for (;;) {
		int c = peek(lx, 0);
		if (c == '#' || (c == '/' && peek(lx, 1) == '/')) {
			skip_line(lx);
		} else if (c == '/' && peek(lx, 1) == '*') {
			if (!skip_comment(lx))
				return false;
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') {
			lx->line += c == '\n';
			lx->at++;
		} else {
			return true;
		}
	}
}

static enum conf_token_kind take_string(struct conf_lexer *lx)
{
	for (lx->at++; lx->at < lx->len; lx->at++) {
		int c = peek(lx, 0);
		if (c == '\n')
			return TOKEN_OPEN_STRING;
		if (c == '\\' && peek(lx, 1) >= 0 && peek(lx, 1) != '\n')
			lx->at++;
		else if (c == '"') {
			lx->at++;
			return TOKEN_STRING;
		}
	}
	return TOKEN_OPEN_STRING;
}

static bool is_word_byte(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '*' || c == '.' || c == '+';
}

static enum conf_token_kind take_word(struct conf_lexer *lx)
{
	int c = peek(lx, 0);
	bool number = (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
	while (is_word_byte(peek(lx, 0)))
		lx->at++;
	return number ? TOKEN_NUMBER : TOKEN_NAME;
}

static enum conf_token_kind take_other(struct conf_lexer *lx)
{
	size_t n;
	text_decode(lx->s + lx->at, lx->len - lx->at, &n);
	lx->at += n;
	return TOKEN_OTHER;
}

struct conf_token conf_lex_next(struct conf_lexer *lx)
{
	struct conf_token t = {.kind = TOKEN_END};
	size_t blank = lx->at;
	int line = lx->line;
	if (!skip_blank(lx)) {
		t.kind = TOKEN_OPEN_COMMENT;
		/* Name the line of the comment's mark, not of the blank before it. */
		const char *mark = memmem(lx->s + blank, lx->len - blank, "/*", 2);
		for (const char *p = lx->s + blank; mark && p < mark; p++)
			line += *p == '\n';
		t.line = line;
		return t;
	}
	t.line = lx->line;
	t.s = lx->s + lx->at;
	int c = peek(lx, 0);
	if (c < 0)
		return t;
	if (c == '"') {
		t.kind = take_string(lx);
	} else if (c && strchr("=:;,()[]{}", c)) {
		lx->at++;
		t.kind = TOKEN_PUNCT;
	} else {
		t.kind = is_word_byte(c) ? take_word(lx) : take_other(lx);
	}
	t.len = (size_t)(lx->s + lx->at - t.s);
	return t;
}
