/*
 * The parent's end of the reader child.  One socket pair is the child's stdin and stdout; a pidfd
 * tells its end; a timerfd bounds the whole.  Nothing here can be stopped by the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "conf.h"
#include "conf_wire.h"

struct child {
	pid_t pid;
	int sock, pidfd, timer;
	const char *out; /* still to be written */
	size_t out_left;
	struct buf in;
	bool ended, timed_out;
	int status;
};

static enum rc spawn_child(const char *exe, int sock, pid_t *ret, struct diag *d)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t all, none;
	char *argv[] = {(char[]){"deadlined-reader"}, (char[]){CONF_VET_ARG}, NULL};
	/* LD_LIBRARY_PATH and friends are none of its business; sanitizers read theirs. */
	char *envp[] = {(char[]){"LC_ALL=C.UTF-8"}, (char[]){"ASAN_OPTIONS=detect_leaks=0"}, NULL};
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, sock, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, sock, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	int err = posix_spawn(ret, exe, &actions, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		return diag_set_errno(d, RC_IO, err,
			N_("the configuration could not be read: no reader process"));
	return RC_OK;
}

static void stop_child(struct child *ch)
{
	while (!ch->ended && ch->pid > 0) {
		kill(ch->pid, SIGKILL);
		if (waitpid(ch->pid, &ch->status, 0) == ch->pid || errno != EINTR)
			ch->ended = true;
	}
}

static void write_some(struct child *ch)
{
	ssize_t n = send(ch->sock, ch->out, ch->out_left, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0) {
		ch->out += n;
		ch->out_left -= (size_t)n;
	} else if (errno != EAGAIN && errno != EINTR) {
		ch->out_left = 0; /* it is gone or going: its status will say why */
	}
	if (ch->out_left == 0)
		shutdown(ch->sock, SHUT_WR);
}

/* False at the end of its answer. */
static bool read_some(struct child *ch)
{
	char data[16384];
	ssize_t n = recv(ch->sock, data, sizeof data, MSG_DONTWAIT);
	if (n > 0)
		buf_add(&ch->in, data, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Where SIGCHLD is ignored the kernel keeps no status: then the answer alone has to do. */
static void reap(struct child *ch)
{
	pid_t pid = waitpid(ch->pid, &ch->status, WNOHANG);
	ch->ended = pid == ch->pid || (pid < 0 && errno != EINTR);
}

static void talk(struct child *ch)
{
	bool reading = true;
	while (!ch->ended || reading) {
		struct pollfd p[] = {
			{.fd = reading ? ch->sock : -1,
				.events = (short)(POLLIN | (ch->out_left ? POLLOUT : 0))},
			{.fd = ch->ended ? -1 : ch->pidfd, .events = POLLIN},
			{.fd = ch->timer, .events = POLLIN},
		};
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return;
		if (p[2].revents) {
			ch->timed_out = true;
			return;
		}
		if (p[0].revents & POLLOUT)
			write_some(ch);
		if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
			reading = read_some(ch);
		if (ch->in.overflow)
			return;
		if (p[1].revents)
			reap(ch);
	}
}

static enum rc judge(const struct child *ch, struct diags *ds, struct diag *d)
{
	if (ch->timed_out)
		return diag_set(d, RC_LIMIT,
			N_("the configuration could not be read: reading took longer than %d "
			   "seconds"),
			CONF_VET_WALL_S);
	if (ch->in.overflow)
		return diag_set(d, RC_INVALID,
			N_("the configuration could not be read: the reader process said too "
			   "much"));
	if (WIFSIGNALED(ch->status))
		return diag_set(d, RC_LIMIT,
			N_("the configuration could not be read: the reader process was ended by "
			   "signal %d"),
			WTERMSIG(ch->status));
	if (WEXITSTATUS(ch->status) != 0)
		return diag_set(d, RC_INVALID,
			N_("the configuration could not be read: the reader process ended with "
			   "status %d"),
			WEXITSTATUS(ch->status));
	size_t before = ds->n_errors;
	if (!conf_wire_get(ch->in.data, ch->in.len, ds))
		return diag_set(d, RC_INVALID,
			N_("the configuration could not be read: the reader process gave no clear "
			   "answer"));
	return ds->n_errors > before ? RC_INVALID : RC_OK;
}

enum rc conf_vet(const struct conf_bundle *b, const char *self_exe, struct diags *ds)
{
	struct diag d = DIAG_INIT;
	struct child ch = {.sock = -1, .pidfd = -1, .timer = -1};
	int pair[2] = {-1, -1};
	char *packed;
	enum rc rc;
	conf_bundle_pack(b, &packed, &ch.out_left);
	ch.out = packed;
	buf_init(&ch.in, WIRE_BYTES_MAX);
	struct itimerspec limit = {.it_value.tv_sec = CONF_VET_WALL_S};
	ch.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (ch.timer < 0 || timerfd_settime(ch.timer, 0, &limit, NULL) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		rc = diag_set_errno(&d, RC_IO, errno,
			N_("the configuration could not be read: no reader process"));
		goto out;
	}
	ch.sock = pair[0];
	rc = spawn_child(self_exe ? self_exe : "/proc/self/exe", pair[1], &ch.pid, &d);
	if (rc)
		goto out;
	close(pair[1]);
	pair[1] = -1;
	ch.pidfd = pidfd_open(ch.pid, 0);
	if (ch.pidfd < 0)
		rc = diag_set_errno(&d, RC_IO, errno,
			N_("the configuration could not be read: no reader process"));
	else
		talk(&ch);
	stop_child(&ch);
	if (rc == RC_OK)
		rc = judge(&ch, ds, &d);
out:
	if (rc && d.msgid[0]) {
		diag_at(&d, b->file[0].name, 1);
		diags_add(ds, &d);
	}
	for (size_t i = 0; i < 4; i++) {
		int fd = (int[]){ch.sock, pair[1], ch.pidfd, ch.timer}[i];
		if (fd >= 0)
			close(fd);
	}
	buf_done(&ch.in);
	free(packed);
	return rc;
}
