#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "buf.h"
#include "control.h"
#include "mem.h"

static const uint64_t IDLE_US = (uint64_t)CONTROL_IDLE_S * 1000000;

struct connection {
	struct control_server *server;
	int fd;
	sd_event_source *io, *idle;
	struct control_peer peer;
	char name[64];
	struct buf in, out;
	size_t sent;
};

struct control_server {
	struct sd_event *loop;
	int fd;
	sd_event_source *io;
	control_handler_fn *handler;
	void *ctx;
	struct connection *connection[CONTROL_CONNECTIONS_MAX];
	struct sockaddr_un address;
};

static void close_connection(struct connection *c)
{
	for (int i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		if (c->server->connection[i] == c)
			c->server->connection[i] = NULL;
	sd_event_source_disable_unref(c->io);
	sd_event_source_disable_unref(c->idle);
	close(c->fd);
	buf_done(&c->in);
	buf_done(&c->out);
	free(c);
}

/* ---- one request --------------------------------------------------------------------------------- */

static json_t *reply_to(struct connection *c, const char *line, size_t len)
{
	struct diag d = DIAG_INIT;
	const char *verb;
	json_t *root = NULL, *data = NULL;
	enum rc rc = control_parse_request(line, len, &verb, &root, &d);
	if (rc == RC_OK) {
		json_t *args = json_object_get(root, "args");
		rc = c->server->handler(c->server->ctx, verb, args, &c->peer, &data, &d);
	}
	json_decref(root);
	if (rc == RC_OK)
		return json_pack("{s:b,s:o}", "ok", 1, "data", data ? data : json_object());
	return control_fault_to_json(&d);
}

static void answer_too_large(struct buf *out)
{
	struct diag d;
	diag_set(&d, RC_LIMIT, N_("the answer is too large; ask for less"));
	json_t *fault = control_fault_to_json(&d);
	char *text = json_dumps(fault, JSON_COMPACT);
	json_decref(fault);
	buf_puts(out, text ? text : "{\"ok\":false}");
	free(text);
}

static void answer(struct connection *c, const char *line, size_t len)
{
	json_t *reply = reply_to(c, line, len);
	char *text = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	buf_clear(&c->out);
	c->sent = 0;
	if (text && strlen(text) < CONTROL_REPLY_MAX)
		buf_puts(&c->out, text);
	else
		answer_too_large(&c->out);
	free(text);
	buf_putc(&c->out, '\n');
	sd_event_source_set_time_relative(c->idle, IDLE_US);
}

/* ---- input and output ------------------------------------------------------------------------------ */

/* False: the connection is gone. */
static bool flush(struct connection *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			sd_event_source_set_io_events(c->io, EPOLLOUT);
			return true;
		}
		if (n <= 0) {
			close_connection(c);
			return false;
		}
		c->sent += (size_t)n;
	}
	sd_event_source_set_io_events(c->io, EPOLLIN);
	return true;
}

static void take_line(struct connection *c)
{
	char *end = memchr(c->in.data, '\n', c->in.len);
	if (!end)
		return;
	size_t len = (size_t)(end - c->in.data);
	answer(c, c->in.data, len);
	buf_clear(&c->in); /* one request at a time: what came behind it is dropped */
	flush(c);
}

static int on_connection(sd_event_source *s, int fd, uint32_t revents, void *userdata)
{
	(void)s;
	struct connection *c = userdata;
	if (revents & EPOLLOUT) {
		flush(c);
		return 0;
	}
	char part[8192];
	ssize_t n = recv(fd, part, sizeof part, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close_connection(c);
		return 0;
	}
	buf_add(&c->in, part, (size_t)n);
	if (c->in.overflow)
		close_connection(c);
	else
		take_line(c);
	return 0;
}

static int on_idle(sd_event_source *s, uint64_t usec, void *userdata)
{
	(void)s;
	(void)usec;
	close_connection(userdata);
	return 0;
}

/* ---- accepting ------------------------------------------------------------------------------------- */

static void identify(struct connection *c)
{
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t len = sizeof cred;
	getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	struct passwd pw, *found = NULL;
	char scratch[2048];
	getpwuid_r(cred.uid, &pw, scratch, sizeof scratch, &found);
	if (found)
		snprintf(c->name, sizeof c->name, "%s", found->pw_name);
	else
		snprintf(c->name, sizeof c->name, "uid-%u", (unsigned)cred.uid);
	c->peer = (struct control_peer){cred.uid, cred.pid, c->name};
}

static int on_accept(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	struct control_server *s = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer < 0)
		return 0;
	int slot = 0;
	while (slot < CONTROL_CONNECTIONS_MAX && s->connection[slot])
		slot++;
	if (slot == CONTROL_CONNECTIONS_MAX) {
		close(peer);
		return 0;
	}
	struct connection *c = mem_new(1, sizeof *c);
	*c = (struct connection){.server = s, .fd = peer};
	buf_init(&c->in, CONTROL_REQUEST_MAX + 1);
	buf_init(&c->out, CONTROL_REPLY_MAX);
	identify(c);
	s->connection[slot] = c;
	if (sd_event_add_io(s->loop, &c->io, peer, EPOLLIN, on_connection, c) < 0 ||
		sd_event_add_time_relative(
			s->loop, &c->idle, CLOCK_MONOTONIC, IDLE_US, 1000000, on_idle, c) < 0)
		close_connection(c);
	return 0;
}

/* ---- listening ------------------------------------------------------------------------------------- */

/* Not blocking: one whose backlog is full (EAGAIN) is alive too. */
static bool somebody_answers(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answers = fd >= 0 && (connect(fd, (const struct sockaddr *)sa, sizeof *sa) == 0 ||
					  errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	return answers;
}

static enum rc bind_socket(struct control_server *s, mode_t mode, struct diag *d)
{
	const char *path = s->address.sun_path;
	if (somebody_answers(&s->address))
		return diag_set(d, RC_EXISTS, N_("somebody already answers at %s"), path);
	struct stat st;
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return diag_set(d, RC_EXISTS, N_("%s is there and is not a socket"), path);
	unlink(path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("no socket"));
	mode_t old = umask(0777 & ~mode);
	int r = bind(s->fd, (struct sockaddr *)&s->address, sizeof s->address);
	int err = errno;
	umask(old);
	if (r == 0 && listen(s->fd, CONTROL_CONNECTIONS_MAX)) {
		err = errno;
		unlink(path);
		r = -1;
	}
	if (r)
		return diag_set_errno(d, RC_IO, err, N_("cannot listen at %s"), path);
	return RC_OK;
}

enum rc control_listen(struct sd_event *loop, const char *path, mode_t mode,
	control_handler_fn *handler, void *ctx, struct control_server **ret, struct diag *d)
{
	struct control_server *s = mem_new(1, sizeof *s);
	*s = (struct control_server){.loop = loop,
		.fd = -1,
		.handler = handler,
		.ctx = ctx,
		.address.sun_family = AF_UNIX};
	enum rc rc = RC_OK;
	if (strlen(path) >= sizeof s->address.sun_path)
		rc = diag_set(
			d, RC_RANGE, N_("the path of the control socket is too long: %s"), path);
	if (rc == RC_OK) {
		memcpy(s->address.sun_path, path, strlen(path) + 1);
		rc = bind_socket(s, mode, d);
	}
	if (rc == RC_OK && sd_event_add_io(loop, &s->io, s->fd, EPOLLIN, on_accept, s) < 0)
		rc = diag_set(d, RC_IO, N_("cannot watch %s"), path);
	/* Those who hang up go first: they make room for those who come. */
	if (rc == RC_OK)
		sd_event_source_set_priority(s->io, SD_EVENT_PRIORITY_NORMAL + 1);
	if (rc) {
		if (s->fd >= 0)
			close(s->fd);
		free(s);
		return rc;
	}
	*ret = s;
	return RC_OK;
}

void control_free(struct control_server *s)
{
	if (!s)
		return;
	for (int i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		if (s->connection[i])
			close_connection(s->connection[i]);
	sd_event_source_disable_unref(s->io);
	close(s->fd);
	unlink(s->address.sun_path);
	free(s);
}
