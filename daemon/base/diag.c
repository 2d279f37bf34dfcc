#include "diag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

/* One conversion of a format: what vsnprintf needs to print it alone. */
struct conversion {
	char spec[24];
	char type;  /* 's', 'd', 'c', ... */
	int longs;  /* number of l, or 'z' */
	size_t len; /* bytes of the format it takes */
};

/* p points at '%'. */
static void scan_conversion(const char *p, struct conversion *ret)
{
	const char *s = p + 1;
	*ret = (struct conversion){0};
	s += strspn(s, "-+ #0123456789.");
	while (*s == 'l' || *s == 'z') {
		ret->longs += *s == 'z' ? 100 : 1;
		s++;
	}
	ret->type = *s;
	ret->len = (size_t)(s - p) + (*s != '\0');
	size_t n = ret->len < sizeof ret->spec - 1 ? ret->len : sizeof ret->spec - 1;
	memcpy(ret->spec, p, n);
}

static void add_arg(struct diag *d, const char *text)
{
	size_t room = sizeof d->args - d->args_len;
	if (d->n_args == DIAG_ARGS_MAX || room < 2)
		return;
	size_t n = text_cut(text, room - 1);
	memcpy(d->args + d->args_len, text, n);
	d->args[d->args_len + n] = '\0';
	d->args_len += (unsigned)n + 1;
	d->n_args++;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void format_arg(struct diag *d, const struct conversion *c, va_list *ap)
{
	/* Longer than any argument kept, so that add_arg is the one who cuts. */
	char text[DIAG_ARGS_BYTES + 8];
	text[0] = '\0';
	bool is_unsigned = c->type == 'u' || c->type == 'x' || c->type == 'X';
	if (c->type == 's') {
		const char *s = va_arg(*ap, const char *);
		snprintf(text, sizeof text, c->spec, s ? s : "-");
	} else if (c->type == 'c') {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, int));
	} else if (c->longs >= 100) {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, size_t));
	} else if (c->longs == 2) {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, long long));
	} else if (c->longs == 1) {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, long));
	} else if (is_unsigned) {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, unsigned));
	} else {
		snprintf(text, sizeof text, c->spec, va_arg(*ap, int));
	}
	add_arg(d, text);
}
#pragma GCC diagnostic pop

static void set_args(struct diag *d, const char *msgid, va_list *ap)
{
	for (const char *p = strchr(msgid, '%'); p; p = strchr(p, '%')) {
		struct conversion c;
		scan_conversion(p, &c);
		if (c.type != '%')
			format_arg(d, &c, ap);
		p += c.len;
	}
}

enum rc diag_vset(struct diag *d, enum rc rc, const char *msgid, va_list ap)
{
	if (!d)
		return rc;
	*d = (struct diag){.rc = rc, .severity = SEV_ERROR, .msgid = msgid};
	va_list copy;
	va_copy(copy, ap);
	set_args(d, msgid, &copy);
	va_end(copy);
	return rc;
}

enum rc diag_set(struct diag *d, enum rc rc, const char *msgid, ...)
{
	va_list ap;
	va_start(ap, msgid);
	diag_vset(d, rc, msgid, ap);
	va_end(ap);
	return rc;
}

enum rc diag_set_errno(struct diag *d, enum rc rc, int err, const char *msgid, ...)
{
	va_list ap;
	va_start(ap, msgid);
	diag_vset(d, rc, msgid, ap);
	va_end(ap);
	if (d)
		d->sys = err;
	return rc;
}

void diag_at(struct diag *d, const char *file, int line)
{
	if (!d || d->file[0])
		return;
	size_t n = text_cut(file, sizeof d->file - 1);
	memcpy(d->file, file, n);
	d->file[n] = '\0';
	d->line = line;
}

void diag_hint(struct diag *d, const char *hint)
{
	if (d)
		d->hint = hint;
}

static const char *arg_at(const struct diag *d, unsigned index)
{
	if (index >= d->n_args)
		return "";
	const char *p = d->args;
	while (index--)
		p += strlen(p) + 1;
	return p;
}

/* Append to a fixed buffer; *len never passes size - 1. */
static void append(char *ret, size_t size, size_t *len, const char *s, size_t n)
{
	size_t room = size - 1 - *len;
	if (n > room)
		n = text_cut(s, room);
	memcpy(ret + *len, s, n);
	*len += n;
	ret[*len] = '\0';
}

/* "%2$s" -> 1; a plain conversion takes the next index. */
static unsigned arg_index(const char *p, unsigned *next)
{
	char *end;
	long n = strtol(p + 1, &end, 10);
	if (end != p + 1 && *end == '$' && n >= 1 && n <= DIAG_ARGS_MAX)
		return (unsigned)n - 1;
	return (*next)++;
}

static size_t conversion_len(const char *p)
{
	const char *dollar = p + 1 + strspn(p + 1, "0123456789");
	struct conversion c;
	scan_conversion(*dollar == '$' ? dollar : p, &c);
	return c.len + (*dollar == '$' ? (size_t)(dollar - p) : 0);
}

/* "clause: clause: clause", each translated by itself. */
static void append_clauses(
	const char *p, translate_fn *translate, char *ret, size_t size, size_t *len)
{
	while (*p) {
		char clause[DIAG_ARGS_BYTES];
		const char *colon = strstr(p, ": ");
		size_t n = colon ? (size_t)(colon - p) : strlen(p);
		snprintf(clause, sizeof clause, "%.*s", (int)n, p);
		const char *said = translate(clause);
		append(ret, size, len, said, strlen(said));
		if (colon)
			append(ret, size, len, ": ", 2);
		p += n + (colon ? 2 : 0);
	}
}

/* Is a whole clause of it one of our sentences?  A word alone may be a key or an id. */
static bool is_sentence(const char *p, translate_fn *translate)
{
	for (; *p; p += 2) {
		char clause[DIAG_ARGS_BYTES];
		const char *colon = strstr(p, ": ");
		size_t n = colon ? (size_t)(colon - p) : strlen(p);
		snprintf(clause, sizeof clause, "%.*s", (int)n, p);
		if (strchr(clause, ' ') && translate(clause) != clause)
			return true;
		if (!colon)
			return false;
		p = colon;
	}
	return false;
}

static void append_arg(
	const char *arg, translate_fn *translate, char *ret, size_t size, size_t *len)
{
	if (translate && is_sentence(arg, translate))
		append_clauses(arg, translate, ret, size, len);
	else
		append(ret, size, len, arg, strlen(arg));
}

void diag_text(const struct diag *d, translate_fn *translate, char *ret, size_t size)
{
	const char *p = d->msgid && d->msgid[0] ? d->msgid : N_("unknown failure");
	if (translate)
		p = translate(p);
	size_t len = 0;
	unsigned next = 0;
	ret[0] = '\0';
	while (*p) {
		size_t plain = strcspn(p, "%");
		append(ret, size, &len, p, plain);
		p += plain;
		if (!*p)
			break;
		if (p[1] == '%') {
			append(ret, size, &len, "%", 1);
			p += 2;
			continue;
		}
		const char *arg = arg_at(d, arg_index(p, &next));
		append_arg(arg, translate, ret, size, &len);
		p += conversion_len(p);
	}
	if (d->sys) {
		/* Not strerror: libc would translate by catalogues that may be missing. */
		const char *text = strerrordesc_np(d->sys);
		if (!text)
			text = "unknown error";
		if (translate)
			text = translate(text);
		append(ret, size, &len, ": ", 2);
		append(ret, size, &len, text, strlen(text));
	}
}

void diag_line(const struct diag *d, translate_fn *translate, char *ret, size_t size)
{
	char text[DIAG_TEXT_MAX];
	diag_text(d, translate, text, sizeof text);
	const char *kind = d->severity == SEV_WARNING ? N_("warning") : N_("error");
	const char *hint = d->hint ? d->hint : "";
	if (translate) {
		kind = translate(kind);
		hint = d->hint ? translate(hint) : hint;
	}
	char where[DIAG_FILE_BYTES + 16] = "";
	if (d->file[0] && d->line)
		snprintf(where, sizeof where, "%s:%d: ", d->file, d->line);
	else if (d->file[0])
		snprintf(where, sizeof where, "%s: ", d->file);
	const char *part[] = {
		where, kind, ": ", text, hint[0] ? " (" : "", hint, hint[0] ? ")" : ""};
	size_t len = 0;
	ret[0] = '\0';
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		append(ret, size, &len, part[i], strlen(part[i]));
}

void diags_add(struct diags *ds, const struct diag *d)
{
	if (d->severity == SEV_WARNING)
		ds->n_warnings++;
	else
		ds->n_errors++;
	if (ds->n == DIAGS_MAX)
		return;
	if (!ds->item)
		ds->item = mem_new(DIAGS_MAX, sizeof *ds->item);
	ds->item[ds->n++] = *d;
}

/* Insertion sort: stable, and the list is short. */
void diags_sort(struct diags *ds)
{
	for (size_t i = 1; i < ds->n; i++) {
		struct diag d = ds->item[i];
		size_t j = i;
		while (j > 0) {
			const struct diag *before = &ds->item[j - 1];
			int order = strcmp(before->file, d.file);
			if (order < 0 || (order == 0 && before->line <= d.line))
				break;
			ds->item[j] = *before;
			j--;
		}
		ds->item[j] = d;
	}
}

void diags_done(struct diags *ds)
{
	free(ds->item);
	*ds = (struct diags){0};
}
