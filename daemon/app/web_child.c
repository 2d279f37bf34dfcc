#include "web_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "clock.h"
#include "i18n.h"
#include "log.h"
#include "mem.h"
#include "paths.h"
#include "text.h"

enum { WAIT_MIN_S = 1, WAIT_MAX_S = 60, LIVED_MS = 60000, STOP_MS = 2000 };

struct web_child {
	sd_event *loop;
	char program[PATH_BYTES];
	char listen[80], feeds[PATH_BYTES], socket[PATH_BYTES];
	char **env;
	pid_t pid; /* 0: none */
	int pidfd;
	sd_event_source *ended, *again;
	int64_t started_ms;
	unsigned wait_s;
};

static void start_again(struct web_child *w);

/* ---- the program --------------------------------------------------------------------------------- */

static enum rc find_program(char ret[static PATH_BYTES], struct diag *d)
{
	static const char NAME[] = "deadlined-web";
	ssize_t n = readlink("/proc/self/exe", ret, PATH_BYTES - sizeof NAME);
	if (n <= 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot find our own program"));
	ret[n] = '\0';
	memcpy(strrchr(ret, '/') + 1, NAME, sizeof NAME);
	if (access(ret, X_OK))
		return diag_set_errno(d, RC_NOTFOUND, errno, N_("cannot start %s"), ret);
	return RC_OK;
}

/* What systemd said is for us alone. */
static bool is_ours(const char *variable)
{
	static const char *const OURS[] = {
		"NOTIFY_SOCKET=", "WATCHDOG_", "LISTEN_", "CREDENTIALS_DIRECTORY="};
	for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++)
		if (text_has_prefix(variable, OURS[i]))
			return true;
	return false;
}

static char **copy_environment(void)
{
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	char **env = mem_new(n + 1, sizeof *env);
	for (size_t i = 0; i < n; i++)
		if (!is_ours(environ[i]))
			env[kept++] = environ[i];
	return env;
}

/* Between fork and exec only what is safe there. */
static void become(const struct web_child *w, pid_t parent)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent)
		execle(w->program, w->program, "--listen", w->listen, "--feeds", w->feeds,
			"--socket", w->socket, (char *)NULL, w->env);
	_exit(127);
}

static void reap(struct web_child *w)
{
	int status;
	w->ended = sd_event_source_disable_unref(w->ended);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(w->pidfd);
	w->pid = 0;
}

static int on_again(sd_event_source *source, uint64_t at, void *ctx)
{
	(void)source;
	(void)at;
	start_again(ctx);
	return 0;
}

static void start_later(struct web_child *w)
{
	log_warn(_("deadlined-web ended; it is started again in %u s"), w->wait_s);
	w->again = sd_event_source_disable_unref(w->again);
	if (sd_event_add_time_relative(w->loop, &w->again, CLOCK_MONOTONIC,
		    (uint64_t)w->wait_s * 1000000, 100000, on_again, w) < 0)
		log_err(_("deadlined-web cannot be started again"));
	w->wait_s = w->wait_s * 2 > WAIT_MAX_S ? WAIT_MAX_S : w->wait_s * 2;
}

static int on_ended(sd_event_source *source, int fd, uint32_t revents, void *ctx)
{
	(void)source;
	(void)fd;
	(void)revents;
	struct web_child *w = ctx;
	reap(w);
	if (clock_boot_ms() - w->started_ms > LIVED_MS)
		w->wait_s = WAIT_MIN_S;
	start_later(w);
	return 0;
}

static void start_again(struct web_child *w)
{
	pid_t parent = getpid();
	w->started_ms = clock_boot_ms();
	pid_t pid = fork();
	if (pid == 0)
		become(w, parent);
	if (pid < 0) {
		start_later(w);
		return;
	}
	w->pid = pid;
	w->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (w->pidfd >= 0 &&
		sd_event_add_io(w->loop, &w->ended, w->pidfd, EPOLLIN, on_ended, w) >= 0)
		return;
	kill(pid, SIGKILL);
	reap(w);
	log_err(_("deadlined-web cannot be watched, so it is not started"));
}

/* ---- life ---------------------------------------------------------------------------------------- */

enum rc web_child_start(const struct web_child_options *opt, struct web_child **ret, struct diag *d)
{
	struct web_child *w = mem_new(1, sizeof *w);
	*w = (struct web_child){.loop = opt->loop, .wait_s = WAIT_MIN_S};
	snprintf(w->listen, sizeof w->listen, "%s", opt->listen);
	snprintf(w->feeds, sizeof w->feeds, "%s", opt->feeds);
	snprintf(w->socket, sizeof w->socket, "%s", opt->socket);
	enum rc rc = find_program(w->program, d);
	if (rc) {
		free(w);
		return rc;
	}
	w->env = copy_environment();
	start_again(w);
	*ret = w;
	return RC_OK;
}

void web_child_stop(struct web_child *w)
{
	if (!w)
		return;
	sd_event_source_disable_unref(w->again);
	if (w->pid) {
		struct pollfd end = {w->pidfd, POLLIN, 0};
		kill(w->pid, SIGTERM);
		if (poll(&end, 1, STOP_MS) <= 0)
			kill(w->pid, SIGKILL);
		reap(w);
	}
	free(w->env);
	free(w);
}
