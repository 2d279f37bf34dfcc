#include "store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH_BYTES = 1200, PID_BYTES = 32 };

static enum rc say_holder(int fd, const char *dir, struct diag *d)
{
	char pid[PID_BYTES] = "";
	ssize_t n = read(fd, pid, sizeof pid - 1);
	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	return diag_set(d, RC_EXISTS, N_("a daemon is already running on %s (pid %s)"), dir,
		pid[0] ? pid : "?");
}

enum rc store_file_lock(const char *dir, int *ret_fd, struct diag *d)
{
	char path[PATH_BYTES], pid[PID_BYTES];
	snprintf(path, sizeof path, "%s/deadlined.lock", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot open %s"), path);
	enum rc rc = flock(fd, LOCK_EX | LOCK_NB) ? say_holder(fd, dir, d) : RC_OK;
	int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (rc == RC_OK && (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)n, 0) != n))
		rc = diag_set_errno(d, RC_IO, errno, N_("cannot write %s"), path);
	if (rc)
		close(fd);
	else
		*ret_fd = fd;
	return rc;
}

enum rc store_file_sync(const char *path, int flags, struct diag *d)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 || fsync(fd)) {
		int err = errno;
		if (fd >= 0)
			close(fd);
		return diag_set_errno(d, RC_IO, err, N_("cannot write %s"), path);
	}
	close(fd);
	return RC_OK;
}
