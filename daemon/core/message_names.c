#include "message_view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { DUMMY_BYTES = 60 };

/* In ASCII order.  A name inside a list is known everywhere: an inner view falls back to the outer
 * one. */
static const char *const NAME[] = {".", "absent", "absent_until", "activity", "also", "also_due", "also_place", "also_title",
	"as_of", "bases", "basis", "body", "both", "box", "by", "by_date", "by_paper", "campaign",
	"check", "checks", "closes", "community", "conditional", "contact", "count", "count_done", "count_left",
	"count_quota", "days",
	"deadline", "deliverables", "differs", "document", "due", "due_closes", "due_date",
	"due_full", "due_short", "electronic", "ended", "form", "forms", "hand_in",
	"hand_in_closes", "hand_in_full", "hand_in_late", "hand_in_plain", "hand_in_short",
	"handover_from",
	"ignorable", "indicator", "indicators", "internal", "is_count", "is_month", "items", "last",
	"late", "line", "link", "materials", "missing", "missing_all", "missing_forms",
	"missing_paper", "missing_short", "moved", "name", "nil", "nil_allowed", "note",
	"note_lines", "note_short", "notice", "occasion", "office", "office_short", "open",
	"organisation", "overdue", "own", "page", "paper", "passed", "period", "person", "place", "points",
	"predecessor", "provisional", "provisional_days", "received", "reported", "reported_short", "rest",
	"returned", "room", "rule", "sample", "seal", "seals", "several", "split", "stand_in", "states",
	"subject", "successor", "title", "title_short", "today", "told", "told_mail", "told_sms", "unit", "what",
	"why", "your_unit"};
enum { N_NAMES = sizeof NAME / sizeof *NAME };

/* Lists and what each of their objects holds; lists of lists come last. */
static const struct {
	const char *list;
	size_t many; /* how many a test of a template's length has to stand */
	const char *field[8];
} LIST[] = {
	{"also", 1, {"also_title", "also_due", "also_place"}},
	{"bases", 20, {"basis"}},
	{"checks", 20, {"check"}},
	{"forms", 2, {"form", "by", "by_date", "closes"}},
	{"indicators", 20, {"indicator"}},
	{"note_lines", 20, {"note"}},
	{"returned", 20, {"what", "why"}},
	{"deliverables", 20, {"name", "seal", "open", "missing_forms"}},
	{"items", 20, {"title", "title_short", "unit", "missing", "line", "states", "due_full"}},
};
enum { N_LISTS = sizeof LIST / sizeof *LIST };

static int compare_names(const void *key, const void *member)
{
	return strcmp(key, *(const char *const *)member);
}

bool message_view_knows(const char *name)
{
	return bsearch(name, NAME, N_NAMES, sizeof *NAME, compare_names) != NULL;
}

static bool is_list(const char *name)
{
	for (size_t i = 0; i < N_LISTS; i++)
		if (strcmp(name, LIST[i].list) == 0)
			return true;
	return false;
}

static const char *dummy_text(struct arena *a)
{
	char *s = arena_alloc(a, DUMMY_BYTES + 1, 1);
	for (size_t i = 0; i + 3 <= DUMMY_BYTES; i += 3)
		memcpy(s + i, "\xe6\xb5\x8b", 3);
	return s;
}

void message_view_dummy(struct arena *a, bool full, struct view *v)
{
	const char *text = full ? dummy_text(a) : "";
	for (size_t i = 0; i < N_NAMES; i++)
		if (!is_list(NAME[i]))
			view_set(v, NAME[i], text);
	for (size_t i = 0; i < N_LISTS && full; i++)
		for (size_t k = 0; k < LIST[i].many; k++) {
			struct view *one = view_add(v, LIST[i].list);
			for (size_t f = 0; f < 8 && LIST[i].field[f]; f++)
				view_set(one, LIST[i].field[f], text);
		}
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A hundred times a mail: looked up only where the tests run under sanitizers. */
#ifdef DEADLINED_SANITIZED
#define ASSERT_KNOWN(name) assert(message_view_knows(name))
#else
#define ASSERT_KNOWN(name) ((void)0)
#endif

void view_put(const struct viewing *x, struct view *v, const char *name, const char *value)
{
	ASSERT_KNOWN(name);
	view_set(v, name, message_view_clean(value ? value : "", x->a));
}

void view_put_flag(struct view *v, const char *name, bool value)
{
	ASSERT_KNOWN(name);
	view_set_flag(v, name, value);
}

void view_put_number(const struct viewing *x, struct view *v, const char *name, int n)
{
	view_put(x, v, name, n ? arena_printf(x->a, "%d", n) : "");
}

/* ---- values from outside --------------------------------------------------------------------- */

static bool is_inert(uint32_t cp)
{
	bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029;
	bool bidi = (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
		    cp == 0x200e || cp == 0x200f || cp == 0x061c;
	return !control && !bidi && cp != 0xfeff;
}

static bool is_all_inert(const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = 1;
		if (s[i] >= 0x20 && s[i] < 0x7f)
			continue;
		uint32_t cp = text_decode(s + i, len - i, &n);
		if (!is_inert(cp) || (cp == 0xfffd && n == 1))
			return false;
	}
	return true;
}

const char *message_view_clean(const char *s, struct arena *a)
{
	size_t len = strlen(s), used = 0;
	if (is_all_inert(s, len))
		return s;
	/* An invalid byte becomes the three bytes of U+FFFD. */
	char *clean = arena_alloc(a, 3 * len + 1, 1);
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp = text_decode(s + i, len - i, &n);
		if (is_inert(cp))
			used += text_encode(cp, clean + used);
		else if (cp == '\n' || cp == '\r' || cp == '\t' || cp == 0x2028 || cp == 0x2029)
			clean[used++] = ' ';
	}
	clean[used] = '\0';
	return clean;
}
