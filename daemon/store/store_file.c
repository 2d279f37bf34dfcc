#include "store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 1200, PID_BYTES = 32, LOOK_MS = 20, LOOKS_MAX = 250 };

static void read_holder(int fd, char ret[static PID_BYTES])
{
	ssize_t n = pread(fd, ret, PID_BYTES - 1, 0);
	ret[n > 0 ? n : 0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

static bool is_alive(const char *pid)
{
	long n = strtol(pid, NULL, 10);
	return n <= 0 || kill((pid_t)n, 0) == 0 || errno != ESRCH;
}

/* A daemon that was killed while it started a child leaves its lock to that child, which lets go of it
 * as soon as it runs a program of its own. */
static bool try_lock(int fd)
{
	char pid[PID_BYTES];
	for (int i = 0; i < LOOKS_MAX; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		read_holder(fd, pid);
		if (is_alive(pid))
			return false;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
	}
	return false;
}

static enum rc say_holder(int fd, const char *dir, struct diag *d)
{
	char pid[PID_BYTES];
	read_holder(fd, pid);
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
	enum rc rc = try_lock(fd) ? RC_OK : say_holder(fd, dir, d);
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
