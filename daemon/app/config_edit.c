#include "config_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "diff.h"
#include "file_put.h"
#include "i18n.h"

bool config_edit_begin(struct config_edit *e, bool may_be_faulty, int *ret_status)
{
	struct diags ds = {0};
	const char *path = cli_config_path(e->config);
	buf_init(&e->text, CONFIG_FILE_MAX);
	enum rc rc = conf_load_path(path, &e->before, &e->bundle, &ds);
	if (rc && may_be_faulty) {
		diags_done(&ds);
		ds = (struct diags){0};
		rc = conf_read_files(path, &e->bundle, &ds);
	}
	if (rc) {
		cli_print_diags(&ds, stderr);
		*ret_status = EXIT_PROBLEMS;
	}
	diags_done(&ds);
	return rc == RC_OK;
}

void config_edit_done(struct config_edit *e)
{
	buf_done(&e->text);
	config_free(e->before);
	config_free(e->after);
	conf_bundle_done(&e->bundle);
}

enum rc config_edit_choose(struct config_edit *e, const char *name, struct diag *d)
{
	for (size_t i = 0; i < e->bundle.n_files; i++)
		if (!name || strcmp(e->bundle.file[i].name, name) == 0) {
			e->file = i;
			return RC_OK;
		}
	return diag_set(d, RC_NOTFOUND, N_("%s is not a file of the configuration"), name);
}

enum rc config_edit_path(const struct config_edit *e, char ret[static PATH_MAX], struct diag *d)
{
	const char *name = e->bundle.file[e->file].name;
	if (snprintf(ret, PATH_MAX, "%s/%s", e->bundle.dir, name) >= PATH_MAX)
		return diag_set(d, RC_RANGE, N_("the path is too long: %s"), name);
	return RC_OK;
}

/* ---- checked -------------------------------------------------------------------------------------- */

/* The files with the new text in the old one's place; data and names are e's. */
static enum rc load_bundle(struct config_edit *e, const struct conf_bundle *files, struct diags *ds)
{
	struct conf_bundle b = *files;
	struct diags again = {0};
	b.file = mem_new(b.n_files, sizeof *b.file);
	memcpy(b.file, files->file, b.n_files * sizeof *b.file);
	b.file[e->file].data = e->text.data ? e->text.data : "";
	b.file[e->file].len = e->text.len;
	config_free(e->after);
	e->after = NULL;
	enum rc rc = conf_vet(&b, NULL, ds);
	if (rc == RC_OK)
		rc = conf_load_bundle(&b, &e->after, &again);
	diags_done(&again);
	free(b.file);
	return rc;
}

static enum rc load_copy(struct config_edit *e, struct diags *ds)
{
	struct conf_bundle b = {0};
	enum rc rc = conf_read_files(e->copy, &b, ds);
	if (rc)
		return rc;
	free((void *)(uintptr_t)b.file[0].name);
	b.file[0].name = mem_strdup(e->bundle.file[0].name);
	rc = load_bundle(e, &b, ds);
	conf_bundle_done(&b);
	return rc;
}

enum rc config_edit_check(struct config_edit *e, struct diags *ds)
{
	struct diag d = DIAG_INIT;
	if (!e->text.overflow)
		return e->copy && e->file == 0 ? load_copy(e, ds) : load_bundle(e, &e->bundle, ds);
	diag_set(&d, RC_LIMIT, N_("the file is larger than %d bytes"), CONFIG_FILE_MAX);
	diag_at(&d, e->bundle.file[e->file].name, 1);
	diags_add(ds, &d);
	return RC_LIMIT;
}

/* What is in force and who was told of it; NULL: nobody is asked, or answers. */
static json_t *ask_daemon(const struct config_edit *e)
{
	json_t *data;
	struct diag ignored;
	if (!e->daemon)
		return NULL;
	if (cli_try(e->daemon, "obligations", json_pack("{s:b}", "all", 1), &data, &ignored) == RC_OK)
		return data;
	if (!e->json)
		puts(_("No daemon answers: who has been told already is not known."));
	return NULL;
}

enum rc config_edit_show(struct config_edit *e, struct date from, struct date to, struct diag *d)
{
	struct diff x = {.names = e->after};
	json_t *data = ask_daemon(e);
	enum rc rc = RC_OK;
	if (data)
		rc = diff_compare_daemon(e->after, data, from, to, &x, d);
	else if (e->before)
		rc = diff_compare(e->before, e->after, from, to, &x, d);
	if (rc == RC_OK && (data || e->before))
		diff_show(&x, e->json);
	arena_done(&x.arena);
	json_decref(x.by_id);
	json_decref(data);
	return rc;
}

/* ---- installed -------------------------------------------------------------------------------------- */

/* Somebody may have saved the file while we looked at it. */
static enum rc refuse_changed(const struct config_edit *e, const char *path, struct diag *d)
{
	struct buf now;
	const struct conf_file *f = &e->bundle.file[e->file];
	buf_init(&now, CONFIG_FILE_MAX);
	enum rc rc = file_take(path, &now, d);
	if (rc == RC_OK &&
		(now.len != f->len || (f->len && memcmp(now.data, f->data, f->len) != 0)))
		rc = diag_set(d, RC_STATE, N_("%s has just been changed by somebody else"), path);
	buf_done(&now);
	return rc;
}

enum rc config_edit_install(const struct config_edit *e, struct diag *d)
{
	char path[PATH_MAX];
	enum rc rc = config_edit_path(e, path, d);
	if (rc == RC_OK)
		rc = refuse_changed(e, path, d);
	if (rc == RC_OK)
		rc = file_put(path, e->text.data ? e->text.data : "", e->text.len, true, d);
	return rc;
}
