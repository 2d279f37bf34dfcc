/* control: requests and faults as bytes, and a real server in a child process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <systemd/sd-event.h>

#include "control.h"

/* ---- requests ------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *line;
	enum rc rc;
} REQUESTS[] = {
	{"plain", "{\"verb\":\"status\"}", RC_OK},
	{"arguments", "{\"verb\":\"next\",\"args\":{\"limit\":5}}", RC_OK},
	{"empty", "", RC_INVALID},
	{"not JSON", "status", RC_INVALID},
	{"half", "{\"verb\":\"status\"", RC_INVALID},
	{"two documents", "{\"verb\":\"a\"}{\"verb\":\"b\"}", RC_INVALID},
	{"no verb", "{\"args\":{}}", RC_INVALID},
	{"verb is a number", "{\"verb\":7}", RC_INVALID},
	{"arguments are a list", "{\"verb\":\"a\",\"args\":[]}", RC_INVALID},
	{"an array", "[\"verb\",\"status\"]", RC_INVALID},
	{"key twice", "{\"verb\":\"a\",\"verb\":\"b\"}", RC_INVALID},
	{"not UTF-8", "{\"verb\":\"\xff\"}", RC_INVALID},
	{"escaped NUL", "{\"verb\":\"a\\u0000b\"}", RC_INVALID},
	{"lone surrogate", "{\"verb\":\"\\ud800\"}", RC_INVALID},
	{"brackets in a string", "{\"verb\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", RC_OK},
	{"quote in a string", "{\"verb\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", RC_OK},
};

static void requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof REQUESTS / sizeof *REQUESTS; i++) {
		const char *verb = NULL;
		json_t *root = NULL;
		struct diag d = DIAG_INIT;
		const char *line = REQUESTS[i].line;
		enum rc rc = control_parse_request(line, strlen(line), &verb, &root, &d);
		if (rc != REQUESTS[i].rc)
			fail_msg("%s: %d", REQUESTS[i].name, rc);
		if (rc)
			assert_true(d.msgid[0] && !root && !verb);
		else
			assert_non_null(verb);
		json_decref(root);
	}
}

static enum rc parse_deep(int depth)
{
	char line[512] = "{\"verb\":\"a\",\"args\":{\"x\":";
	size_t n = strlen(line);
	for (int i = 0; i < depth; i++)
		line[n++] = '[';
	for (int i = 0; i < depth; i++)
		line[n++] = ']';
	memcpy(line + n, "}}", 3);
	const char *verb;
	json_t *root = NULL;
	enum rc rc = control_parse_request(line, strlen(line), &verb, &root, NULL);
	json_decref(root);
	return rc;
}

static void depth_is_limited(void **state)
{
	(void)state;
	assert_int_equal(parse_deep(CONTROL_DEPTH_MAX - 2), RC_OK);
	assert_int_equal(parse_deep(CONTROL_DEPTH_MAX - 1), RC_LIMIT);
	assert_int_equal(parse_deep(200), RC_LIMIT);
}

/* ---- faults -------------------------------------------------------------------------------------- */

static const char *in_other_words(const char *msgid)
{
	return strcmp(msgid, "no %s before %d") == 0 ? "%2$d: nothing like %1$s" : msgid;
}

static void faults_keep_their_parts(void **state)
{
	(void)state;
	struct diag d, back;
	char text[DIAG_TEXT_MAX];
	diag_set(&d, RC_NOTFOUND, "no %s before %d", "明天 \"x\"", 7);
	diag_at(&d, "rules.cfg", 41);
	diag_hint(&d, "look again");
	json_t *fault = control_fault_to_json(&d);
	assert_non_null(fault);
	control_fault_from_json(fault, &back);
	json_decref(fault);
	assert_int_equal(back.rc, RC_NOTFOUND);
	diag_line(&back, NULL, text, sizeof text);
	assert_string_equal(text, "rules.cfg:41: error: no 明天 \"x\" before 7 (look again)");
	diag_text(&back, in_other_words, text, sizeof text);
	assert_string_equal(text, "7: nothing like 明天 \"x\"");
}

static void fault_with_bad_bytes_is_still_a_fault(void **state)
{
	(void)state;
	struct diag d, back;
	char text[DIAG_TEXT_MAX];
	diag_set(&d, RC_INVALID, "what is %s", "\xff\xfe");
	diag_at(&d, "\xff.cfg", 3);
	json_t *fault = control_fault_to_json(&d);
	assert_non_null(fault);
	control_fault_from_json(fault, &back);
	json_decref(fault);
	diag_text(&back, NULL, text, sizeof text);
	assert_string_equal(text, "what is ?");
	assert_int_equal(back.line, 3);
}

/* What a daemon of another version, or no daemon of ours, may say. */
static void strange_faults(void **state)
{
	(void)state;
	static const char *const FAULTS[] = {
		"{}",
		"{\"rc\":7,\"msgid\":null,\"args\":{},\"hint\":[]}",
		"{\"rc\":\"unheard-of\",\"msgid\":\"%s %s %s %n %9999d\",\"args\":[1,null]}",
		"{\"args\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\"],"
		"\"msgid\":\"%10$s%9$s%1$s\"}",
		"[]",
		"\"x\"",
	};
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
		struct diag d;
		char text[DIAG_TEXT_MAX];
		json_t *fault = json_loads(FAULTS[i], JSON_DECODE_ANY, NULL);
		assert_non_null(fault);
		control_fault_from_json(fault, &d);
		assert_int_not_equal(d.rc, RC_OK);
		assert_non_null(d.msgid);
		assert_true(d.n_args <= DIAG_ARGS_MAX);
		diag_text(&d, NULL, text, sizeof text);
		json_decref(fault);
	}
}

/* ---- a server ------------------------------------------------------------------------------------ */

struct place {
	char dir[64], path[96];
	pid_t child;
};

static json_t *long_text(size_t n)
{
	char *s = malloc(n + 1);
	memset(s, 'x', n);
	s[n] = '\0';
	json_t *text = json_string(s);
	free(s);
	return text;
}

static enum rc handle(void *ctx, const char *verb, json_t *args, const struct control_peer *peer,
	json_t **ret_data, struct diag *d)
{
	(void)ctx;
	if (strcmp(verb, "echo") == 0) {
		*ret_data = json_pack(
			"{s:O?,s:i,s:s}", "args", args, "uid", (int)peer->uid, "name", peer->name);
		return RC_OK;
	}
	if (strcmp(verb, "long") == 0) {
		json_int_t n = json_integer_value(json_object_get(args, "n"));
		*ret_data = json_pack("{s:o}", "text", long_text((size_t)n));
		return RC_OK;
	}
	if (strcmp(verb, "nothing") == 0)
		return RC_OK;
	return diag_set(d, RC_INVALID, "there is no verb \"%s\"", verb);
}

static void serve(const struct place *p)
{
	sd_event *loop;
	struct control_server *s;
	struct diag d;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sd_event_new(&loop) < 0 || control_listen(loop, p->path, 0600, handle, NULL, &s, &d))
		_exit(1);
	alarm(60);
	sd_event_loop(loop);
	_exit(1);
}

static int connect_raw(const struct place *p)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", p->path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = {.tv_sec = 10};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0)
		return fd;
	close(fd);
	return -1;
}

static int start(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	snprintf(p->dir, sizeof p->dir, "/tmp/control-test-XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->path, sizeof p->path, "%s/ctl.sock", p->dir);
	p->child = fork();
	if (p->child == 0)
		serve(p);
	*state = p;
	for (int i = 0; i < 500; i++) {
		int fd = connect_raw(p);
		if (fd >= 0)
			return close(fd);
		usleep(10000);
	}
	return -1;
}

static int stop(void **state)
{
	struct place *p = *state;
	kill(p->child, SIGKILL);
	waitpid(p->child, NULL, 0);
	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void call_and_answer(void **state)
{
	struct place *p = *state;
	struct diag d = DIAG_INIT;
	json_t *data, *args = json_pack("{s:s}", "what", "清明节");
	assert_int_equal(control_call(p->path, "echo", args, &data, &d), RC_OK);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(data, "args"), "what")),
		"清明节");
	assert_int_equal(json_integer_value(json_object_get(data, "uid")), getuid());
	assert_true(json_string_value(json_object_get(data, "name"))[0]);
	json_decref(data);
	json_decref(args);
	assert_int_equal(control_call(p->path, "nothing", NULL, &data, &d), RC_OK);
	assert_true(json_is_object(data));
	json_decref(data);
	assert_int_equal(control_call(p->path, "dance", NULL, &data, &d), RC_INVALID);
	char text[DIAG_TEXT_MAX];
	diag_text(&d, NULL, text, sizeof text);
	assert_string_equal(text, "there is no verb \"dance\"");
}

static enum rc call_long(const struct place *p, json_int_t n, size_t *ret_len)
{
	json_t *data = NULL, *args = json_pack("{s:I}", "n", n);
	enum rc rc = control_call(p->path, "long", args, &data, NULL);
	*ret_len = json_string_length(json_object_get(data, "text"));
	json_decref(data);
	json_decref(args);
	return rc;
}

static void answers_are_limited(void **state)
{
	struct place *p = *state;
	size_t len;
	static const json_int_t FRAME = sizeof "{\"ok\":true,\"data\":{\"text\":\"\"}}" - 1;
	assert_int_equal(call_long(p, 1 << 20, &len), RC_OK);
	assert_int_equal(len, 1 << 20);
	assert_int_equal(call_long(p, CONTROL_REPLY_MAX - FRAME - 1, &len), RC_OK);
	assert_int_equal(len, CONTROL_REPLY_MAX - FRAME - 1);
	for (json_int_t more = 0; more < 3; more++)
		assert_int_equal(call_long(p, CONTROL_REPLY_MAX - FRAME + more, &len), RC_LIMIT);
}

/* Sends bytes as they are; the number of bytes that come back until a line or the end. */
static ssize_t exchange(const struct place *p, const char *s, size_t len, char *ret, size_t size)
{
	int fd = connect_raw(p);
	assert_true(fd >= 0);
	for (size_t sent = 0; sent < len;) {
		ssize_t n = send(fd, s + sent, len - sent, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	ssize_t n = recv(fd, ret, size - 1, 0);
	ret[n > 0 ? n : 0] = '\0';
	close(fd);
	return n;
}

static void garbage_is_answered_or_dropped(void **state)
{
	struct place *p = *state;
	char answer[1024];
	assert_true(exchange(p, "\n", 1, answer, sizeof answer) > 0);
	assert_non_null(strstr(answer, "\"ok\":false"));
	assert_true(exchange(p, "\0\0\0\n", 4, answer, sizeof answer) > 0);
	assert_non_null(strstr(answer, "\"ok\":false"));
	/* One that never ends its line is cut off at the ceiling. */
	size_t len = CONTROL_REQUEST_MAX + 10;
	char *endless = malloc(len);
	memset(endless, '[', len);
	errno = 0;
	assert_true(exchange(p, endless, len, answer, sizeof answer) <= 0);
	assert_int_not_equal(errno, EAGAIN);
	endless[CONTROL_REQUEST_MAX] = '\n';
	assert_true(exchange(p, endless, CONTROL_REQUEST_MAX + 1, answer, sizeof answer) > 0);
	assert_non_null(strstr(answer, "\"limit\""));
	free(endless);
	call_and_answer(state);
}

static void split_and_repeated_requests(void **state)
{
	struct place *p = *state;
	char answer[256];
	int fd = connect_raw(p);
	assert_true(fd >= 0);
	for (int round = 0; round < 3; round++) {
		const char *request = "{\"verb\":\"nothing\"}\n";
		for (const char *c = request; *c; c++)
			assert_int_equal(send(fd, c, 1, 0), 1);
		ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
		assert_true(n > 0);
		answer[n] = '\0';
		assert_string_equal(answer, "{\"ok\":true,\"data\":{}}\n");
	}
	close(fd);
}

/* A peer that asks for much and never reads holds up nobody. */
static void a_peer_that_does_not_read(void **state)
{
	struct place *p = *state;
	int fd = connect_raw(p);
	const char *request = "{\"verb\":\"long\",\"args\":{\"n\":4000000}}\n";
	assert_true(fd >= 0);
	assert_true(send(fd, request, strlen(request), 0) > 0);
	call_and_answer(state);
	close(fd);
	call_and_answer(state);
}

static void the_seventeenth_is_turned_away(void **state)
{
	struct place *p = *state;
	int fd[CONTROL_CONNECTIONS_MAX];
	char c;
	for (int i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		assert_true((fd[i] = connect_raw(p)) >= 0);
	int extra = connect_raw(p);
	assert_true(extra >= 0);
	assert_int_equal(recv(extra, &c, 1, 0), 0);
	close(extra);
	for (int i = 0; i < CONTROL_CONNECTIONS_MAX; i++)
		close(fd[i]);
	call_and_answer(state);
}

/* ---- listening ----------------------------------------------------------------------------------- */

static enum rc listen_at(const char *path)
{
	sd_event *loop;
	struct control_server *s = NULL;
	assert_true(sd_event_new(&loop) >= 0);
	enum rc rc = control_listen(loop, path, 0600, handle, NULL, &s, NULL);
	control_free(s);
	sd_event_unref(loop);
	return rc;
}

static void a_living_socket_is_not_taken(void **state)
{
	struct place *p = *state;
	assert_int_equal(listen_at(p->path), RC_EXISTS);
	call_and_answer(state);
}

static void a_stale_socket_is_replaced(void **state)
{
	struct place *p = *state;
	json_t *data = NULL;
	kill(p->child, SIGKILL);
	waitpid(p->child, NULL, 0);
	assert_int_equal(control_call(p->path, "echo", NULL, &data, NULL), RC_UNREACHABLE);
	assert_int_equal(access(p->path, F_OK), 0);
	assert_int_equal(listen_at(p->path), RC_OK);
	assert_int_not_equal(access(p->path, F_OK), 0);
	p->child = fork();
	if (p->child == 0)
		serve(p);
}

static void what_is_not_a_socket_stays(void **state)
{
	struct place *p = *state;
	char path[128];
	snprintf(path, sizeof path, "%s/file", p->dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(listen_at(path), RC_EXISTS);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	char deep[300];
	memset(deep, 'd', sizeof deep - 1);
	deep[0] = '/';
	deep[sizeof deep - 1] = '\0';
	assert_int_equal(listen_at(deep), RC_RANGE);
}

static void mode_and_absence(void **state)
{
	struct place *p = *state;
	struct stat st;
	struct diag d;
	json_t *data = NULL;
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(
		control_call("/nonexistent/ctl.sock", "echo", NULL, &data, &d), RC_UNREACHABLE);
	assert_non_null(d.hint);
	assert_null(data);
}

int main(void)
{
#define SERVED(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(faults_keep_their_parts),
		cmocka_unit_test(fault_with_bad_bytes_is_still_a_fault),
		cmocka_unit_test(strange_faults),
		SERVED(call_and_answer),
		SERVED(answers_are_limited),
		SERVED(garbage_is_answered_or_dropped),
		SERVED(split_and_repeated_requests),
		SERVED(a_peer_that_does_not_read),
		SERVED(the_seventeenth_is_turned_away),
		SERVED(a_living_socket_is_not_taken),
		SERVED(a_stale_socket_is_replaced),
		SERVED(what_is_not_a_socket_stays),
		SERVED(mode_and_absence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
