#include "smtp_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <systemd/sd-event.h>

#include "email.h"
#include "smtp_classify.h"
#include "smtp_connect.h"

enum { QUIT_MS = 2000, READ_BYTES = 4096 };

static void arm(struct smtp_session *s, int ms)
{
	sd_event_source_set_time_relative(s->timer, (uint64_t)ms * 1000);
	sd_event_source_set_enabled(s->timer, SD_EVENT_ONESHOT);
}

void session_close(struct smtp_session *s)
{
	sd_event_source_disable_unref(s->io);
	sd_event_source_disable_unref(s->timer);
	wire_drop(s->wire, &s->transfer);
	session_closed(s);
	settings_unref(s->settings);
	redact_unref(s->redact);
	buf_done(&s->out);
	free(s);
}

static enum smtp_stage stage_of(const struct smtp_session *s)
{
	switch (s->state) {
	case SESSION_RCPT:
		return SMTP_RCPT;
	case SESSION_DATA:
		return SMTP_DATA;
	case SESSION_BODY:
		return SMTP_BODY;
	case SESSION_DOT:
		return SMTP_DOT;
	case SESSION_CONNECTING:
		return SMTP_CONNECT;
	default:
		return SMTP_MAIL;
	}
}

/* The session is of no more use: what it was doing ends here. */
static void fail(struct smtp_session *s, enum smtp_cause cause, const char *detail)
{
	struct attempt *a = s->attempt;
	struct smtp_end end = {stage_of(s), cause, &s->reply, detail};
	struct outcome o;
	bool stale = s->state == SESSION_MAIL && s->n_mails > 1 && a && !a->restarted &&
		     cause != SMTP_TIMED_OUT && cause != SMTP_ABANDONED;
	smtp_classify(&end, &o);
	s->attempt = NULL;
	if (a && stale) {
		a->restarted = true;
		session_stale(s, a);
		session_close(s);
		return;
	}
	session_close(s);
	if (a)
		attempt_end(a, &o);
}

static void on_abandon(struct attempt *a)
{
	fail(a->transport, SMTP_ABANDONED, NULL);
}

/* Each piece of a mail that is taken earns patience, but not for ever: a relay that takes a byte a
 * second would hold a mail for days. */
static void arm_body(struct smtp_session *s)
{
	uint64_t now = 0, left;
	(void)sd_event_now(s->loop, CLOCK_MONOTONIC, &now);
	left = s->body_end > now ? (s->body_end - now) / 1000 : 0;
	arm(s, left < (uint64_t)s->limits->reply_ms ? (int)left : s->limits->reply_ms);
}

/* Writes what is pending; false if the session is gone. */
static bool flush(struct smtp_session *s)
{
	while (s->out_sent < s->out.len) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(
			s->transfer.easy, s->out.data + s->out_sent, s->out.len - s->out_sent, &n);
		if (rc == CURLE_AGAIN)
			break;
		if (rc != CURLE_OK) {
			fail(s, SMTP_DROPPED, NULL);
			return false;
		}
		s->out_sent += n;
		if (s->state == SESSION_BODY)
			arm_body(s);
	}
	bool done = s->out_sent == s->out.len;
	if (done && s->state == SESSION_BODY) {
		s->state = SESSION_DOT;
		arm(s, s->limits->dot_ms);
	}
	sd_event_source_set_io_events(s->io, done ? EPOLLIN : EPOLLIN | EPOLLOUT);
	return true;
}

static bool command(struct smtp_session *s, enum session_state state)
{
	s->state = state;
	s->out_sent = 0;
	arm(s, state == SESSION_QUIT ? QUIT_MS : s->limits->reply_ms);
	return flush(s);
}

static bool say(struct smtp_session *s, enum session_state state, const char *line)
{
	buf_clear(&s->out);
	buf_puts(&s->out, line);
	return command(s, state);
}

/* RFC 5321 4.5.2: a dot that begins a line is doubled. */
static bool say_body(struct smtp_session *s)
{
	const char *p = s->attempt->job.bytes;
	size_t left = s->attempt->job.len;
	buf_clear(&s->out);
	while (left) {
		const char *lf = memchr(p, '\n', left);
		size_t n = lf ? (size_t)(lf - p) + 1 : left;
		if (*p == '.')
			buf_putc(&s->out, '.');
		buf_add(&s->out, p, n);
		p += n;
		left -= n;
	}
	buf_puts(&s->out, ".\r\n");
	(void)sd_event_now(s->loop, CLOCK_MONOTONIC, &s->body_end);
	s->body_end += (uint64_t)s->limits->dot_ms * 1000;
	return command(s, SESSION_BODY);
}

/* The session may be gone when it returns. */
static void rest(struct smtp_session *s)
{
	s->state = SESSION_IDLE;
	arm(s, s->limits->idle_ms);
	if (s->n_mails >= MAILS_PER_SESSION)
		session_quit(s);
}

/* The relay refused one step: the session stays good unless it says 421. */
static void refuse(struct smtp_session *s)
{
	struct smtp_end end = {stage_of(s), SMTP_REPLIED, &s->reply, NULL};
	struct attempt *a = s->attempt;
	struct outcome o;
	if (s->reply.code == 421 || s->state == SESSION_BODY) {
		fail(s, SMTP_REPLIED, NULL);
		return;
	}
	smtp_classify(&end, &o);
	s->attempt = NULL;
	if (s->state == SESSION_DOT)
		rest(s);
	else
		(void)say(s, SESSION_RSET, "RSET\r\n");
	attempt_end(a, &o);
}

static void finish(struct smtp_session *s)
{
	struct smtp_end end = {SMTP_DOT, SMTP_REPLIED, &s->reply, NULL};
	struct attempt *a = s->attempt;
	struct outcome o;
	smtp_classify(&end, &o);
	s->attempt = NULL;
	rest(s);
	attempt_end(a, &o);
}

static void say_recipient(struct smtp_session *s)
{
	char line[300];
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", s->attempt->job.recipient);
	(void)say(s, SESSION_RCPT, line);
}

/* What the reply to the last command means in this state; true: as hoped for. */
static bool is_good(const struct smtp_session *s)
{
	switch (s->state) {
	case SESSION_DATA:
		return s->reply.code == 354;
	case SESSION_DOT:
		return s->reply.code == 250;
	default:
		return s->reply.code < 300;
	}
}

static void begin(struct smtp_session *s, struct attempt *a)
{
	char line[400];
	s->n_mails++;
	if (s->reply.size_limit && a->job.len > (size_t)s->reply.size_limit) {
		struct outcome o = {.class = OUTCOME_DEAD, .fault = FAULT_MESSAGE, .too_big = true};
		outcome_set_reason(&o, "the relay takes at most %ld bytes, the mail has %zu",
			s->reply.size_limit, a->job.len);
		s->attempt = NULL;
		rest(s);
		attempt_end(a, &o);
		return;
	}
	if (s->reply.size_limit)
		snprintf(line, sizeof line, "MAIL FROM:<%s> SIZE=%zu\r\n",
			s->settings->email.from_address, a->job.len);
	else
		snprintf(line, sizeof line, "MAIL FROM:<%s>\r\n", s->settings->email.from_address);
	(void)say(s, SESSION_MAIL, line);
}

static void on_reset(struct smtp_session *s)
{
	struct attempt *a = s->attempt;
	if (!is_good(s))
		fail(s, SMTP_DROPPED, NULL);
	else if (!a)
		rest(s);
	else
		begin(s, a);
}

static void on_reply(struct smtp_session *s)
{
	if (s->state == SESSION_IDLE || s->state == SESSION_QUIT) {
		session_close(s);
		return;
	}
	if (s->state == SESSION_RSET) {
		on_reset(s);
		return;
	}
	if (!is_good(s)) {
		if (s->reply.code >= 400)
			refuse(s);
		else
			fail(s, SMTP_GARBLED, s->reply.text);
		return;
	}
	switch (s->state) {
	case SESSION_MAIL:
		say_recipient(s);
		break;
	case SESSION_RCPT:
		(void)say(s, SESSION_DATA, "DATA\r\n");
		break;
	case SESSION_DATA:
		(void)say_body(s);
		break;
	case SESSION_DOT:
		finish(s);
		break;
	default:
		fail(s, SMTP_GARBLED, s->reply.text);
		break;
	}
}

/* Reads one reply at a time: after each the session may be gone or have another mail, and what the
 * peer says beyond is read at the next event. */
static int on_io(sd_event_source *source, int fd, uint32_t revents, void *ctx)
{
	struct smtp_session *s = ctx;
	char data[READ_BYTES];
	(void)source;
	(void)fd;
	if (revents & EPOLLOUT && !flush(s))
		return 0;
	for (;;) {
		size_t n = 0, used = 0;
		CURLcode rc = curl_easy_recv(s->transfer.easy, data, sizeof data, &n);
		if (rc == CURLE_AGAIN)
			return 0;
		if (rc != CURLE_OK || n == 0) {
			fail(s, SMTP_DROPPED, NULL);
			return 0;
		}
		enum smtp_parse parse = smtp_reply_feed(&s->reply, data, n, &used);
		if (parse == SMTP_GARBAGE) {
			fail(s, SMTP_GARBLED, NULL);
			return 0;
		}
		if (parse == SMTP_REPLY) {
			on_reply(s);
			return 0;
		}
	}
}

static int on_timer(sd_event_source *source, uint64_t usec, void *ctx)
{
	struct smtp_session *s = ctx;
	(void)source;
	(void)usec;
	if (s->state == SESSION_IDLE)
		session_quit(s);
	else
		fail(s, SMTP_TIMED_OUT, NULL);
	return 0;
}

void session_begin(struct smtp_session *s, struct attempt *a)
{
	a->transport = s;
	a->abandon = on_abandon;
	attempt_redact(a, s->redact);
	s->attempt = a;
	if (s->state == SESSION_IDLE)
		begin(s, a);
}

bool session_is_free(const struct smtp_session *s)
{
	return !s->attempt && (s->state == SESSION_IDLE || s->state == SESSION_RSET);
}

/* libcurl is through with name, TCP, TLS, greeting, EHLO and AUTH. */
static void on_connected(struct transfer *t, CURLcode rc)
{
	struct smtp_session *s = (struct smtp_session *)t;
	struct attempt *a = s->attempt;
	curl_socket_t fd = CURL_SOCKET_BAD;
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (rc == CURLE_OK && sd_event_add_io(s->loop, &s->io, fd, EPOLLIN, on_io, s) < 0)
		rc = CURLE_FAILED_INIT;
	if (rc != CURLE_OK) {
		struct outcome o;
		connect_classify(s, rc, &o);
		s->attempt = NULL;
		session_close(s);
		if (a)
			attempt_end(a, &o);
		return;
	}
	s->state = SESSION_IDLE;
	begin(s, a);
}

struct smtp_session *session_open(struct email *pool, struct sd_event *loop, struct wire *wire,
	const struct limits *limits, struct attempt *a)
{
	struct smtp_session *s = mem_new(1, sizeof *s);
	struct outcome o;
	s->pool = pool;
	s->loop = loop;
	s->wire = wire;
	s->limits = limits;
	s->settings = settings_ref(a->settings);
	s->transfer.on_end = on_connected;
	s->attempt = a;
	a->transport = s;
	a->abandon = on_abandon;
	buf_init(&s->out, 2 * (size_t)DELIVER_BYTES_MAX + 16);
	smtp_reply_init(&s->reply);
	if (connect_start(s, &o) &&
		sd_event_add_time_relative(
			loop, &s->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, s) >= 0 &&
		sd_event_source_set_enabled(s->timer, SD_EVENT_OFF) >= 0)
		return s;
	sd_event_source_disable_unref(s->timer);
	wire_drop(wire, &s->transfer);
	settings_unref(s->settings);
	redact_unref(s->redact);
	buf_done(&s->out);
	free(s);
	attempt_end(a, &o);
	return NULL;
}

void session_quit(struct smtp_session *s)
{
	(void)say(s, SESSION_QUIT, "QUIT\r\n");
}
