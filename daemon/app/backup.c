#include "backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "links.h"
#include "mem.h"

#define FOLDER "/backup"

static enum rc folder_of(const char *state, char ret[static PATH_BYTES], struct diag *d)
{
	int n = snprintf(ret, PATH_BYTES, "%s" FOLDER, state);
	return n < PATH_BYTES
		       ? RC_OK
		       : diag_set(d, RC_RANGE, N_("the path of the state directory is too long"));
}

static enum rc path_of(
	const char *state, const char *when, char ret[static PATH_BYTES], struct diag *d)
{
	int n = snprintf(ret, PATH_BYTES, "%s" FOLDER "/deadlined-%s.db", state, when);
	return n < PATH_BYTES
		       ? RC_OK
		       : diag_set(d, RC_RANGE, N_("the path of the state directory is too long"));
}

enum rc backup_path_night(
	const char *state, struct date day, char ret[static PATH_BYTES], struct diag *d)
{
	char text[DATE_TEXT_SIZE];
	return path_of(state, date_format(day, text), ret, d);
}

enum rc backup_path_hand(
	const char *state, struct instant now, char ret[static PATH_BYTES], struct diag *d)
{
	char text[32] = "";
	time_t t = (time_t)now.s;
	struct tm utc;
	if (gmtime_r(&t, &utc))
		strftime(text, sizeof text, "%Y-%m-%dT%H%MZ", &utc);
	return path_of(state, text, ret, d);
}

/* By hand it is often root who copies; the daemon has to get along with what is there then. */
static enum rc give(const char *state, const char *path, struct diag *d)
{
	struct stat st;
	if (geteuid() != 0 || (stat(state, &st) == 0 && lchown(path, st.st_uid, st.st_gid) == 0))
		return RC_OK;
	return diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
}

enum rc backup_make(struct store *s, const char *state, const char *path, struct diag *d)
{
	char folder[PATH_BYTES], key[PATH_BYTES + 16];
	enum rc rc = folder_of(state, folder, d);
	if (rc)
		return rc;
	size_t n = strlen(folder);
	bool is_ours = strncmp(path, folder, n) == 0 && path[n] == '/';
	if (!is_ours)
		return store_backup(s, path, d);
	rc = paths_make(folder, d);
	if (rc == RC_OK)
		rc = give(state, folder, d);
	if (rc == RC_OK)
		rc = store_backup(s, path, d);
	if (rc == RC_OK)
		rc = give(state, path, d);
	if (rc == RC_OK)
		rc = link_key_copy(state, folder, d);
	snprintf(key, sizeof key, "%s/link.key", folder);
	if (rc == RC_OK && access(key, F_OK) == 0)
		rc = give(state, key, d);
	return rc;
}

/* deadlined-2024-05-06.db and nothing else. */
static bool is_night(const char *name)
{
	static const char FORM[] = "deadlined-0000-00-00.db";
	if (strlen(name) != sizeof FORM - 1)
		return false;
	for (size_t i = 0; FORM[i]; i++)
		if (FORM[i] == '0' ? name[i] < '0' || name[i] > '9' : name[i] != FORM[i])
			return false;
	return true;
}

static int keep_night(const struct dirent *e)
{
	return is_night(e->d_name);
}

enum rc backup_prune(const char *state, struct diag *d)
{
	char folder[PATH_BYTES], path[PATH_BYTES + 300];
	struct dirent **name;
	enum rc rc = folder_of(state, folder, d);
	if (rc)
		return rc;
	int n = scandir(folder, &name, keep_night, alphasort);
	if (n < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), folder);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, name[i]->d_name);
		if (i + BACKUP_NIGHTS < n && unlink(path) && rc == RC_OK)
			rc = diag_set_errno(d, RC_IO, errno, N_("cannot delete %s"), path);
		free(name[i]);
	}
	free(name);
	return rc;
}

enum rc backup_bring_key(const char *state, const char *copy, struct diag *d)
{
	char folder[PATH_BYTES], key[PATH_BYTES + 16];
	const char *slash = strrchr(copy, '/');
	int n = snprintf(
		folder, sizeof folder, "%.*s", slash ? (int)(slash - copy) : 1, slash ? copy : ".");
	if (n >= (int)sizeof folder)
		return diag_set(d, RC_RANGE, N_("the path %s is too long"), copy);
	enum rc rc = link_key_copy(folder[0] ? folder : "/", state, d);
	snprintf(key, sizeof key, "%s/link.key", state);
	return rc == RC_OK && access(key, F_OK) == 0 ? give(state, key, d) : rc;
}
