#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "roster_columns.h"
#include "roster_contact.h"
#include "roster_import.h"

static struct person lead_1 = {.id = "lead-1", .name = "一大队责任人", .email = "a@b", .phone = ""};
static struct person lead_2 = {
	.id = "lead-2", .name = "二大队责任人", .email = "c@d", .phone = "", .placeholder = true};
static struct person twin_1 = {.id = "twin-1", .name = "同名人", .email = "e@f", .phone = ""};
static struct person twin_2 = {.id = "twin-2", .name = "同 名 人", .email = "g@h", .phone = ""};
static struct person nobody = {.id = "nobody", .name = "无号人", .email = "", .phone = ""};
static struct unit first = {.id = "brigade-1", .name = "一大队", .lead = &lead_1};
static struct unit second = {.id = "brigade-2", .name = "二大队", .lead = &lead_2};
static struct unit bare = {.id = "bare", .name = "新单位"};
static const struct person *const PERSONS[] = {&lead_1, &lead_2, &twin_1, &twin_2, &nobody};
static const struct unit *const UNITS[] = {&first, &second, &bare};
static const struct config CONFIG = {
	.person = PERSONS, .n_persons = 5, .unit = UNITS, .n_units = 3, .language = "zh_CN"};

static void knows_months(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		int year, month; /* 0: none */
	} T[] = {{"8月", 0, 8}, {"8", 0, 8}, {"08", 0, 8}, {"八月", 0, 8}, {"八月份", 0, 8},
		{"12月", 0, 12}, {"十二月", 0, 12}, {"十一月", 0, 11}, {"十月", 0, 10},
		{"一十月", 0, 10}, {"元月", 0, 1}, {"2027年8月", 2027, 8}, {"2027-08", 2027, 8},
		{"2027.8", 2027, 8}, {"2027/8月", 2027, 8}, {"2027年十月", 2027, 10}, {"", 0, 0},
		{"0月", 0, 0}, {"13月", 0, 0}, {"八", 0, 0}, {"腊月", 0, 0}, {"8月1日", 0, 0},
		{"1-2月", 0, 0}, {"2027", 0, 0}, {"2027年", 0, 0}, {"108", 0, 0}, {"月", 0, 0},
		{"-8", 0, 0}};
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		int year = 0, month = 0;
		bool ok = roster_import_month(T[i].key, &year, &month);
		if (ok != (T[i].month > 0) || year != T[i].year || month != T[i].month)
			fail_msg("%s: got %d-%d", T[i].key, year, month);
	}
}

static void knows_contacts(void **state)
{
	(void)state;
	struct arena a = {0};
	static const struct {
		const char *text, *want;
	} PHONE[] = {{"10000000001", "+8610000000001"}, {"100 0000-0001", "+8610000000001"},
		{"+86 100 0000 0001", "+8610000000001"}, {"8610000000001", "+8610000000001"},
		{"03561234567", NULL}, {"0356-1234567", NULL}, {"23900000000", NULL},
		{"1000000000", NULL}, {"100000000011", NULL}, {"+0012345678", NULL},
		{"+1234567", NULL}, {"", NULL}, {"+", NULL}, {"1000000000a", NULL},
		{"+1234567890123456", NULL}, {"+85212345678", "+85212345678"}};
	static const struct {
		const char *text;
		bool want;
	} EMAIL[] = {{"a@example.invalid", true}, {"a.b-c@x.y", true}, {"a@b", false},
		{"@b.c", false}, {"a@b@c.d", false}, {"a b@c.d", false}, {"张@b.c", false},
		{"a@b.", false}, {"<a@b.c>", false}, {"a@.b", false}, {"", false}};
	static const struct {
		const char *key, *name, *phone, *email;
	} CUT[] = {{"张三", "张三", "", ""}, {"张三10000000001", "张三", "+8610000000001", ""},
		{"张三(10000000001)", "张三", "+8610000000001", ""},
		{"张三a@b.c", "张三", "", "a@b.c"}, {"张三:10000000001", "张三", "+8610000000001", ""},
		{"Anna10000000001", "Anna10000000001", "", ""}, {"张三(代)", "张三(代)", "", ""},
		{"张三12", "张三12", "", ""}, {"10000000001", "10000000001", "", ""}, {"", "", "", ""}};
	for (size_t i = 0; i < sizeof PHONE / sizeof *PHONE; i++) {
		const char *got = roster_contact_phone(PHONE[i].text, &a);
		if (!got != !PHONE[i].want || (got && strcmp(got, PHONE[i].want) != 0))
			fail_msg("%s: %s", PHONE[i].text, got ? got : "none");
	}
	for (size_t i = 0; i < sizeof EMAIL / sizeof *EMAIL; i++)
		if (roster_contact_is_email(EMAIL[i].text) != EMAIL[i].want)
			fail_msg("%s", EMAIL[i].text);
	for (size_t i = 0; i < sizeof CUT / sizeof *CUT; i++) {
		const char *phone = "", *email = "";
		assert_string_equal(
			roster_contact_cut(CUT[i].key, &a, &phone, &email), CUT[i].name);
		assert_string_equal(phone, CUT[i].phone);
		assert_string_equal(email, CUT[i].email);
	}
	arena_done(&a);
}

/* "1 brigade-1=lead-1; ..." with "?" for somebody unknown. */
static const char *shown(const struct roster_import *r)
{
	static char text[2000];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < r->n_rows; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d %s=%s", i ? "; " : "",
			r->row[i].month, r->row[i].unit->id,
			r->row[i].lead           ? r->row[i].lead->id
			: r->row[i].lead_name[0] ? "?"
						 : "-");
	return text;
}

/* The first fault's sentence, or "". */
static const char *fault_of(const struct diags *ds, char text[static DIAG_TEXT_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < ds->n; i++)
		if (ds->item[i].severity == SEV_ERROR) {
			diag_line(&ds->item[i], NULL, text, DIAG_TEXT_MAX);
			return text;
		}
	return text;
}

static const struct {
	const char *name, *table, *want, *fault;
} T[] = {
	{"header", "单位,月份,责任人\n一大队,1月,一大队责任人\n", "1 brigade-1=lead-1", ""},
	{"by content", "一大队,一大队责任人,1\n二大队,二大队责任人,2\n",
		"1 brigade-1=lead-1; 2 brigade-2=lead-2", ""},
	{"no people", "月份,单位\n1月,一大队\n", "1 brigade-1=-", ""},
	{"padded name", "月份,单位,责任人\n1月,一 大 队,一大队 责任人\n", "1 brigade-1=lead-1", ""},
	{"unit by id", "月份,单位\n1月,brigade-1\n", "1 brigade-1=-", ""},
	{"somebody unknown", "月份,单位,责任人\n1月,一大队,新人\n", "1 brigade-1=?", ""},
	{"two namesakes", "月份,单位,责任人\n1月,一大队,同名人\n", "1 brigade-1=?", ""},
	{"two units, two names", "月份,单位,责任人\n8月,一大队、二大队,新人、二大队责任人\n",
		"8 brigade-1=?; 8 brigade-2=lead-2", ""},
	{"two units, one name", "月份,单位,责任人\n8月,一大队/二大队,一大队责任人\n",
		"8 brigade-1=lead-1; 8 brigade-2=lead-1", ""},
	{"units parted by a blank", "月份,单位\n8月,一大队 二大队\n",
		"8 brigade-1=-; 8 brigade-2=-", ""},
	{"merged month", "月份,单位\n8月,一大队\n,二大队\n", "8 brigade-1=-; 8 brigade-2=-", ""},
	{"order", "月份,单位\n9月,一大队\n8月,二大队\n", "8 brigade-2=-; 9 brigade-1=-", ""},
	{"title, header again, notes",
		"安排表,,\n月份,单位,责任人\n1月,一大队,\n月份,单位,责任人\n2月,二大队,\n备注：略,,"
		"\n,,签发人\n",
		"1 brigade-1=-; 2 brigade-2=-", ""},
	{"lines", "1 月 一大队 一大队 责任人\n2月 二大队、 一大队\n说明\n",
		"1 brigade-1=lead-1; 2 brigade-2=-; 2 brigade-1=-", ""},
	{"cells", "1月\n一大队\n一大队责任人\n2月\n二大队\n", "1 brigade-1=lead-1; 2 brigade-2=-",
		""},
	{"month twice", "月份,单位\n1月,一大队\n1月,二大队\n", NULL,
		"t:3: error: column 1: month 1 stands twice"},
	{"unit twice", "月份,单位\n1月,一大队\n,一大队\n", NULL,
		"t:3: error: 一大队 stands twice in month 1; see row 2"},
	{"another year", "月份,单位\n2026年1月,一大队\n", NULL,
		"t:2: error: column 1: \"2026年1月\" is not in 2027"},
	{"no unit", "月份,单位\n1月,\n2月,二大队\n", NULL,
		"t:2: error: column 2: the unit is missing"},
	{"unknown unit", "月份,单位\n1月,三大队\n", NULL,
		"t:2: error: column 2: there is no unit \"三大队\""},
	{"near unit", "月份,单位\n1月,新\n", NULL,
		"t:2: error: column 2: there is no unit \"新\"; \"新单位\" (bare) comes near"},
	{"a unit without lead", "月份,单位\n1月,新单位\n", NULL,
		"t:2: error: 新单位 has no lead in the configuration yet"},
	{"names do not match", "月份,单位,责任人\n1月,一大队,甲、乙\n", NULL,
		"t:2: error: column 3: 2 names for 1 units"},
	{"merged row before any month", "月份,单位,责任人\n,一大队,甲\n1月,二大队,\n", NULL,
		"t:2: error: column 1: the month is missing"},
	{"only months", "1月,2月\n3月,4月\n", NULL, "t: error: no column of months"},
};

static void reads_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		struct arena a = ARENA_INIT;
		struct table t = {0};
		struct roster_import r = {0};
		struct diags ds = {0};
		char text[DIAG_TEXT_MAX];
		assert_int_equal(table_read(T[i].table, strlen(T[i].table), &a, &t, NULL), RC_OK);
		enum rc rc = roster_import_read(&t, &CONFIG, 2027, "t", &a, &r, &ds);
		fault_of(&ds, text);
		bool ok = T[i].want ? rc == RC_OK && strcmp(shown(&r), T[i].want) == 0
				    : rc == RC_INVALID && r.n_rows == 0 &&
					      strncmp(text, T[i].fault, strlen(T[i].fault)) == 0;
		if (!ok)
			fail_msg("%s: got %s, %s", T[i].name, shown(&r), text);
		diags_done(&ds);
		arena_done(&a);
	}
}

static void knows_who_can_be_reached(void **state)
{
	(void)state;
	struct roster_row r = {.unit = &first, .lead_name = "", .lead = NULL};
	assert_ptr_equal(roster_row_lead(&r), &lead_1);
	assert_false(roster_row_needs_contact(&r));
	r.lead_name = "新人";
	assert_ptr_equal(roster_row_lead(&r), &lead_1);
	assert_true(roster_row_needs_contact(&r));
	r.lead = &nobody;
	assert_ptr_equal(roster_row_lead(&r), &nobody);
	assert_true(roster_row_needs_contact(&r));
	r.lead = &twin_1;
	assert_false(roster_row_needs_contact(&r));
	r.lead = &lead_2;
	assert_true(roster_row_needs_contact(&r));
}

static void starts_with_the_notice(void **state)
{
	(void)state;
	struct roster_import r = {.config = &CONFIG, .year = 2027};
	struct roster_head h = {"", "", DATE_NONE};
	assert_int_equal(roster_import_first_month(&r, &h), 1);
	assert_true(date_from_ymd(2026, 12, 20, &h.date));
	assert_int_equal(roster_import_first_month(&r, &h), 1);
	assert_true(date_from_ymd(2027, 3, 5, &h.date));
	assert_int_equal(roster_import_first_month(&r, &h), 3);
}

/* What an outsider wrote ends neither a string nor a comment. */
static void writes_only_values(void **state)
{
	(void)state;
	struct roster_row row = {
		1, 1, &first, "甲\nrosters = ();\"\\", NULL, "", ""};
	struct roster_import r = {&CONFIG, 2027, &row, 1, 2, 0};
	struct roster_head h = {"a\"b\\c", "x\ny", DATE_NONE};
	struct buf out;
	buf_init(&out, 10000);
	roster_import_write(&r, &h, &out);
	assert_non_null(strstr(out.data, "notice = \"a\\\"b\\\\c\";"));
	assert_null(strstr(out.data, "\nrosters = ();"));
	assert_null(strstr(out.data, "\ny"));
	assert_non_null(strstr(out.data, "{ month = 1; unit = \"brigade-1\"; } # "));
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_months),
		cmocka_unit_test(knows_contacts),
		cmocka_unit_test(reads_tables),
		cmocka_unit_test(knows_who_can_be_reached),
		cmocka_unit_test(starts_with_the_notice),
		cmocka_unit_test(writes_only_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
