#include "conf_scan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "config.h"
#include "conf_lex.h"

struct scan {
	const struct conf_file *file;
	struct diags *ds;
	unsigned n_faults;
	/* open brackets */
	char open[SCAN_DEPTH_MAX + 1];
	int open_line[SCAN_DEPTH_MAX + 1];
	unsigned names[SCAN_DEPTH_MAX + 1]; /* settings of the group at each depth so far */
	unsigned depth;
	bool after_comma;
	int comma_line;
	int odd_line;          /* the last line with a character out of place */
	unsigned string_bytes; /* of adjacent quoted pieces, which libconfig joins */
	bool stop;
};

static void add_fault(struct scan *s, struct diag *d, int line, const char *hint)
{
	if (s->n_faults == SCAN_FAULTS_MAX)
		return;
	s->n_faults++;
	diag_hint(d, hint);
	diag_at(d, s->file->name, line);
	diags_add(s->ds, d);
}

#define FAULT(s, line, hint, ...)                                                                  \
	do {                                                                                       \
		struct diag fault_ = DIAG_INIT;                                                    \
		(void)diag_set(&fault_, RC_INVALID, __VA_ARGS__);                                  \
		add_fault((s), &fault_, (line), (hint));                                           \
	} while (0)

/* ---- bytes ------------------------------------------------------------------------------------ */

static int line_of(const struct conf_file *f, size_t offset)
{
	int line = 1;
	for (size_t i = 0; i < offset; i++)
		line += f->data[i] == '\n';
	return line;
}

static void scan_size(struct scan *s)
{
	if (s->file->len > CONFIG_FILE_MAX) {
		FAULT(s, 1, N_("split it and name the parts in include = [ ... ]"),
			N_("the file is larger than %d bytes"), CONFIG_FILE_MAX);
		s->stop = true;
	} else if (s->file->len == strspn(s->file->data, " \t\r\n")) {
		FAULT(s, 1,
			N_("it may be half-written; if it is not needed, take it out of include"),
			N_("the file is empty"));
		s->stop = true;
	}
}

static void scan_bytes(struct scan *s)
{
	const struct conf_file *f = s->file;
	if (f->len >= 3 && memcmp(f->data, "\xef\xbb\xbf", 3) == 0) {
		FAULT(s, 1, N_("save the file as UTF-8 without BOM"),
			N_("the file begins with a byte order mark (BOM)"));
		s->stop = true;
	}
	const char *nul = memchr(f->data, '\0', f->len);
	if (nul) {
		FAULT(s, line_of(f, (size_t)(nul - f->data)), NULL,
			N_("there is a NUL byte in the file"));
		s->stop = true;
	}
	for (size_t i = 0, n; i < f->len && !s->stop; i += n)
		if (text_decode(f->data + i, f->len - i, &n) == 0xfffd && n == 1) {
			FAULT(s, line_of(f, i), N_("save the file as UTF-8; GB18030 will not do"),
				N_("the file is not valid UTF-8 here"));
			s->stop = true;
		}
}

/* ---- tokens ----------------------------------------------------------------------------------- */

static const struct {
	const char *wide, *plain;
} PUNCTUATION[] = {
	{"：", ":"},
	{"；", ";"},
	{"，", ","},
	{"、", ","},
	{"。", "."},
	{"“", "\""},
	{"”", "\""},
	{"‘", "\""},
	{"’", "\""},
	{"（", "("},
	{"）", ")"},
	{"【", "["},
	{"】", "]"},
	{"［", "["},
	{"］", "]"},
	{"｛", "{"},
	{"｝", "}"},
	{"＝", "="},
	{"＂", "\""},
	{"＃", "#"},
	{"　", "space"},
	{"\xc2\xa0", "space"},
};

static void scan_other(struct scan *s, const struct conf_token *t)
{
	char c[8] = "";
	if (t->line == s->odd_line)
		return; /* one a line is enough to look at it */
	s->odd_line = t->line;
	memcpy(c, t->s, t->len < sizeof c ? t->len : sizeof c - 1);
	for (size_t i = 0; i < sizeof PUNCTUATION / sizeof *PUNCTUATION; i++)
		if (strcmp(c, PUNCTUATION[i].wide) == 0) {
			FAULT(s, t->line, N_("switch the input method to half-width punctuation"),
				N_("full-width \"%s\" outside quotes; write %s"), c,
				PUNCTUATION[i].plain);
			return;
		}
	if (c[0] == '@') {
		FAULT(s, t->line, N_("name the file in include = [ ... ] of the main file"),
			N_("@include is not allowed"));
		s->stop = true;
	} else if ((unsigned char)c[0] < 0x20 || c[0] == 0x7f) {
		FAULT(s, t->line, NULL, N_("control character 0x%02x outside quotes"),
			(unsigned)c[0]);
	} else {
		FAULT(s, t->line, N_("texts stand in \"...\""), N_("\"%s\" outside quotes"), c);
	}
}

static void scan_number(struct scan *s, const struct conf_token *t)
{
	char text[64];
	size_t n = t->len < sizeof text ? t->len : sizeof text - 1;
	memcpy(text, t->s, n);
	text[n] = '\0';
	bool hex = text_has_prefix(text, "0x") || text_has_prefix(text, "0X");
	if (!hex && strpbrk(text, ".eE"))
		return;
	long v = strtol(text, NULL, hex ? 16 : 10);
	if (t->len >= sizeof text || v > INT_MAX || v < INT_MIN)
		FAULT(s, t->line, NULL, N_("the number %s is too large"), text);
}

static void scan_string(struct scan *s, const struct conf_token *t)
{
	s->string_bytes += (unsigned)t->len;
	if (s->string_bytes > SCAN_STRING_MAX) {
		FAULT(s, t->line, NULL, N_("this text is longer than %d bytes"), SCAN_STRING_MAX);
		s->stop = true;
	}
	for (const char *p = t->s; p + 3 < t->s + t->len; p++) {
		if (*p != '\\')
			continue;
		if (p[1] == 'x' && p[2] == '0' && p[3] == '0')
			FAULT(s, t->line, NULL, N_("a text cannot hold a NUL (\\x00)"));
		p++;
	}
}

static char closing_of(char open)
{
	return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static void scan_open(struct scan *s, const struct conf_token *t)
{
	if (s->depth == SCAN_DEPTH_MAX) {
		FAULT(s, t->line, NULL, N_("brackets are nested deeper than %d levels"),
			SCAN_DEPTH_MAX);
		s->stop = true;
		return;
	}
	s->open[s->depth] = *t->s;
	s->open_line[s->depth++] = t->line;
	s->names[s->depth] = 0;
}

static void scan_close(struct scan *s, const struct conf_token *t)
{
	if (s->after_comma && *t->s != '}')
		FAULT(s, s->comma_line, N_("take the comma out"),
			N_("there is a comma after the last entry of a list"));
	if (s->depth == 0) {
		FAULT(s, t->line, NULL, N_("\"%c\" closes nothing"), *t->s);
		s->stop = true;
		return;
	}
	s->depth--;
	if (closing_of(s->open[s->depth]) == *t->s)
		return;
	FAULT(s, t->line, NULL, N_("\"%c\" closes the \"%c\" of line %d"), *t->s, s->open[s->depth],
		s->open_line[s->depth]);
	s->stop = true;
}

static void scan_punct(struct scan *s, const struct conf_token *t)
{
	if (strchr("([{", *t->s))
		scan_open(s, t);
	else if (strchr(")]}", *t->s))
		scan_close(s, t);
}

/* libconfig compares each new name with all before it. */
static void scan_name(struct scan *s, const struct conf_token *t)
{
	if (++s->names[s->depth] <= SCAN_NAMES_MAX)
		return;
	FAULT(s, t->line, NULL, N_("a group has more than %d settings"), SCAN_NAMES_MAX);
	s->stop = true;
}

static void scan_open_string(struct scan *s, const struct conf_token *t)
{
	FAULT(s, t->line, N_("each \" needs a second one; join long texts as \"...\" \"...\""),
		N_("the text that begins here does not end on its line"));
	s->stop = true;
}

static void scan_open_comment(struct scan *s, const struct conf_token *t)
{
	FAULT(s, t->line, NULL, N_("the comment that begins here has no end"));
	s->stop = true;
}

static void (*const SCAN_TOKEN[])(struct scan *, const struct conf_token *) = {
	[TOKEN_NAME] = scan_name,
	[TOKEN_NUMBER] = scan_number,
	[TOKEN_STRING] = scan_string,
	[TOKEN_PUNCT] = scan_punct,
	[TOKEN_OTHER] = scan_other,
	[TOKEN_OPEN_STRING] = scan_open_string,
	[TOKEN_OPEN_COMMENT] = scan_open_comment,
};

static void scan_tokens(struct scan *s)
{
	struct conf_lexer lx;
	conf_lex_init(&lx, s->file->data, s->file->len);
	while (!s->stop) {
		struct conf_token t = conf_lex_next(&lx);
		if (t.kind == TOKEN_END)
			break;
		if (t.kind != TOKEN_STRING)
			s->string_bytes = 0;
		SCAN_TOKEN[t.kind](s, &t);
		s->after_comma = t.kind == TOKEN_PUNCT && *t.s == ',';
		s->comma_line = t.line;
	}
	if (!s->stop && s->depth)
		FAULT(s, s->open_line[s->depth - 1], N_("the file may be half-written"),
			N_("the \"%c\" of this line is never closed"), s->open[s->depth - 1]);
}

bool conf_scan(const struct conf_file *file, struct diags *ds)
{
	struct scan s = {.file = file, .ds = ds};
	scan_size(&s);
	if (!s.stop)
		scan_bytes(&s);
	if (!s.stop)
		scan_tokens(&s);
	return s.n_faults == 0;
}

/* ---- include ---------------------------------------------------------------------------------- */

static bool is_punct(const struct conf_token *t, const char *any)
{
	return t->kind == TOKEN_PUNCT && strchr(any, *t->s);
}

static bool is_include(const struct conf_token *t)
{
	return t->kind == TOKEN_NAME && t->len == 7 && memcmp(t->s, "include", 7) == 0;
}

/* After the name: `= [ "a", "b" ]`; anything else ends it, and the loader will say what is wrong. */
static void scan_include_list(struct conf_lexer *lx,
	void (*each)(void *ctx, const char *name, size_t len, int line), void *ctx)
{
	struct conf_token t = conf_lex_next(lx);
	if (!is_punct(&t, "=:"))
		return;
	t = conf_lex_next(lx);
	if (!is_punct(&t, "[("))
		return;
	do {
		t = conf_lex_next(lx);
		if (t.kind != TOKEN_STRING)
			return;
		each(ctx, t.s + 1, t.len - 2, t.line);
		t = conf_lex_next(lx);
	} while (is_punct(&t, ","));
}

void conf_scan_includes(const struct conf_file *file,
	void (*each)(void *ctx, const char *name, size_t len, int line), void *ctx)
{
	struct conf_lexer lx;
	conf_lex_init(&lx, file->data, file->len);
	int depth = 0;
	for (;;) {
		struct conf_token t = conf_lex_next(&lx);
		if (t.kind == TOKEN_END || t.kind == TOKEN_OPEN_COMMENT)
			return;
		if (is_punct(&t, "([{"))
			depth++;
		else if (is_punct(&t, ")]}"))
			depth--;
		else if (depth == 0 && is_include(&t)) {
			scan_include_list(&lx, each, ctx);
			return;
		}
	}
}
