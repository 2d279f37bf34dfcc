#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "buf.h"
#include "control.h"

static enum rc unreachable(const char *path, int err, struct diag *d)
{
	enum rc rc = diag_set_errno(d, RC_UNREACHABLE, err, N_("no daemon answers at %s"), path);
	diag_hint(d, N_("is deadlined running? --state DIR or --socket FILE names another one"));
	return rc;
}

static enum rc connect_to(const char *path, int limit_s, int *ret_fd, struct diag *d)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof sa.sun_path)
		return diag_set(
			d, RC_RANGE, N_("the path of the control socket is too long: %s"), path);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("no socket"));
	struct timeval limit = {.tv_sec = limit_s};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&sa, sizeof sa)) {
		int err = errno;
		close(fd);
		return unreachable(path, err, d);
	}
	*ret_fd = fd;
	return RC_OK;
}

static bool send_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = send(fd, s, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		s += n;
		len -= (size_t)n;
	}
	return true;
}

static bool receive_line(int fd, struct buf *b)
{
	char part[16 * 1024];
	while (!b->overflow) {
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n <= 0)
			return false;
		buf_add(b, part, (size_t)n);
		if (part[n - 1] == '\n')
			return !b->overflow;
	}
	return false;
}

static enum rc read_reply(const struct buf *b, json_t **ret_data, struct diag *d)
{
	json_t *root = json_loadb(b->data, b->len, 0, NULL);
	if (!root)
		return diag_set(d, RC_UNREACHABLE, N_("the daemon's answer is not understood"));
	if (json_is_true(json_object_get(root, "ok"))) {
		json_t *data = json_object_get(root, "data");
		*ret_data = data ? json_incref(data) : json_object();
		json_decref(root);
		return RC_OK;
	}
	struct diag fault;
	control_fault_from_json(root, &fault);
	json_decref(root);
	if (d)
		*d = fault;
	return fault.rc;
}

enum rc control_call(
	const char *path, const char *verb, json_t *args, json_t **ret_data, struct diag *d)
{
	return control_call_within(path, CONTROL_IDLE_S, verb, args, ret_data, d);
}

enum rc control_call_within(const char *path, int limit_s, const char *verb, json_t *args,
	json_t **ret_data, struct diag *d)
{
	int fd;
	enum rc rc = connect_to(path, limit_s, &fd, d);
	if (rc)
		return rc;
	json_t *request = json_pack("{s:s,s:O*}", "verb", verb, "args", args);
	char *text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	struct buf b;
	buf_init(&b, CONTROL_REPLY_MAX + 1);
	errno = 0;
	bool answered = text && send_all(fd, text, strlen(text)) && send_all(fd, "\n", 1) &&
			receive_line(fd, &b);
	rc = answered ? read_reply(&b, ret_data, d) : unreachable(path, errno, d);
	free(text);
	buf_done(&b);
	close(fd);
	return rc;
}
