#include "file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

static struct file_stamp stamp_of(const struct stat *st)
{
	return (struct file_stamp){st->st_dev, st->st_ino, st->st_size, st->st_mtim.tv_sec,
		st->st_mtim.tv_nsec, st->st_ctim.tv_sec, st->st_ctim.tv_nsec};
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->inode == b->inode && a->device == b->device && a->size == b->size &&
	       a->modified_s == b->modified_s && a->modified_ns == b->modified_ns &&
	       a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

struct file_stamp file_look(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 ? stamp_of(&st) : (struct file_stamp){0};
}

static bool read_all(int fd, char *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, data + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

enum rc file_read(const char *path, size_t max, char **ret_data, size_t *ret_len,
	struct file_stamp *ret_stamp, struct diag *d)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return diag_set_errno(d, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno,
			N_("cannot read %s"), path);
	enum rc rc = RC_OK;
	char *data = NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	else if ((uintmax_t)st.st_size > max)
		rc = diag_set(d, RC_LIMIT, N_("%s is larger than %zu bytes"), path, max);
	if (rc)
		goto out;
	data = mem_new((size_t)st.st_size + 1, 1);
	if (!read_all(fd, data, (size_t)st.st_size)) {
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
		goto out;
	}
	*ret_data = data;
	*ret_len = (size_t)st.st_size;
	*ret_stamp = stamp_of(&st);
	data = NULL;
out:
	free(data);
	close(fd);
	return rc;
}
