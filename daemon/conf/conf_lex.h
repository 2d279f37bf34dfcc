/*
 * conf_lex - the tokens of a libconfig file, from bytes that nobody has checked yet
 *
 * Never fails and never recurses; every byte belongs to a token, to white space or to a comment.
 */
#ifndef CONF_CONF_LEX_H
#define CONF_CONF_LEX_H

#include <stddef.h>

enum conf_token_kind {
	TOKEN_END,
	TOKEN_NAME,   /* also true, false */
	TOKEN_STRING, /* with its quotes */
	TOKEN_NUMBER,
	TOKEN_PUNCT,        /* one of = : ; , ( ) [ ] { } */
	TOKEN_OTHER,        /* one character that has no business outside quotes */
	TOKEN_OPEN_STRING,  /* no closing quote on its line */
	TOKEN_OPEN_COMMENT, /* no closing mark before the end */
};

struct conf_token {
	enum conf_token_kind kind;
	const char *s;
	size_t len;
	int line; /* where it begins */
};

struct conf_lexer {
	const char *s;
	size_t len, at;
	int line;
};

void conf_lex_init(struct conf_lexer *lx, const char *s, size_t len);
struct conf_token conf_lex_next(struct conf_lexer *lx);

#endif
