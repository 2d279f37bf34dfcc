/* The configuration file of an imported roster. */
#include "roster_import.h"

#include <string.h>

#include "text.h"

static bool is_chinese(const struct roster_import *r)
{
	return text_has_prefix(r->config->language, "zh");
}

/* A comment ends with its line, and so must what is put into it. */
static void put_comment(struct buf *out, const char *s)
{
	for (; *s; s++)
		buf_putc(out, *s == '\n' || *s == '\r' ? ' ' : *s);
}

static void put_quoted(struct buf *out, const char *s)
{
	buf_putc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *s == '\n' || *s == '\r' ? ' ' : *s);
	}
	buf_putc(out, '"');
}

int roster_import_first_month(const struct roster_import *r, const struct roster_head *h)
{
	return !date_is_none(h->date) && date_year(h->date) == r->year ? date_month(h->date) : 1;
}

static void write_head(const struct roster_import *r, const struct roster_head *h, struct buf *out)
{
	bool zh = is_chinese(r);
	char day[DATE_TEXT_SIZE];
	buf_printf(out, zh ? "# %d年活动安排表" : "# The roster of %d", r->year);
	if (h->notice[0]) {
		buf_puts(out, zh ? "：" : ": ");
		put_comment(out, h->notice);
	}
	if (!date_is_none(h->date))
		buf_printf(out, zh ? "（%s印发）" : " (of %s)", date_format(h->date, day));
	buf_puts(out, zh ? "\n# 由 deadlinectl import roster 读入："
			 : "\n# Read by deadlinectl import roster from ");
	put_comment(out, h->source);
	buf_puts(out,
		zh ? "\n# 责任人是单位的 lead；某一个月另有其人时写 lead = \"人员id\"。\n\n"
		   : "\n# The lead is the unit's; lead = \"id\" names another for one month.\n\n");
}

/* Does an earlier roster repeat?  Then this one takes its place as the one that does. */
static bool shall_repeat(const struct roster_import *r)
{
	for (size_t i = 0; i < r->config->n_rosters; i++)
		if (r->config->roster[i]->repeats)
			return true;
	return false;
}

static bool has_own_lead(const struct roster_row *row)
{
	return row->lead && row->lead != row->unit->lead;
}

/* How many rows, from the i-th on, fit on one line: those of a month whose leads are their units'. */
static size_t count_joined(const struct roster_import *r, size_t i)
{
	size_t n = 1;
	if (has_own_lead(&r->row[i]))
		return 1;
	while (i + n < r->n_rows && r->row[i + n].month == r->row[i].month &&
		!has_own_lead(&r->row[i + n]))
		n++;
	return n;
}

static void write_names(const struct roster_import *r, size_t i, size_t n, struct buf *out)
{
	buf_puts(out, " # ");
	for (size_t k = i; k < i + n; k++) {
		const struct roster_row *row = &r->row[k];
		if (k > i)
			buf_puts(out, "、");
		put_comment(out, row->unit->name);
		if (!row->lead_name[0] || row->lead)
			continue;
		buf_puts(out, is_chinese(r) ? "（待录入：" : " (not known yet: ");
		put_comment(out, row->lead_name);
		buf_puts(out, is_chinese(r) ? "）" : ")");
	}
	buf_putc(out, '\n');
}

static void write_rows(const struct roster_import *r, struct buf *out)
{
	for (size_t i = 0, n; i < r->n_rows; i += n) {
		n = count_joined(r, i);
		buf_printf(out, "\t\t\t{ month = %d; ", r->row[i].month);
		if (n == 1)
			buf_printf(out, "unit = \"%s\";", r->row[i].unit->id);
		for (size_t k = 0; n > 1 && k < n; k++)
			buf_printf(out, "%s\"%s\"%s", k ? ", " : "units = [ ",
				r->row[i + k].unit->id, k + 1 == n ? " ];" : "");
		if (has_own_lead(&r->row[i]))
			buf_printf(out, " lead = \"%s\";", r->row[i].lead->id);
		buf_printf(out, " }%s", i + n < r->n_rows ? "," : "");
		write_names(r, i, n, out);
	}
}

/* People whom nobody can invent: ready to be filled in. */
static void write_unknown(const struct roster_import *r, struct buf *out)
{
	bool zh = is_chinese(r), first = true;
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct roster_row *row = &r->row[i];
		if (!row->lead_name[0] || row->lead)
			continue;
		if (first)
			buf_puts(out,
				zh ? "\n# 下面的人还不在人员表里。填好邮箱或手机，去掉行首的 "
				     "#，移到 persons 里，再把单位的\n"
				     "# lead 改成这个 id；在那之前，提醒发给单位现在的 lead。\n"
				   : "\n# Not in the configuration yet.  Fill in an address or "
				     "number, move the row to\n"
				     "# persons and name it as the unit's lead; until then the "
				     "present lead is reminded.\n");
		first = false;
		buf_printf(out, "# { id = \"lead-%s-%d\"; name = ", row->unit->id, r->year);
		put_quoted(out, row->lead_name);
		buf_puts(out, "; email = ");
		put_quoted(out, row->email);
		buf_puts(out, "; phone = ");
		put_quoted(out, row->phone);
		buf_printf(out, "; }, # %d%s ", row->month, zh ? "月" : "");
		put_comment(out, row->unit->name);
		buf_putc(out, '\n');
	}
}

/* One person may stand in several rows. */
static bool is_first_of(const struct roster_import *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (r->row[k].lead == r->row[i].lead &&
			(roster_row_new_phone(&r->row[k])[0] ||
				roster_row_new_email(&r->row[k])[0]))
			return false;
	return true;
}

/* Contacts of people who stand in the configuration without one. */
static void write_contacts(const struct roster_import *r, struct buf *out)
{
	bool first = true;
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct roster_row *row = &r->row[i];
		const char *phone = roster_row_new_phone(row), *email = roster_row_new_email(row);
		if (!row->lead || !(phone[0] || email[0]) || !is_first_of(r, i))
			continue;
		if (first)
			buf_puts(out, is_chinese(r)
					      ? "\n# 附表里有、人员表里还没有的联系方式：抄到 "
						"persons 里这些人的行里。\n"
					      : "\n# The table has contacts that persons lacks: "
						"copy them "
						"into these people's rows.\n");
		first = false;
		buf_printf(out, "# id = \"%s\"; name = ", row->lead->id);
		put_quoted(out, row->lead->name);
		if (email[0]) {
			buf_puts(out, "; email = ");
			put_quoted(out, email);
		}
		if (phone[0]) {
			buf_puts(out, "; phone = ");
			put_quoted(out, phone);
		}
		buf_puts(out, ";\n");
	}
}

void roster_import_write(
	const struct roster_import *r, const struct roster_head *h, struct buf *out)
{
	char day[DATE_TEXT_SIZE];
	write_head(r, h, out);
	buf_printf(out, "rosters = (\n\t{\n\t\tyear = %d;\n", r->year);
	if (h->notice[0]) {
		buf_puts(out, "\t\tnotice = ");
		put_quoted(out, h->notice);
		buf_puts(out, ";\n");
	}
	if (!date_is_none(h->date))
		buf_printf(out, "\t\tnotice_date = \"%s\";\n", date_format(h->date, day));
	if (shall_repeat(r))
		buf_puts(out, "\t\trepeats = true;\n");
	buf_printf(out, "\t\teffective_from = \"%04d-%02d\";\n\t\tmonths = (\n", r->year,
		roster_import_first_month(r, h));
	write_rows(r, out);
	buf_puts(out, "\t\t);\n\t}\n);\n");
	write_unknown(r, out);
	write_contacts(r, out);
}
