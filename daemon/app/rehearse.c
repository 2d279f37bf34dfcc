#include "rehearse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "paths.h"
#include "say.h"
#include "word.h"
#include "zone.h"

#define MARKER ".deadlined-rehearsal"

enum { DEPTH_MAX = 4 };

/* Removes what is below an open directory; symbolic links are removed, not followed. */
static enum rc empty_dir(int fd, int depth, struct diag *d)
{
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return diag_set_errno(d, RC_IO, errno, N_("cannot empty the rehearsal directory"));
	}
	enum rc rc = RC_OK;
	for (struct dirent *f; rc == RC_OK && (f = readdir(dir));) {
		if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0)
			continue;
		int sub = openat(dirfd(dir), f->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0 && depth < DEPTH_MAX)
			rc = empty_dir(sub, depth + 1, d);
		else if (sub >= 0)
			close(sub);
		if (rc == RC_OK && unlinkat(dirfd(dir), f->d_name, sub >= 0 ? AT_REMOVEDIR : 0))
			rc = diag_set_errno(d, RC_IO, errno, N_("cannot remove %s"), f->d_name);
	}
	closedir(dir);
	return rc;
}

static bool is_empty(int fd)
{
	DIR *dir = fdopendir(dup(fd));
	size_t n = 0;
	for (struct dirent *f; dir && (f = readdir(dir));)
		n += strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0;
	if (dir) {
		rewinddir(dir);
		closedir(dir);
	}
	return n == 0;
}

enum rc rehearse_prepare(const char *dir, struct diag *d)
{
	enum rc rc = paths_make(dir, d);
	if (rc)
		return rc;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), dir);
	if (!is_empty(fd)) {
		if (faccessat(fd, MARKER, F_OK, AT_SYMLINK_NOFOLLOW)) {
			close(fd);
			return diag_set(d, RC_EXISTS,
				N_("%s is not empty and not a rehearsal's: nothing was removed"), dir);
		}
		rc = empty_dir(fd, 0, d);
		if (rc)
			return rc;
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	int marker = openat(fd, MARKER, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (marker < 0)
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write to %s"), dir);
	else
		close(marker);
	close(fd);
	return rc;
}

void rehearse_greet(const struct config *c, const char *dir, const char *control_program,
	struct instant from, long speed)
{
	char at[SAY_TIME_SIZE];
	(void)control_program;
	printf(_("Rehearsal of %s from %s, one hour in %.3g s. Nothing leaves this machine.\n"),
		c->organisation, say_time(c->zone, from, at), 3600.0 / (double)speed);
	printf(_("Mails: %s/mail  SMS: %s/sms  feeds: %s/feeds\n"), dir, dir, dir);
	fflush(stdout);
}

/* The first that is asked for; NULL if nothing is. */
static const struct obligation *find_open(const struct engine *e, struct instant now)
{
	const struct obligations *os = engine_obligations(e);
	for (size_t i = 0; i < os->n; i++) {
		const struct obligation *o = &os->item[i];
		if (o->state == STATE_OPEN && !o->conditional && o->due_at.s >= now.s)
			return o;
	}
	return NULL;
}

void rehearse_hint(const struct engine *e, const char *dir, const char *control_program,
	struct instant now)
{
	const struct obligation *o = find_open(e, now);
	if (o) {
		printf(_("To mark it received, type in a second terminal:\n"));
		printf("    %s --state %s receive %s\n\n", control_program, dir, o->id);
	}
	fflush(stdout);
}

const struct person *rehearse_lead(const struct engine *e, struct instant now)
{
	const struct obligation *o = find_open(e, now);
	for (size_t i = 0; o && i < o->n_who; i++)
		if (o->who[i].role == ROLE_LEAD)
			return o->who[i].person;
	return NULL;
}

static const char *channel_word(enum channel ch)
{
	return ch == CHANNEL_EMAIL ? _("mail") : _("SMS");
}

void rehearse_show(const struct config *c, const struct engine_event *ev)
{
	char at[SAY_TIME_SIZE], reason[SAY_REASON_SIZE];
	const char *when = say_time(c->zone, ev->at, at);
	if (ev->kind == EVENT_CLAIMED)
		printf("%s  %-4s → %s  %s\n", when, channel_word(ev->channel), ev->person_name,
			ev->text);
	else if (ev->kind == EVENT_FAILED)
		printf("%s  %s: %s\n", when, _("not sent"), say_reason(ev->text, reason));
	else if (ev->kind == EVENT_ACT)
		printf("%s  %s: %s (%s)\n", when, ev->obligation, word_of(ev->text), ev->person);
	fflush(stdout);
}
