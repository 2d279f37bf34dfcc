#include "roster_columns.h"

#include <string.h>

#include "roster_import.h"
#include "text.h"

enum { HEADER_ROWS = 30, PARTS_MAX = 32, LOOK_ROWS = 60 };

static const char *const MONTH_WORD[] = {"月份", "月", "时间", "责任月", "责任月份", "活动时间",
	"活动月份", "日期", "month", "Month", NULL};
static const char *const UNIT_WORD[] = {"责任单位", "单位", "承办单位", "牵头单位", "参与单位",
	"参加单位", "责任部门", "部门", "unit", "Unit", NULL};
static const char *const LEAD_WORD[] = {"责任人", "负责人", "姓名", "责任领导", "联系人", "人员",
	"lead", "Lead", "person", "Person", "name", "Name", NULL};

static const char *const PHONE_WORD[] = {"电话", "手机", "手机号", "手机号码", "联系电话", "电话号码",
	"联系方式", "联系手机", "移动电话", "phone", "Phone", "mobile", "Mobile", NULL};
static const char *const EMAIL_WORD[] = {"邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址",
	"邮件地址", "email", "Email", "E-mail", "e-mail", "EMAIL", "mail", "Mail", NULL};

/* "责任人(签字)" is 责任人. */
static bool is_word(const char *key, const char *const *word)
{
	size_t len = strcspn(key, "(");
	for (; *word; word++)
		if (strlen(*word) == len && memcmp(*word, key, len) == 0)
			return true;
	return false;
}

bool roster_columns_is_header(const char *key)
{
	return is_word(key, MONTH_WORD) || is_word(key, UNIT_WORD) || is_word(key, LEAD_WORD);
}

const struct unit *roster_unit_named(const struct config *c, const char *key)
{
	if (!key[0])
		return NULL;
	for (size_t i = 0; i < c->n_units; i++)
		if (strcmp(c->unit[i]->id, key) == 0 || table_key_is(c->unit[i]->name, key))
			return c->unit[i];
	return NULL;
}

static size_t separator_at(const char *s)
{
	if (text_has_prefix(s, "、"))
		return strlen("、");
	return *s == ',' || *s == ';' || *s == '/' || *s == '\n' ? 1 : 0;
}

size_t roster_cell_split(const char *cell, struct arena *a, const char **ret, size_t max)
{
	size_t n = 0;
	for (const char *from = cell, *s = cell;; s++) {
		size_t cut = separator_at(s);
		if (!cut && *s)
			continue;
		const char *key = table_key(arena_strndup(a, from, (size_t)(s - from)), a);
		if (key[0] && n < max)
			ret[n++] = key;
		if (!*s)
			return n;
		s += cut - 1;
		from = s + 1;
	}
}

/* ---- a header -------------------------------------------------------------------------------------- */

static int find_word(const struct table_row *r, const char *const *word, struct arena *a)
{
	for (size_t i = 0; i < r->n; i++)
		if (is_word(table_key(r->cell[i], a), word))
			return (int)i;
	return COLUMN_NONE;
}

static bool find_header(const struct table *t, struct arena *a, struct roster_columns *ret)
{
	for (size_t i = 0; i < t->n && i < HEADER_ROWS; i++) {
		struct roster_columns x = {find_word(&t->row[i], MONTH_WORD, a),
			find_word(&t->row[i], UNIT_WORD, a), find_word(&t->row[i], LEAD_WORD, a),
			find_word(&t->row[i], PHONE_WORD, a), find_word(&t->row[i], EMAIL_WORD, a),
			i + 1};
		if (x.month == COLUMN_NONE || x.unit == COLUMN_NONE)
			continue;
		*ret = x;
		return true;
	}
	return false;
}

/* ---- what stands in them ----------------------------------------------------------------------------- */

typedef int score_fn(const struct config *c, const char *cell, struct arena *a);

/* A running number looks like a month, so one that says 月 weighs more. */
static int score_month(const struct config *c, const char *cell, struct arena *a)
{
	const char *key = table_key(cell, a);
	int year, month;
	(void)c;
	if (!roster_import_month(key, &year, &month))
		return 0;
	return strstr(key, "月") || year ? 2 : 1;
}

static int score_unit(const struct config *c, const char *cell, struct arena *a)
{
	const char *part[PARTS_MAX];
	size_t n = roster_cell_split(cell, a, part, PARTS_MAX);
	for (size_t i = 0; i < n; i++)
		if (roster_unit_named(c, part[i]))
			return 1;
	return 0;
}

/* Words, and neither a month nor a number. */
static int score_lead(const struct config *c, const char *cell, struct arena *a)
{
	const char *key = table_key(cell, a);
	if (!key[0] || strspn(key, "0123456789.-+()") == strlen(key) || score_month(c, cell, a) ||
		score_unit(c, cell, a) || strchr(key, '@'))
		return 0;
	return 1;
}

static int best_column(
	const struct table *t, const struct config *c, struct arena *a, score_fn *score, int from)
{
	int best = COLUMN_NONE;
	long most = 0;
	for (int col = from; col < TABLE_COLUMNS_MAX; col++) {
		long sum = 0;
		for (size_t i = 0; i < t->n && i < LOOK_ROWS; i++)
			if ((size_t)col < t->row[i].n)
				sum += score(c, t->row[i].cell[col], a);
		if (sum > most) {
			most = sum;
			best = col;
		}
	}
	return best;
}

static bool find_by_content(
	const struct table *t, const struct config *c, struct arena *a, struct roster_columns *ret)
{
	struct roster_columns x = {best_column(t, c, a, score_month, 0),
		best_column(t, c, a, score_unit, 0), COLUMN_NONE, COLUMN_NONE, COLUMN_NONE, 0};
	if (x.month == COLUMN_NONE || x.unit == COLUMN_NONE || x.month == x.unit)
		return false;
	x.lead = best_column(t, c, a, score_lead, x.unit + 1);
	if (x.lead == COLUMN_NONE)
		x.lead = best_column(t, c, a, score_lead, 0);
	*ret = x;
	return true;
}

/* ---- text without delimiters ------------------------------------------------------------------------- */

static bool is_one_column(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].n > 1)
			return false;
	return true;
}

/* The month that a line begins with, blanks inside it allowed: the longest beginning that is one and
 * says 月.  Returns what follows, NULL if there is none. */
static const char *after_month(const char *line, struct arena *a, const char **ret_month)
{
	const char *end = strstr(line, "月");
	if (!end)
		return NULL;
	end += strlen("月");
	if (text_has_prefix(end, "份"))
		end += strlen("份");
	int year, month;
	const char *key = table_key(arena_strndup(a, line, (size_t)(end - line)), a);
	if (!roster_import_month(key, &year, &month))
		return NULL;
	*ret_month = key;
	return end;
}

static bool are_units(const struct config *c, const char *text, struct arena *a)
{
	const char *part[PARTS_MAX];
	size_t n = roster_cell_split(text, a, part, PARTS_MAX);
	for (size_t i = 0; i < n; i++)
		if (!roster_unit_named(c, part[i]))
			return false;
	return n > 0;
}

/* Where the unit ends and the person begins: as many words as are units, else the first word. */
static size_t units_len(const struct config *c, const char *rest, struct arena *a)
{
	size_t best = strcspn(rest, " ");
	for (size_t i = best;; i += strcspn(rest + i, " ")) {
		if (are_units(c, arena_strndup(a, rest, i), a))
			best = i;
		if (!rest[i])
			return best;
		i++;
	}
}

/* One line a month, or one line a cell: then the two lines that follow are unit and person. */
static void cut_line(const struct config *c, const struct table *t, size_t *at, struct arena *a,
	struct table_row *ret)
{
	const char *month, *next;
	const struct table_row *r = &t->row[*at];
	const char *rest = after_month(r->cell[0], a, &month);
	*ret = *r;
	if (!rest)
		return;
	ret->cell = ARENA_ARRAY(a, 3, const char *);
	ret->n = 3;
	ret->cell[0] = month;
	ret->cell[1] = ret->cell[2] = "";
	rest += *rest == ' ';
	size_t len = units_len(c, rest, a);
	if (rest[0]) {
		ret->cell[1] = arena_strndup(a, rest, len);
		ret->cell[2] = rest[len] ? rest + len + 1 : "";
		return;
	}
	for (size_t k = 1; k < 3 && *at + 1 < t->n; k++) {
		const char *line = t->row[*at + 1].cell[0];
		if (after_month(line, a, &next))
			return;
		ret->cell[k] = line;
		++*at;
	}
}

static void cut_lines(struct table *t, const struct config *c, struct arena *a)
{
	struct table cut = {ARENA_ARRAY(a, t->n, struct table_row), 0};
	for (size_t i = 0; i < t->n; i++)
		cut_line(c, t, &i, a, &cut.row[cut.n++]);
	*t = cut;
}

bool roster_columns_find(
	struct table *t, const struct config *c, struct arena *a, struct roster_columns *ret)
{
	if (is_one_column(t))
		cut_lines(t, c, a);
	else if (find_header(t, a, ret))
		return true;
	return find_by_content(t, c, a, ret);
}
