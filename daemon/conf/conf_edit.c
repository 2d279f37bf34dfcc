#include "conf_edit.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { NAMES_BYTES = 1000, MEMBER_BYTES = 2000 };

/* Bytes [from, to) of the text. */
struct cut {
	size_t from, to;
};

/* ---- finding one's way in the text ---------------------------------------------------------------- */

/* Behind a comment or string that begins at i; i itself if none does. */
static size_t skip_opaque(const char *s, size_t i)
{
	if (s[i] == '#' || (s[i] == '/' && s[i + 1] == '/'))
		return i + strcspn(s + i, "\n");
	if (s[i] == '/' && s[i + 1] == '*') {
		const char *end = strstr(s + i + 2, "*/");
		return end ? (size_t)(end - s) + 2 : i + strlen(s + i);
	}
	if (s[i] != '"')
		return i;
	for (i++; s[i] && s[i] != '"'; i++)
		i += s[i] == '\\' && s[i + 1];
	return s[i] ? i + 1 : i;
}

static size_t line_begin(const char *s, int line)
{
	size_t i = 0;
	for (; line > 1 && s[i]; line--)
		i += strcspn(s + i, "\n") + (s[i + strcspn(s + i, "\n")] == '\n');
	return i;
}

/* The group whose brace comes first at or after i: from its brace to behind the closing one. */
static bool find_group(const char *s, size_t i, struct cut *ret)
{
	int depth = 0;
	struct cut found = {0, 0};
	while (s[i]) {
		size_t next = skip_opaque(s, i);
		if (next != i) {
			i = next;
			continue;
		}
		if (s[i] == '{' && depth++ == 0)
			found.from = i;
		if (s[i] == '}' && --depth <= 0) {
			found.to = i + 1;
			*ret = found;
			return depth == 0;
		}
		i++;
	}
	return false;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* `name = value;` directly in the group, up to the semicolon and with it. */
static bool find_member(const char *s, struct cut group, const char *name, struct cut *ret)
{
	size_t len = strlen(name);
	int depth = 0;
	for (size_t i = group.from + 1; i < group.to - 1;) {
		size_t next = skip_opaque(s, i);
		if (next != i) {
			i = next;
			continue;
		}
		depth += (strchr("{([", s[i]) != NULL) - (strchr("})]", s[i]) != NULL);
		if (depth || strncmp(s + i, name, len) != 0 || is_name(s[i - 1]) ||
			is_name(s[i + len])) {
			i++;
			continue;
		}
		size_t end = i;
		while (end < group.to - 1 && s[end] != ';') {
			next = skip_opaque(s, end);
			end = next != end ? next : end + 1;
		}
		*ret = (struct cut){i, end + (s[end] == ';')};
		return true;
	}
	return false;
}

static void copy_span(const char *s, struct cut x, char *ret, size_t size)
{
	snprintf(ret, size, "%.*s", (int)(x.to - x.from), s + x.from);
}

/* ---- a row of the roster -------------------------------------------------------------------------- */

struct row {
	struct cut group, unit, lead, comment; /* lead, comment: empty if there is none */
	char unit_text[MEMBER_BYTES], lead_text[MEMBER_BYTES];
	char names[NAMES_BYTES]; /* as a comment lists them: 机关、数字化 */
};

static size_t list_names(const struct roster *r, int month, char ret[static NAMES_BYTES],
	const struct duty **ret_first)
{
	size_t n = 0, len = 0;
	ret[0] = '\0';
	for (size_t i = 0; i < r->n_duties; i++) {
		if (r->duty[i].month != month)
			continue;
		if (n++ == 0)
			*ret_first = &r->duty[i];
		if (len < NAMES_BYTES)
			len += (size_t)snprintf(ret + len, NAMES_BYTES - len, "%s%s",
				n > 1 ? "、" : "", r->duty[i].unit->name);
	}
	return n;
}

static size_t count_strings(const char *s, struct cut x)
{
	size_t n = 0;
	for (size_t i = x.from; i < x.to;) {
		size_t next = skip_opaque(s, i);
		n += next != i && s[i] == '"';
		i = next != i ? next : i + 1;
	}
	return n;
}

static bool says_month(const char *s, struct cut group, int month)
{
	struct cut m;
	char text[64];
	int n = 0;
	if (!find_member(s, group, "month", &m))
		return false;
	copy_span(s, m, text, sizeof text);
	return sscanf(text, "month = %d", &n) == 1 && n == month;
}

/* The comment behind the row, if it says just the units' names. */
static struct cut find_comment(const char *s, size_t i, const char *names)
{
	size_t end = i + strcspn(s + i, "\n");
	i += strspn(s + i, ", \t");
	if (i >= end || s[i] != '#')
		return (struct cut){0, 0};
	i++;
	i += strspn(s + i, " \t");
	while (end > i && strchr(" \t\r", s[end - 1]))
		end--;
	if (strlen(names) != end - i || memcmp(s + i, names, end - i) != 0)
		return (struct cut){0, 0};
	return (struct cut){i, end};
}

static enum rc find_row(
	const char *s, const struct roster *r, int month, struct row *ret, struct diag *d)
{
	const struct duty *duty = NULL;
	*ret = (struct row){.lead = {0, 0}};
	size_t n = list_names(r, month, ret->names, &duty);
	if (!n)
		return diag_set(d, RC_NOTFOUND, N_("the roster of %d has no unit for month %d"),
			r->year, month);
	size_t at = line_begin(s, duty->src.line);
	/* Several rows of one month: the first has not all of its units. */
	if (!find_group(s, at, &ret->group) || !says_month(s, ret->group, month) ||
		(!find_member(s, ret->group, "unit", &ret->unit) &&
			!find_member(s, ret->group, "units", &ret->unit)) ||
		count_strings(s, ret->unit) != n)
		return diag_set(d, RC_STATE,
			N_("month %d is not written as one row in %s: edit it by hand"), month,
			duty->src.file);
	if (!find_member(s, ret->group, "lead", &ret->lead))
		ret->lead = (struct cut){0, 0};
	copy_span(s, ret->unit, ret->unit_text, sizeof ret->unit_text);
	copy_span(s, ret->lead, ret->lead_text, sizeof ret->lead_text);
	ret->comment = find_comment(s, ret->group.to, ret->names);
	return RC_OK;
}

/* ---- putting it together ---------------------------------------------------------------------------- */

struct change {
	struct cut old;
	char text[2 * MEMBER_BYTES];
};

/* In order of the text; a change of nothing is none. */
static void apply(const char *s, struct change *c, size_t n, struct buf *out)
{
	size_t at = 0;
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && c[k - 1].old.from > c[k].old.from; k--) {
			struct change swap = c[k];
			c[k] = c[k - 1];
			c[k - 1] = swap;
		}
	for (size_t i = 0; i < n; i++) {
		if (c[i].old.to == 0)
			continue;
		buf_add(out, s + at, c[i].old.from - at);
		buf_puts(out, c[i].text);
		at = c[i].old.to;
	}
	buf_puts(out, s + at);
}

/* Three changes: unit, lead, comment.  The lead moves in behind the unit. */
static void plan_row(const char *s, const struct row *row, const char *unit, const char *lead,
	const char *names, struct change c[static 3])
{
	struct cut old = row->lead;
	while (old.to && strchr(" \t", s[old.from - 1]))
		old.from--;
	c[0].old = row->unit;
	snprintf(c[0].text, sizeof c[0].text, "%s%s%s", unit, lead[0] ? " " : "", lead);
	c[1].old = old;
	c[1].text[0] = '\0';
	c[2].old = row->comment;
	snprintf(c[2].text, sizeof c[2].text, "%s", names);
}

enum rc conf_edit_set(const char *text, const struct roster *r, int month, const struct unit *u,
	struct buf *out, struct diag *d)
{
	struct row row;
	struct change c[3];
	char unit[MEMBER_BYTES];
	enum rc rc = find_row(text, r, month, &row, d);
	if (rc)
		return rc;
	snprintf(unit, sizeof unit, "unit = \"%s\";", u->id);
	plan_row(text, &row, unit, "", u->name, c);
	apply(text, c, 3, out);
	return RC_OK;
}

enum rc conf_edit_swap(const char *text, const struct roster *r, int month, int other,
	struct buf *out, struct diag *d)
{
	struct row a, b;
	struct change c[6];
	enum rc rc = find_row(text, r, month, &a, d);
	if (rc == RC_OK)
		rc = find_row(text, r, other, &b, d);
	if (rc)
		return rc;
	plan_row(text, &a, b.unit_text, b.lead_text, b.names, c);
	plan_row(text, &b, a.unit_text, a.lead_text, a.names, c + 3);
	apply(text, c, 6, out);
	return RC_OK;
}

/* Behind the last string of the list, behind its bracket if there is none. */
static size_t list_end(const char *s, struct cut list)
{
	size_t end = list.from + strcspn(s + list.from, "[") + 1;
	for (size_t i = end; i < list.to;) {
		size_t next = skip_opaque(s, i);
		if (next != i && s[i] == '"')
			end = next;
		i = next != i ? next : i + 1;
	}
	return end;
}

/* Into the list, or as a line of its own behind the year. */
enum rc conf_edit_confirm(const char *text, const struct roster *r, int year, int month,
	struct buf *out, struct diag *d)
{
	struct cut group, list, anchor;
	struct change c;
	if (!find_group(text, line_begin(text, r->src.line), &group) ||
		!find_member(text, group, "year", &anchor))
		return diag_set(d, RC_STATE,
			N_("the roster of %d is not found in %s: edit it by hand"), r->year,
			r->src.file);
	if (find_member(text, group, "confirmed", &list)) {
		size_t end = list_end(text, list);
		c.old = (struct cut){end, end};
		snprintf(c.text, sizeof c.text, "%s\"%04d-%02d\"",
			text[end - 1] == '[' ? " " : ", ", year, month);
	} else {
		size_t from = anchor.from;
		while (from > 0 && strchr(" \t", text[from - 1]))
			from--;
		c.old = (struct cut){anchor.to, anchor.to};
		snprintf(c.text, sizeof c.text, "\n%.*sconfirmed = [ \"%04d-%02d\" ];",
			(int)(anchor.from - from), text + from, year, month);
	}
	apply(text, &c, 1, out);
	return RC_OK;
}

/* `handover = { ... };`, up to the semicolon and with it. */
static bool find_handover(const char *s, struct cut group, struct cut *ret)
{
	struct cut m, braces;
	if (!find_member(s, group, "handover", &m) || !find_group(s, m.from, &braces))
		return false;
	size_t end = braces.to + strspn(s + braces.to, " \t");
	*ret = (struct cut){m.from, s[end] == ';' ? end + 1 : braces.to};
	return true;
}

enum rc conf_edit_handover(const char *text, const struct roster *r, int month,
	const struct succession *h, struct buf *out, struct diag *d)
{
	struct row row;
	struct change c;
	char day[DATE_TEXT_SIZE];
	enum rc rc = find_row(text, r, month, &row, d);
	if (rc)
		return rc;
	bool there = find_handover(text, row.group, &c.old);
	size_t end = row.lead.to > row.unit.to ? row.lead.to : row.unit.to;
	if (!there)
		c.old = (struct cut){end, end};
	snprintf(c.text, sizeof c.text, "%shandover = { from = \"%s\"; %s = \"%s\"; };",
		there ? "" : " ", date_format(h->from, day), h->unit ? "unit" : "lead",
		h->unit ? h->unit->id : h->lead->id);
	apply(text, &c, 1, out);
	return RC_OK;
}
