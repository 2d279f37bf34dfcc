/*
 * edit [FILE] - a file of the configuration, as visudo does it
 *
 * A copy beside the file, the editor, the check, the difference in plain words, a question, one step
 * into place, a reload.  The copy is the lock; whatever goes wrong, the file is as it was and the copy
 * is kept.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "config_edit.h"
#include "file_put.h"
#include "i18n.h"
#include "text.h"

enum { WORDS_MAX = 20, EDITOR_BYTES = 1000 };

/* ---- the editor ------------------------------------------------------------------------------------ */

static const char *editor_words(void)
{
	const char *s = getenv("VISUAL");
	if (!s || !s[0])
		s = getenv("EDITOR");
	return s && s[0] ? s : "vi";
}

/* Does not return.  "emacs -nw" is two words; a shell has no part in it. */
static void become_editor(const char *words, const char *path)
{
	char line[EDITOR_BYTES], *word[WORDS_MAX + 2];
	size_t n = 0;
	snprintf(line, sizeof line, "%s", words);
	for (char *s = line + strspn(line, " "); *s && n < WORDS_MAX; s += strspn(s, " ")) {
		word[n++] = s;
		s += strcspn(s, " ");
		if (*s)
			*s++ = '\0';
	}
	word[n++] = (char *)(uintptr_t)path;
	word[n] = NULL;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execvp(word[0], word);
	_exit(127);
}

static enum rc run_editor(const char *path, struct diag *d)
{
	const char *words = editor_words();
	int status = 0;
	fflush(stdout);
	/* Ctrl-C is the editor's. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0)
		become_editor(words, path);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (pid < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot run the editor %s"), words);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return RC_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		diag_set(d, RC_NOTFOUND, N_("cannot run the editor %s"), words);
	else
		diag_set(d, RC_STATE, N_("the editor %s did not end well"), words);
	diag_hint(d, N_("VISUAL or EDITOR names it"));
	return d->rc;
}

/* ---- questions --------------------------------------------------------------------------------------- */

/* 'q' at the end of the input. */
static char ask(const char *question, const char *answers)
{
	char line[80];
	for (;;) {
		printf("%s ", question);
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin)) {
			putchar('\n');
			return 'q';
		}
		if (line[0] && line[0] != '\n' && strchr(answers, line[0]))
			return line[0];
	}
}

/* ---- one round after the other -------------------------------------------------------------------------- */

enum next { NEXT_INSTALL, NEXT_AGAIN, NEXT_QUIT, NEXT_NOTHING };

static enum next judge(struct config_edit *e)
{
	struct diags ds = {0};
	struct diag d = DIAG_INIT;
	enum rc rc = config_edit_check(e, &ds);
	if (rc) {
		cli_print_diags(&ds, stdout);
		diags_done(&ds);
		return ask(_("There are errors.  e = edit again, q = quit:"), "eq") == 'e'
			       ? NEXT_AGAIN
			       : NEXT_QUIT;
	}
	diags_done(&ds);
	if (config_edit_show(e, DATE_NONE, DATE_NONE, &d))
		cli_fail(&d);
	char c = ask(_("Install it?  y = yes, e = edit again, q = quit:"), "yeq");
	return c == 'y' ? NEXT_INSTALL : c == 'e' ? NEXT_AGAIN : NEXT_QUIT;
}

static enum rc round_of(struct config_edit *e, enum next *ret, struct diag *d)
{
	const struct conf_file *f = &e->bundle.file[e->file];
	enum rc rc = run_editor(e->copy, d);
	if (rc)
		return rc;
	buf_clear(&e->text);
	rc = file_take(e->copy, &e->text, d);
	if (rc)
		return rc;
	bool same =
		e->text.len == f->len && (!f->len || memcmp(e->text.data, f->data, f->len) == 0);
	*ret = same ? NEXT_NOTHING : judge(e);
	return RC_OK;
}

static int reload_daemon(const struct cli_daemon *where)
{
	struct diag d = DIAG_INIT;
	json_t *data = NULL;
	enum rc rc = cli_try(where, "reload", json_pack("{s:b}", "confirm", 0), &data, &d);
	json_decref(data);
	if (rc == RC_UNREACHABLE) {
		puts(_("Installed.  No daemon answers: it will read this when it starts."));
		return EXIT_DONE;
	}
	puts(rc ? _("Installed, but the daemon keeps its old configuration:")
		: _("Installed, and the daemon has reloaded."));
	return rc ? cli_fail(&d) : EXIT_DONE;
}

static int edit_copy(struct config_edit *e, const struct cli_daemon *where)
{
	struct diag d = DIAG_INIT;
	enum next next = NEXT_AGAIN;
	enum rc rc = RC_OK;
	while (rc == RC_OK && next == NEXT_AGAIN)
		rc = round_of(e, &next, &d);
	if (rc == RC_OK && next == NEXT_NOTHING) {
		unlink(e->copy);
		puts(_("Nothing was changed."));
		return EXIT_DONE;
	}
	if (rc == RC_OK && next == NEXT_INSTALL)
		rc = config_edit_install(e, &d);
	if (rc == RC_OK && next == NEXT_INSTALL) {
		unlink(e->copy);
		return reload_daemon(where);
	}
	if (rc)
		cli_fail(&d);
	printf(_("The file is as it was.  Your copy is kept: %s\n"), e->copy);
	return EXIT_PROBLEMS;
}

static enum rc make_copy(const struct config_edit *e, struct diag *d)
{
	const struct conf_file *f = &e->bundle.file[e->file];
	enum rc rc = file_put(e->copy, f->data, f->len, false, d);
	if (rc == RC_EXISTS) {
		diag_set(d, RC_EXISTS,
			N_("somebody is editing this file, or left an edit behind: %s"), e->copy);
		diag_hint(d, N_("look at it, then remove it"));
	}
	return rc;
}

static int edit_file(struct config_edit *e, const char *name, const struct cli_daemon *where)
{
	char path[PATH_MAX], copy[PATH_MAX];
	struct diag d = DIAG_INIT;
	enum rc rc = config_edit_choose(e, name, &d);
	if (rc == RC_OK)
		rc = config_edit_path(e, path, &d);
	if (rc == RC_OK && snprintf(copy, sizeof copy, "%s.edit", path) >= (int)sizeof copy)
		rc = diag_set(&d, RC_RANGE, N_("the path is too long: %s"), path);
	e->copy = copy;
	if (rc == RC_OK)
		rc = make_copy(e, &d);
	return rc ? cli_fail(&d) : edit_copy(e, where);
}

int cmd_edit(const struct command *self, int argc, char **argv)
{
	struct cli_daemon where = {0};
	struct config_edit e = {0};
	const struct option_row rows[] = {
		{"c", OPTION_TEXT, &where.config},
		{"state", OPTION_TEXT, &where.state},
		{"socket", OPTION_TEXT, &where.socket},
	};
	int status;
	int n = cli_options(self, rows, sizeof rows / sizeof *rows, argc, argv, 0, 1, &status);
	if (n < 0)
		return status;
	e.config = where.config;
	e.daemon = &where;
	if (config_edit_begin(&e, true, &status))
		status = edit_file(&e, n ? argv[1] : NULL, &where);
	config_edit_done(&e);
	return status;
}
