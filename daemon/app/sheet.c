#include "sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file_put.h"

enum {
	CPU_S = 10,
	WALL_MS = 20000,
	MEMORY_BYTES = 512 << 20,
	BLOCK = 16384,
	NO_PROGRAM = 127, /* as a shell says it */
};

static bool is_workbook(const char *path)
{
	const char *dot = strrchr(file_base_name(path), '.');
	return dot && strcasecmp(dot, ".xlsx") == 0;
}

/* Does not return.  Only what is allowed between fork and exec. */
static void become_converter(const char *path, int out)
{
	char *const argv[] = {(char[]){"xlsx2csv"}, (char[]){"--"}, (char *)(uintptr_t)path, NULL};
	const struct rlimit cpu = {CPU_S, CPU_S}, memory = {MEMORY_BYTES, MEMORY_BYTES},
			    nothing = {0, 0};
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
		dup2(out, STDOUT_FILENO) < 0 || setrlimit(RLIMIT_CPU, &cpu) < 0 ||
		setrlimit(RLIMIT_AS, &memory) < 0 || setrlimit(RLIMIT_CORE, &nothing) < 0 ||
		setrlimit(RLIMIT_FSIZE, &nothing) < 0)
		_exit(1);
	execvp(argv[0], argv);
	_exit(errno == ENOENT ? NO_PROGRAM : 1);
}

/* True at its end; false when it says too much or takes too long. */
static bool read_answer(int fd, struct buf *out)
{
	int64_t until = clock_boot_ms() + WALL_MS;
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_boot_ms();
		char block[BLOCK];
		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return false;
		if (!p.revents)
			continue;
		ssize_t n = read(fd, block, sizeof block);
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		buf_add(out, block, n > 0 ? (size_t)n : 0);
		if (out->overflow)
			return false;
	}
}

static enum rc judge(const char *path, int status, bool whole, struct diag *d)
{
	enum rc rc;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && whole)
		return RC_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM)
		rc = diag_set(d, RC_NOTFOUND,
			N_("%s is a workbook, and xlsx2csv is not installed to read it"), path);
	else
		rc = diag_set(d, RC_INVALID, N_("%s is no workbook that xlsx2csv can read"), path);
	diag_hint(d, N_("save it as CSV (UTF-8), or paste the table into a text file"));
	return rc;
}

static enum rc convert(const char *path, struct buf *out, struct diag *d)
{
	int fd[2], status = 0;
	if (pipe2(fd, O_CLOEXEC) < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	pid_t pid = fork();
	if (pid == 0)
		become_converter(path, fd[1]);
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	}
	bool whole = read_answer(fd[0], out);
	if (!whole)
		kill(pid, SIGKILL);
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(path, status, whole, d);
}

enum rc sheet_take(const char *path, struct buf *out, struct diag *d)
{
	if (!is_workbook(path))
		return file_take(path, out, d);
	if (access(path, R_OK) < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	return convert(path, out, d);
}
