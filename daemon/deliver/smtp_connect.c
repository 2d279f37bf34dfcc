#include "smtp_connect.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "address.h"
#include "credential.h"
#include "smtp_classify.h"

enum { GREETING_MAX = 64 * 1024, SEND_BUFFER = 64 * 1024 };

/* Linux would take megabytes at once, so that a whole mail seemed written that the relay had not begun
 * to read. */
static int on_socket_made(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	const int size = SEND_BUFFER;
	(void)ctx;
	(void)purpose;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	return CURL_SOCKOPT_OK;
}

/* libcurl hands over each line of each reply; EHLO's tell the size limit.  It would read a reply that
 * never ends until time is up. */
static size_t on_line(char *data, size_t size, size_t n, void *ctx)
{
	struct smtp_session *s = ctx;
	size_t len = size * n, used = 0;
	s->said_bytes += len;
	if (s->said_bytes > GREETING_MAX)
		return 0;
	/* A greeting or the go-ahead for TLS makes what was offered before void (RFC 3207 4.2). */
	if (len >= 3 && memcmp(data, "220", 3) == 0)
		s->reply.size_limit = 0;
	if (smtp_reply_feed(&s->reply, data, len, &used) == SMTP_GARBAGE)
		smtp_reply_init(&s->reply);
	return len;
}

static bool refuse_start(struct outcome *ret, const char *why)
{
	*ret = (struct outcome){.class = OUTCOME_RETRY, .fault = FAULT_CONFIG};
	outcome_set_reason(ret, "%s", why);
	return false;
}

static bool set_password(struct smtp_session *s, struct outcome *ret)
{
	const struct email_settings *e = &s->settings->email;
	struct credential c;
	struct diag d = DIAG_INIT;
	if (!e->user)
		return true;
	if (e->tls == TLS_NONE && !host_is_loopback(e->host))
		return refuse_start(ret, "a password is not sent over a connection without TLS");
	if (!e->password_credential)
		return refuse_start(ret, "a user is set, but no password");
	if (credential_read(s->limits->credentials_dir, e->password_credential, &c, &d)) {
		char why[DIAG_TEXT_MAX];
		diag_text(&d, NULL, why, sizeof why);
		return refuse_start(ret, why);
	}
	curl_easy_setopt(s->transfer.easy, CURLOPT_USERNAME, e->user);
	curl_easy_setopt(s->transfer.easy, CURLOPT_PASSWORD, c.text);
	s->redact = redact_new(e->user, c.text);
	if (s->attempt)
		attempt_redact(s->attempt, s->redact);
	credential_wipe(&c);
	return true;
}

/* EHLO names the sender's domain: it is what the admin gave us, a host name may be anything. */
static void set_url(struct smtp_session *s)
{
	const struct email_settings *e = &s->settings->email;
	const char *at = strrchr(e->from_address, '@');
	bool v6 = strchr(e->host, ':') != NULL;
	char url[700];
	snprintf(url, sizeof url, "%s://%s%s%s:%d/%s", e->tls == TLS_WRAPPED ? "smtps" : "smtp",
		v6 ? "[" : "", e->host, v6 ? "]" : "", e->port, at ? at + 1 : "localhost");
	curl_easy_setopt(s->transfer.easy, CURLOPT_URL, url);
}

bool connect_start(struct smtp_session *s, struct outcome *ret)
{
	const struct email_settings *e = &s->settings->email;
	/* libcurl's connect time runs until AUTH is through, and relays make strangers wait. */
	long patience_ms = 4L * s->limits->connect_ms;
	CURL *easy = wire_easy("smtp,smtps", e->ca_file, patience_ms, patience_ms);
	s->transfer.easy = easy;
	if (!easy)
		return refuse_start(ret, "libcurl could not be set up");
	set_url(s);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		e->tls == TLS_NONE ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_made);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, s->error);
	if (!set_password(s, ret))
		return false;
	if (!wire_start(s->wire, &s->transfer))
		return refuse_start(ret, "libcurl could not be set up");
	return true;
}

static enum smtp_stage stage_of(CURLcode rc, int code)
{
	switch (rc) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_INITFAILED:
		return SMTP_TLS;
	case CURLE_LOGIN_DENIED:
	case CURLE_AUTH_ERROR:
		return SMTP_AUTH;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_REMOTE_ACCESS_DENIED:
		return SMTP_HELLO;
	default:
		return code ? SMTP_HELLO : SMTP_CONNECT;
	}
}

static enum smtp_cause cause_of(CURLcode rc)
{
	switch (rc) {
	case CURLE_OPERATION_TIMEDOUT:
		return SMTP_TIMED_OUT;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_WRITE_ERROR: /* on_line had enough */
		return SMTP_GARBLED;
	case CURLE_FAILED_INIT:
	case CURLE_OUT_OF_MEMORY:
		return SMTP_LOCAL;
	default:
		return SMTP_DROPPED;
	}
}

void connect_classify(const struct smtp_session *s, CURLcode rc, struct outcome *ret)
{
	struct smtp_end end = {
		.stage = stage_of(rc, s->reply.code),
		.cause = cause_of(rc),
		.reply = &s->reply,
		.detail = wire_words(rc, s->error),
	};
	/* A refusal in words beats libcurl's account of it. */
	if (s->reply.code >= 400)
		end.cause = SMTP_REPLIED;
	smtp_classify(&end, ret);
	/* A stolen or mistyped password and a bad certificate need a person. */
	if (end.stage == SMTP_AUTH && end.cause != SMTP_REPLIED)
		ret->fault = FAULT_CONFIG;
}
