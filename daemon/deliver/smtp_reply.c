#include "smtp_reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void smtp_reply_init(struct smtp_reply *r)
{
	memset(r, 0, sizeof *r);
}

static void append_text(struct smtp_reply *r, const char *s)
{
	size_t have = strlen(r->text), add = strlen(s), room = sizeof r->text - 1 - have;
	if (add > room)
		add = room;
	memcpy(r->text + have, s, add);
	r->text[have + add] = '\0';
}

static int take_number(const char **s, int max)
{
	int n = -1;
	for (; is_digit(**s) && n <= max; (*s)++)
		n = (n < 0 ? 0 : n) * 10 + (**s - '0');
	return n <= max ? n : -1;
}

/* "5.1.1 ..." with the class equal to the code's first digit (RFC 2034 section 4). */
static void read_enhanced(struct smtp_reply *r, const char *s)
{
	int class = take_number(&s, 5);
	if (class != r->code / 100 || *s++ != '.')
		return;
	int subject = take_number(&s, 999);
	if (subject < 0 || *s++ != '.')
		return;
	int detail = take_number(&s, 999);
	if (detail < 0 || (*s && *s != ' '))
		return;
	r->class = class;
	r->subject = subject;
	r->detail = detail;
}

static void read_capability(struct smtp_reply *r, const char *s)
{
	if (strncasecmp(s, "SIZE", 4) != 0 || (s[4] && s[4] != ' '))
		return;
	r->size_limit = s[4] ? strtol(s + 5, NULL, 10) : 0;
	if (r->size_limit < 0)
		r->size_limit = 0;
}

static enum smtp_parse end_line(struct smtp_reply *r)
{
	const char *s = r->line;
	r->line[r->line_len] = '\0';
	if (r->line_len && s[r->line_len - 1] == '\r')
		r->line[--r->line_len] = '\0';
	r->line_len = 0;
	if (!is_digit(s[0]) || !is_digit(s[1]) || !is_digit(s[2]) ||
		(s[3] && s[3] != ' ' && s[3] != '-') || s[0] < '2' || s[0] > '5')
		return SMTP_GARBAGE;
	int code = (s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0');
	if (r->n_lines == 0) {
		r->first_code = code;
		r->text[0] = '\0';
		r->class = r->subject = r->detail = 0;
	}
	if (code != r->first_code || ++r->n_lines > SMTP_LINES_MAX)
		return SMTP_GARBAGE;
	if (r->n_lines > 1)
		append_text(r, " ");
	append_text(r, r->n_lines > 1 && s[3] ? s + 4 : s);
	r->code = code;
	if (r->n_lines == 1 && s[3])
		read_enhanced(r, s + 4);
	if (s[3] && code == 250)
		read_capability(r, s + 4);
	if (s[3] == '-') {
		r->code = 0;
		return SMTP_MORE;
	}
	r->n_lines = 0;
	return SMTP_REPLY;
}

enum smtp_parse smtp_reply_feed(
	struct smtp_reply *r, const char *data, size_t len, size_t *ret_used)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\n') {
			if (r->line_len >= SMTP_LINE_MAX || data[i] == '\0') {
				*ret_used = i;
				r->code = 0;
				return SMTP_GARBAGE;
			}
			r->line[r->line_len++] = data[i];
			continue;
		}
		enum smtp_parse parse = end_line(r);
		if (parse == SMTP_GARBAGE)
			r->code = 0;
		if (parse != SMTP_MORE) {
			*ret_used = i + 1;
			return parse;
		}
	}
	*ret_used = len;
	return SMTP_MORE;
}
