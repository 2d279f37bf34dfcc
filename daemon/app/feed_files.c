#include "feed_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "paths.h"

static bool has_bytes(int dir, const char *name, const struct buf *b)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	bool same = fstat(fd, &st) == 0 && (size_t)st.st_size == b->len;
	char *old = same ? mem_new(b->len + 1, 1) : NULL;
	same = same && read(fd, old, b->len) == (ssize_t)b->len && memcmp(old, b->data, b->len) == 0;
	free(old);
	close(fd);
	return same;
}

static enum rc write_whole(
	int fd, const char *name, const struct buf *b, bool sync, struct diag *d)
{
	for (size_t done = 0; done < b->len;) {
		ssize_t n = write(fd, b->data + done, b->len - done);
		if (n < 0)
			return diag_set_errno(d, errno == ENOSPC ? RC_LIMIT : RC_IO, errno,
				N_("cannot write the feed %s"), name);
		done += (size_t)n;
	}
	if (sync && fsync(fd))
		return diag_set_errno(d, RC_IO, errno, N_("cannot write the feed %s"), name);
	return RC_OK;
}

static enum rc replace(
	int dir, const char *name, const struct buf *b, bool sync, struct diag *d)
{
	char part[300];
	snprintf(part, sizeof part, ".%s.part", name);
	int fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd >= 0)
		(void)fchmod(fd, 0640); /* whatever the umask: the group is the web program's */
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot write the feed %s"), name);
	enum rc rc = write_whole(fd, name, b, sync, d);
	close(fd);
	if (rc == RC_OK && renameat(dir, part, dir, name))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write the feed %s"), name);
	if (rc)
		unlinkat(dir, part, 0);
	return rc;
}

static enum rc put_gzip(
	int dir, const char *name, const struct buf *b, bool sync, struct diag *d)
{
	char beside[FEED_FILE_NAME_SIZE + 4];
	struct buf packed;
	snprintf(beside, sizeof beside, "%s.gz", name);
	buf_init(&packed, FEED_MAX);
	enum rc rc = feed_gzip(b->data, b->len, &packed, d);
	if (rc == RC_OK && !has_bytes(dir, beside, &packed))
		rc = replace(dir, beside, &packed, sync, d);
	buf_done(&packed);
	return rc;
}

static enum rc put(int dir, const char *name, const struct buf *bytes, bool gzip, bool sync,
	struct diag *d)
{
	char beside[FEED_FILE_NAME_SIZE + 4];
	snprintf(beside, sizeof beside, "%s.gz", name);
	bool same = has_bytes(dir, name, bytes);
	enum rc rc = RC_OK;
	if (gzip && (!same || faccessat(dir, beside, F_OK, AT_SYMLINK_NOFOLLOW)))
		rc = put_gzip(dir, name, bytes, sync, d);
	return rc || same ? rc : replace(dir, name, bytes, sync, d);
}

enum rc feed_files_put(int dir, const char *name, const struct buf *bytes, bool gzip, struct diag *d)
{
	return put(dir, name, bytes, gzip, true, d);
}

void feed_files_name(enum feed_kind kind, const char *id, char ret[static FEED_FILE_NAME_SIZE])
{
	bool has_id = id && id[0];
	snprintf(ret, FEED_FILE_NAME_SIZE, "%s%s%s.ics", feed_kind_text(kind), has_id ? "-" : "",
		has_id ? id : "");
}

static enum rc make_feed(const struct feed_set *set, int dir, const struct feed_spec *spec,
	const char *print, struct diag *d)
{
	char name[FEED_FILE_NAME_SIZE];
	feed_files_name(spec->kind, spec->id, name);
	struct buf b;
	buf_init(&b, FEED_MAX);
	enum rc rc = feed_render(set->config, set->obligations, spec, set->versions, &b, d);
	if (rc == RC_OK)
		rc = put(dir, name, &b, set->gzip, false, d);
	if (rc == RC_OK && set->marks)
		feed_marks_put(set->marks, name, print, b.len);
	buf_done(&b);
	return rc;
}

/* Unless it is there already, and need not be made. */
static enum rc write_feed(const struct feed_set *set, int dir, enum feed_kind kind, const char *id,
	bool must, bool *ret_made, struct diag *d)
{
	char name[FEED_FILE_NAME_SIZE], print[FEED_DIGEST_SIZE] = "";
	struct feed_spec spec = {.kind = kind, .id = id, .alarms = set->config->feed_alarms,
		.from = set->from, .to = set->to, .index = set->index, .now = set->now};
	feed_files_name(kind, id, name);
	enum rc rc = set->marks ? feed_print(set->config, &spec, set->prints, print, d) : RC_OK;
	*ret_made = must || !set->marks || !feed_marks_hold(set->marks, dir, name, print);
	return rc == RC_OK && *ret_made ? make_feed(set, dir, &spec, print, d) : rc;
}

size_t feed_files_count(const struct config *c)
{
	return 1 + c->n_units + c->n_persons + c->n_offices;
}

static enum rc write_nth(
	const struct feed_set *set, int dir, size_t i, bool must, bool *ret_made, struct diag *d)
{
	const struct config *c = set->config;
	enum feed_kind kind = FEED_ALL;
	const char *id = NULL;
	if (i > c->n_units + c->n_persons)
		kind = FEED_OFFICE, id = c->office[i - 1 - c->n_units - c->n_persons]->id;
	else if (i > c->n_units)
		kind = FEED_PERSON, id = c->person[i - 1 - c->n_units]->id;
	else if (i > 0)
		kind = FEED_UNIT, id = c->unit[i - 1]->id;
	return write_feed(set, dir, kind, id, must, ret_made, d);
}

static enum rc open_dir(const char *dir, int *ret, struct diag *d)
{
	bool fresh = access(dir, F_OK) != 0;
	enum rc rc = paths_make(dir, d);
	int fd = rc ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rc == RC_OK && fd < 0)
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), dir);
	if (rc == RC_OK && fresh)
		(void)fchmod(fd, 0750); /* for the same group as the files in it */
	if (rc == RC_OK)
		*ret = fd;
	return rc;
}

enum rc feed_files_write_some(const struct feed_set *set, const char *dir, int max_ms,
	struct feed_slices *s, struct diag *d)
{
	int64_t until = clock_boot_ms() + max_ms;
	size_t count = feed_files_count(set->config);
	int fd;
	enum rc rc = open_dir(dir, &fd, d);
	if (rc)
		return rc;
	do {
		bool made = false;
		rc = write_nth(set, fd, s->next % count, s->must > 0, &made, d);
		if (rc == RC_OK) {
			s->next = (s->next + 1) % count;
			s->left--;
			s->must -= s->must > 0;
			s->n_made += made;
		}
	} while (rc == RC_OK && s->left && clock_boot_ms() < until);
	close(fd);
	return rc;
}

/* One sync of all of them. */
enum rc feed_files_write(const struct feed_set *set, const char *dir, struct diag *d)
{
	int fd;
	enum rc rc = open_dir(dir, &fd, d);
	if (rc)
		return rc;
	bool made;
	for (size_t i = 0; i < feed_files_count(set->config) && rc == RC_OK; i++)
		rc = write_nth(set, fd, i, true, &made, d);
	if (rc == RC_OK && syncfs(fd))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write the feed %s"), dir);
	close(fd);
	return rc;
}
