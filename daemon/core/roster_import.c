#include "roster_import.h"

#include <string.h>

#include "roster_columns.h"
#include "roster_contact.h"
#include "text.h"

enum { PARTS_MAX = 32 };

/* ---- months --------------------------------------------------------------------------------------- */

static bool take_number(const char **s, int digits_max, int *ret)
{
	int n = 0, digits = 0;
	for (; **s >= '0' && **s <= '9' && digits < digits_max; ++*s, digits++)
		n = n * 10 + (**s - '0');
	if (digits)
		*ret = n;
	return digits > 0;
}

static bool take_word(const char **s, const char *word)
{
	if (!text_has_prefix(*s, word))
		return false;
	*s += strlen(word);
	return true;
}

/* The longer ones first. */
static bool take_chinese(const char **s, int *ret)
{
	static const struct {
		const char *word;
		int month;
	} T[] = {{"十一", 11}, {"十二", 12}, {"一十", 10}, {"元", 1}, {"一", 1}, {"二", 2},
		{"三", 3}, {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9},
		{"十", 10}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		if (take_word(s, T[i].word)) {
			*ret = T[i].month;
			return true;
		}
	return false;
}

static bool take_year(const char **s, int *ret)
{
	const char *at = *s;
	int year;
	if (!take_number(&at, 4, &year) || at - *s != 4)
		return false;
	if (!take_word(&at, "年") && *at != '-' && *at != '.' && *at != '/')
		return false;
	at += *at == '-' || *at == '.' || *at == '/';
	*s = at;
	*ret = year;
	return true;
}

bool roster_import_month(const char *key, int *ret_year, int *ret_month)
{
	const char *s = key;
	int year = 0, month = 0;
	take_year(&s, &year);
	bool chinese = false;
	if (!take_number(&s, 2, &month))
		chinese = take_chinese(&s, &month);
	bool named = take_word(&s, "月");
	if (named)
		take_word(&s, "份");
	if (*s || month < 1 || month > 12 || (chinese && !named))
		return false;
	*ret_year = year;
	*ret_month = month;
	return true;
}

/* ---- rows ----------------------------------------------------------------------------------------- */

struct importer {
	const struct config *c;
	struct roster_import *ret;
	struct roster_columns col;
	const char *file;
	struct arena *a;
	struct diags *ds;
	int month;   /* of the row before, for a merged cell; 0: none */
	bool faulty; /* that month could not be read: its merged rows are silent */
	VEC(struct roster_row) rows;
};

static void say(struct importer *im, int line, enum severity severity, struct diag *d)
{
	d->severity = severity;
	diag_at(d, im->file, line);
	diags_add(im->ds, d);
}

static const char *cell_of(const struct table_row *r, int column)
{
	return column >= 0 && (size_t)column < r->n ? r->cell[column] : "";
}

static size_t count_filled(const struct table_row *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += r->cell[i][0] != '\0';
	return n;
}

/* One whose name holds the other's, if it is the only one. */
static const struct unit *find_near_unit(const struct importer *im, const char *key)
{
	const struct unit *near = NULL;
	for (size_t i = 0; i < im->c->n_units; i++) {
		const char *name = table_key(im->c->unit[i]->name, im->a);
		if (!strstr(name, key) && !strstr(key, name))
			continue;
		if (near)
			return NULL;
		near = im->c->unit[i];
	}
	return near;
}

static void say_no_unit(struct importer *im, int line, const char *key)
{
	struct diag d = DIAG_INIT;
	const struct unit *near = find_near_unit(im, key);
	int column = im->col.unit + 1;
	if (near)
		diag_set(&d, RC_NOTFOUND,
			N_("column %d: there is no unit \"%s\"; \"%s\" (%s) comes near"), column,
			key, near->name, near->id);
	else
		diag_set(&d, RC_NOTFOUND, N_("column %d: there is no unit \"%s\""), column, key);
	diag_hint(&d, N_("write it as in the configuration, or add it under units"));
	say(im, line, SEV_ERROR, &d);
}

/* Those of the name; the unit's own lead comes before a namesake. */
static const struct person *find_person(
	struct importer *im, const struct unit *u, const char *key, size_t *ret_n)
{
	const struct person *found = NULL;
	*ret_n = 0;
	if (u->lead && table_key_is(u->lead->name, key))
		return u->lead;
	for (size_t i = 0; i < im->c->n_persons; i++) {
		const struct person *p = im->c->person[i];
		if (p->room || !table_key_is(p->name, key))
			continue;
		++*ret_n;
		found = p;
	}
	return *ret_n == 1 ? found : NULL;
}

/* A name, and what the table says of how to reach it; "" for what it does not. */
struct named {
	const char *name, *phone, *email;
};

/* The configuration's own stays; a placeholder is none. */
static void check_contact(struct importer *im, int line, const struct person *p, int column,
	const char *has, const char *says)
{
	struct diag d = DIAG_INIT;
	if (!says[0] || !has[0] || p->placeholder || strcmp(has, says) == 0)
		return;
	diag_set(&d, RC_EXISTS, N_("column %d: the table has %s for %s (%s), the configuration %s"),
		column + 1, says, p->name, p->id, has);
	diag_hint(&d, N_("nothing is replaced: if the table is right, correct it under persons"));
	say(im, line, SEV_WARNING, &d);
}

static void check_contacts(struct importer *im, const struct roster_row *row)
{
	if (!row->lead)
		return;
	const struct roster_columns *c = &im->col;
	check_contact(im, row->line, row->lead, c->phone >= 0 ? c->phone : c->lead,
		row->lead->phone, row->phone);
	check_contact(im, row->line, row->lead, c->email >= 0 ? c->email : c->lead,
		row->lead->email, row->email);
}

static void add_row(struct importer *im, int line, const struct unit *u, const struct named *who)
{
	const char *name = who->name;
	struct roster_row row = {im->month, line, u, name, NULL, who->phone, who->email};
	struct diag d = DIAG_INIT;
	size_t namesakes = 0;
	for (size_t i = 0; i < im->rows.n; i++)
		if (im->rows.item[i].month == im->month && im->rows.item[i].unit == u) {
			diag_set(&d, RC_EXISTS, N_("%s stands twice in month %d; see row %d"),
				u->name, im->month, im->rows.item[i].line);
			say(im, line, SEV_ERROR, &d);
			return;
		}
	if (name[0])
		row.lead = find_person(im, u, name, &namesakes);
	if (!row.lead && !u->lead) {
		diag_set(&d, RC_NOTFOUND, N_("%s has no lead in the configuration yet"), u->name);
		diag_hint(&d, N_("add the person under persons and as the unit's lead"));
		say(im, line, SEV_ERROR, &d);
	} else if (namesakes > 1) {
		diag_set(&d, RC_INVALID, N_("column %d: %zu people are called \"%s\""),
			im->col.lead + 1, namesakes, name);
		say(im, line, SEV_WARNING, &d);
	}
	check_contacts(im, &row);
	VEC_PUSH(im->a, &im->rows, row);
}

/* Several people of a cell share no contact: as many as there are names, or nothing is taken. */
static void read_contacts(struct importer *im, const struct table_row *r, int column, bool phone,
	struct named *who, size_t n)
{
	const char *part[PARTS_MAX];
	struct diag d = DIAG_INIT;
	size_t n_parts = roster_cell_split(cell_of(r, column), im->a, part, PARTS_MAX);
	if (n_parts && n_parts != n) {
		diag_set(&d, RC_INVALID, N_("column %d: %zu contacts for %zu names: not taken"),
			column + 1, n_parts, n);
		say(im, r->line, SEV_WARNING, &d);
		return;
	}
	for (size_t i = 0; i < n_parts; i++) {
		const char *number = phone ? roster_contact_phone(part[i], im->a) : NULL;
		if (number) {
			who[i].phone = number;
		} else if (roster_contact_is_email(part[i])) {
			who[i].email = part[i];
		} else {
			diag_set(&d, RC_INVALID,
				phone ? N_("column %d: \"%s\" is not a mobile number: not taken")
				      : N_("column %d: \"%s\" is not a mail address: not taken"),
				column + 1, part[i]);
			say(im, r->line, SEV_WARNING, &d);
		}
	}
}

/* The people of a row, with their contacts. */
static size_t read_people(struct importer *im, const struct table_row *r, struct named *who)
{
	const char *name[PARTS_MAX];
	size_t n = roster_cell_split(cell_of(r, im->col.lead), im->a, name, PARTS_MAX);
	for (size_t i = 0; i < n; i++) {
		who[i] = (struct named){"", "", ""};
		who[i].name = roster_contact_cut(name[i], im->a, &who[i].phone, &who[i].email);
	}
	if (n && im->col.phone >= 0)
		read_contacts(im, r, im->col.phone, true, who, n);
	if (n && im->col.email >= 0)
		read_contacts(im, r, im->col.email, false, who, n);
	return n;
}

/* "机关 数字化": blanks part them only if all the words are units. */
static size_t split_units(struct importer *im, const char *cell, const char **part)
{
	size_t n = roster_cell_split(cell, im->a, part, PARTS_MAX);
	if (n != 1 || roster_unit_named(im->c, part[0]) || !strchr(cell, ' '))
		return n;
	char *copy = arena_strdup(im->a, cell);
	const char *word[PARTS_MAX];
	for (char *s = copy; *s; s++)
		if (*s == ' ')
			*s = ',';
	size_t n_words = roster_cell_split(copy, im->a, word, PARTS_MAX);
	for (size_t i = 0; i < n_words; i++)
		if (!roster_unit_named(im->c, word[i]))
			return n;
	memcpy(part, word, n_words * sizeof *word);
	return n_words;
}

static void read_duties(struct importer *im, const struct table_row *r)
{
	const char *unit[PARTS_MAX];
	static const struct named NOBODY = {"", "", ""};
	struct named name[PARTS_MAX];
	size_t n = split_units(im, cell_of(r, im->col.unit), unit);
	size_t n_names = read_people(im, r, name);
	struct diag d = DIAG_INIT;
	if (n == PARTS_MAX) {
		diag_set(&d, RC_LIMIT, N_("column %d: more than %d units"), im->col.unit + 1,
			PARTS_MAX - 1);
		say(im, r->line, SEV_ERROR, &d);
		return;
	}
	if (n_names > 1 && n_names != n) {
		diag_set(&d, RC_INVALID, N_("column %d: %zu names for %zu units"), im->col.lead + 1,
			n_names, n);
		diag_hint(&d, N_("one name for each unit, or one for all of them"));
		say(im, r->line, SEV_ERROR, &d);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct unit *u = roster_unit_named(im->c, unit[i]);
		const struct named *who = n_names == 0 ? &NOBODY : &name[n_names == 1 ? 0 : i];
		if (u)
			add_row(im, r->line, u, who);
		else
			say_no_unit(im, r->line, unit[i]);
	}
}

/* Which month the row is of; false, said, if that cannot be read. */
static bool read_month(struct importer *im, const struct table_row *r)
{
	struct diag d = DIAG_INIT;
	const char *cell = cell_of(r, im->col.month);
	int year, month, column = im->col.month + 1;
	im->faulty = true;
	if (!roster_import_month(table_key(cell, im->a), &year, &month)) {
		diag_set(&d, RC_INVALID, N_("column %d: \"%s\" is not a month"), column, cell);
		diag_hint(&d, N_("one month a row: 8月, 八月 or 8"));
	} else if (year && year != im->ret->year) {
		diag_set(&d, RC_RANGE, N_("column %d: \"%s\" is not in %d"), column, cell,
			im->ret->year);
		diag_hint(&d, N_("is it the table of another year?"));
	} else if (im->ret->months & BIT(month)) {
		diag_set(&d, RC_EXISTS, N_("column %d: month %d stands twice"), column, month);
		diag_hint(&d, N_("two units of one month stand in one cell, parted by 、"));
	} else {
		im->faulty = false;
		im->month = month;
		im->ret->months |= BIT(month);
		return true;
	}
	say(im, r->line, SEV_ERROR, &d);
	return false;
}

static bool is_note(const struct importer *im, const struct table_row *r)
{
	int year, month;
	const char *first = r->cell[0];
	const char *key = table_key(cell_of(r, im->col.month), im->a);
	if (text_has_prefix(first, "备注") || text_has_prefix(first, "注:") ||
		text_has_prefix(first, "说明") || roster_columns_is_header(key))
		return true;
	if (roster_import_month(key, &year, &month))
		return false;
	if (count_filled(r) == 1)
		return !roster_unit_named(im->c, table_key(cell_of(r, im->col.unit), im->a));
	return !key[0] && !cell_of(r, im->col.unit)[0];
}

static void read_row(struct importer *im, const struct table_row *r)
{
	struct diag d = DIAG_INIT;
	if (is_note(im, r)) {
		im->ret->n_passed_over++;
		return;
	}
	bool merged = !cell_of(r, im->col.month)[0];
	if (merged && (im->faulty || !im->month)) {
		if (!im->faulty) {
			diag_set(&d, RC_INVALID, N_("column %d: the month is missing"),
				im->col.month + 1);
			say(im, r->line, SEV_ERROR, &d);
		}
		return;
	}
	if (!merged && !read_month(im, r))
		return;
	if (!cell_of(r, im->col.unit)[0]) {
		diag_set(&d, RC_INVALID, N_("column %d: the unit is missing"), im->col.unit + 1);
		say(im, r->line, SEV_ERROR, &d);
		return;
	}
	read_duties(im, r);
}

static void say_missing(struct importer *im)
{
	const char *missing = "";
	struct diag d = DIAG_INIT;
	for (int m = 1; m <= 12; m++)
		if (!(im->ret->months & BIT(m)))
			missing = arena_printf(im->a, "%s%s%d", missing, missing[0] ? ", " : "", m);
	if (!missing[0])
		return;
	diag_set(&d, RC_NOTFOUND, N_("no unit for month %s"), missing);
	diag_hint(&d, N_("nobody is reminded of what these months owe"));
	say(im, 0, SEV_WARNING, &d);
}

/* Few rows, nearly in order. */
static void sort_rows(struct roster_row *row, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && row[k - 1].month > row[k].month; k--) {
			struct roster_row swap = row[k];
			row[k] = row[k - 1];
			row[k - 1] = swap;
		}
}

enum rc roster_import_read(const struct table *t, const struct config *c, int year,
	const char *file, struct arena *a, struct roster_import *ret, struct diags *ds)
{
	struct roster_import found = {.config = c, .year = year};
	struct importer im = {.c = c, .ret = &found, .file = file, .a = a, .ds = ds};
	struct table rows = *t;
	struct diag d = DIAG_INIT;
	size_t before = ds->n_errors;
	if (!roster_columns_find(&rows, c, a, &im.col)) {
		diag_set(&d, RC_INVALID, N_("no column of months and units is recognised"));
		diag_hint(&d, N_("give the columns a header: 月份, 责任单位, 责任人"));
		say(&im, 0, SEV_ERROR, &d);
		return RC_INVALID;
	}
	found.n_passed_over = im.col.first;
	for (size_t i = im.col.first; i < rows.n; i++)
		read_row(&im, &rows.row[i]);
	if (ds->n_errors > before)
		return RC_INVALID;
	say_missing(&im);
	sort_rows(im.rows.item, im.rows.n);
	found.row = im.rows.item;
	found.n_rows = im.rows.n;
	*ret = found;
	return RC_OK;
}

const struct person *roster_row_lead(const struct roster_row *r)
{
	return r->lead ? r->lead : r->unit->lead;
}

bool roster_row_needs_contact(const struct roster_row *r)
{
	const struct person *p = r->lead_name[0] ? r->lead : r->unit->lead;
	return !p || p->placeholder || (!p->email[0] && !p->phone[0]);
}

/* Of an unknown person all is new. */
static bool lacks(const struct roster_row *r, const char *has)
{
	return r->lead_name[0] && (!r->lead || r->lead->placeholder || !has[0]);
}

const char *roster_row_new_phone(const struct roster_row *r)
{
	return lacks(r, r->lead ? r->lead->phone : "") ? r->phone : "";
}

const char *roster_row_new_email(const struct roster_row *r)
{
	return lacks(r, r->lead ? r->lead->email : "") ? r->email : "";
}
