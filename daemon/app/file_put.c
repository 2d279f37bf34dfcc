#include "file_put.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NEW_MODE = 0644, BLOCK = 16384 };

const char *file_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum rc read_all(int fd, const char *path, struct buf *out, struct diag *d)
{
	char block[BLOCK];
	ssize_t n;
	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
		buf_add(out, block, (size_t)n);
		if (out->overflow)
			return diag_set(
				d, RC_LIMIT, N_("%s is larger than %zu bytes"), path, out->max);
	}
	return RC_OK;
}

enum rc file_take(const char *path, struct buf *out, struct diag *d)
{
	struct stat st;
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, path, out, d);
	/* A FIFO without a writer must not stall the command. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	enum rc rc;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		rc = diag_set(d, RC_INVALID, N_("%s is not a regular file"), path);
	else
		rc = read_all(fd, path, out, d);
	close(fd);
	return rc;
}

/* ---- writing -------------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool sync_directory_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	snprintf(dir, sizeof dir, "%.*s", slash && len ? (int)len : 1, slash ? path : ".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

/* What it was before, as far as we may. */
static bool keep_mode(int fd, const struct stat *old)
{
	if (!old)
		return fchmod(fd, NEW_MODE) == 0;
	/* Only root may give a file away; then the new one is ours, with the old mode. */
	if (fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return false;
	return fchmod(fd, old->st_mode & 07777) == 0;
}

/* rename() takes a file's place, link() refuses to. */
static bool move_there(const char *temp, const char *path, bool replace)
{
	if (replace)
		return rename(temp, path) == 0;
	return link(temp, path) == 0 && unlink(temp) == 0;
}

static enum rc put(const char *path, const char *data, size_t len, bool replace,
	const struct stat *old, struct diag *d)
{
	char temp[PATH_MAX];
	if (snprintf(temp, sizeof temp, "%s.XXXXXX", path) >= (int)sizeof temp)
		return diag_set(d, RC_RANGE, N_("the path is too long: %s"), path);
	int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
	bool ok = write_all(fd, data, len) && keep_mode(fd, old) && fsync(fd) == 0;
	int err = errno;
	close(fd);
	if (ok && move_there(temp, path, replace))
		return sync_directory_of(path)
			       ? RC_OK
			       : diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
	err = ok ? errno : err;
	unlink(temp);
	if (err == EEXIST)
		return diag_set(d, RC_EXISTS, N_("%s exists already"), path);
	return diag_set_errno(d, RC_IO, err, N_("cannot write %s"), path);
}

enum rc file_put(const char *path, const char *data, size_t len, bool replace, struct diag *d)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	if (there && !replace)
		return diag_set(d, RC_EXISTS, N_("%s exists already"), path);
	if (there && !S_ISREG(st.st_mode))
		return diag_set(d, RC_INVALID, N_("%s is not a regular file"), path);
	char *real = there ? realpath(path, NULL) : NULL;
	enum rc rc = put(real ? real : path, data, len, replace, there ? &st : NULL, d);
	free(real);
	return rc;
}
