#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "conf_scan.h"
#include "conf_state.h"
#include "leave.h"

enum { CHECK_LEAVE_DAYS = 90 };

/* libconfig's words for what is wrong with a file's syntax. */
static void add_syntax_error(struct conf_state *st, const struct conf_parsed *f)
{
	struct source at = {f->name, config_error_line(&f->tree)};
	const char *text = config_error_text(&f->tree);
	if (text && strstr(text, "duplicate setting"))
		conf_error(st, at, NULL, N_("a setting stands twice in the same group"));
	else
		conf_error(st, at,
			N_("look for a missing ; or , or = in this line or the one before"),
			N_("the syntax is wrong here"));
}

static void parse_file(struct conf_state *st, const struct conf_file *file)
{
	struct conf_parsed *f = &st->file[st->n_files++];
	f->name = arena_strdup(st->a, file->name);
	config_init(&f->tree);
	if (!conf_scan(file, st->ds))
		st->partial = true;
	else if (!config_read_string(&f->tree, file->data)) {
		add_syntax_error(st, f);
		st->partial = true;
	} else {
		f->ok = true;
	}
}

static void (*const READ[])(struct conf_state *) = {
	conf_read_settings,
	conf_read_workdays,
	conf_read_people,
	conf_read_chat,
	conf_read_ladders,
	conf_read_occasions,
	conf_read_rosters,
	conf_read_rules,
	conf_read_email,
	conf_read_sms,
	conf_check,
};

static void done_state(struct conf_state *st)
{
	for (size_t i = 0; i < st->n_files; i++)
		config_destroy(&st->file[i].tree);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		conf_index_done(&st->index[i]);
	free(st);
}

enum rc conf_load(
	const struct conf_file *file, size_t n_files, struct config **ret, struct diags *ds)
{
	struct conf_state *st = mem_new(1, sizeof *st);
	struct config *c = mem_new(1, sizeof *c);
	size_t errors_before = ds->n_errors;
	st->c = c;
	st->a = &c->arena;
	st->ds = ds;
	for (size_t i = 0; i < n_files && i < CONFIG_FILES_MAX; i++)
		parse_file(st, &file[i]);
	for (size_t i = 0; i < sizeof READ / sizeof *READ; i++)
		READ[i](st);
	done_state(st);
	if (ds->n_errors > errors_before) {
		config_free(c);
		return RC_INVALID;
	}
	config_index(c);
	*ret = c;
	return RC_OK;
}

enum rc conf_load_bundle(const struct conf_bundle *b, struct config **ret, struct diags *ds)
{
	struct config *c;
	enum rc rc = conf_load(b->file, b->n_files, &c, ds);
	if (rc)
		return rc;
	if (c->templates_dir[0] != '/')
		c->templates_dir = arena_printf(&c->arena, "%s/%s", b->dir, c->templates_dir);
	*ret = c;
	return RC_OK;
}

enum rc conf_load_path(const char *main_path, struct config **ret, struct conf_bundle *ret_bundle,
	struct diags *ds)
{
	struct conf_bundle b = {0};
	struct diags again = {0};
	enum rc rc = conf_read_files(main_path, &b, ds);
	if (rc == RC_OK)
		rc = conf_vet(&b, NULL, ds);
	if (rc == RC_OK) {
		/* The child said it all; only a difference between the two would be news. */
		rc = conf_load_bundle(&b, ret, &again);
		for (size_t i = 0; rc && i < again.n; i++)
			diags_add(ds, &again.item[i]);
	}
	if (rc == RC_OK && ret_bundle) {
		*ret_bundle = b;
		b = (struct conf_bundle){0};
	}
	diags_done(&again);
	conf_bundle_done(&b);
	return rc;
}

/* ---- today ------------------------------------------------------------------------------------- */

static void warn(struct diags *ds, struct source at, struct diag *d, const char *hint)
{
	d->severity = SEV_WARNING;
	diag_hint(d, hint);
	diag_at(d, at.file, at.line);
	diags_add(ds, d);
}

void conf_check_today(const struct config *c, struct date today, struct diags *ds)
{
	struct diag d = DIAG_INIT;
	char day[DATE_TEXT_SIZE];
	if (!date_is_none(c->workdays.known_through) &&
		date_compare(c->workdays.known_through, today) < 0) {
		(void)diag_set(&d, RC_RANGE,
			N_("working days were known through %s, which is over"),
			date_format(c->workdays.known_through, day));
		warn(ds, c->src, &d, N_("enter the yearly notice under workdays"));
	}
	struct date horizon = date_add(today, CHECK_LEAVE_DAYS);
	leave_check(c, NULL, today, horizon, ds);
	leave_check_clerks(c, today, horizon, ds);
	const struct roster *last = c->n_rosters ? c->roster[c->n_rosters - 1] : NULL;
	if (last && !last->repeats && last->year < date_year(today)) {
		(void)diag_set(&d, RC_RANGE, N_("the last roster was of %d and does not repeat"),
			last->year);
		warn(ds, last->src, &d, N_("enter the new roster, or set repeats = true"));
	}
}

struct library conf_library(void)
{
	static char version[32];
	snprintf(version, sizeof version, "%d.%d.%d", LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR,
		LIBCONFIG_VER_REVISION);
	return (struct library){"libconfig", version};
}
