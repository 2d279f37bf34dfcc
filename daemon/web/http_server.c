#include "http_server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <microhttpd.h>

#include "buf.h"
#include "mem.h"

#include "client.h"
#include "connections.h"
#include "http_response.h"

enum { FREE_BYTES = 1 << 20, BYTES_A_SECOND = 64 * 1024, FORWARDED_MAX = 16, FRAMING_NEVER = 1000 };

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_site site;
	struct tally *tally;
	void (*refused)(void *ctx, unsigned status, enum route r, const char *client);
	void *refused_ctx;
	struct connections open;
};

struct http_exchange {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct http_request request;
	enum route route;
	bool begun, answered, has_body;
	struct buf body;
	size_t body_max;
	unsigned status;     /* with later */
	unsigned refused_as; /* 0: by the status of the answer */
	struct MHD_Response *later;
	enum MHD_Result result;
	char target[]; /* path and query */
};

int64_t http_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- answering ----------------------------------------------------------------------------------- */

static struct connection *connection_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static void grant_time(struct http_server *s, struct MHD_Connection *c, size_t len)
{
	struct connection *of = connection_of(c);
	int64_t more = len > FREE_BYTES ? (int64_t)(len - FREE_BYTES) * 1000 / BYTES_A_SECOND : 0;
	if (of)
		connection_grant(of, http_now_ms() + s->open.deadline_ms + more);
}

static void note_refusal(const struct http_exchange *x, unsigned status)
{
	const struct http_server *s = x->server;
	char client[NET_TEXT_SIZE];
	net_address_format(&x->request.client, client);
	if (s->refused)
		s->refused(s->refused_ctx, status, x->route, client);
}

static void queue(struct http_exchange *x, unsigned status, struct MHD_Response *r)
{
	x->answered = true;
	tally_answer(x->server->tally, x->route, status);
	if (status >= 400 || x->refused_as)
		note_refusal(x, x->refused_as ? x->refused_as : status);
	x->result = MHD_queue_response(x->connection, status, r);
}

void http_answer(struct http_exchange *x, unsigned status, struct http_blob *b)
{
	queue(x, status, (struct MHD_Response *)b);
}

void http_say(
	struct http_exchange *x, unsigned status, const char *line, const struct http_field *more)
{
	struct MHD_Response *r =
		http_response_make("text/plain; charset=utf-8", line, strlen(line), more);
	queue(x, status, r);
	MHD_destroy_response(r);
}

void http_wait(struct http_exchange *x)
{
	x->result = MHD_YES;
	MHD_suspend_connection(x->connection);
}

void http_wake(struct http_exchange *x, unsigned status, const char *type, const void *body,
	size_t len, const struct http_field *more)
{
	x->status = status;
	x->later = http_response_make(type, body, len, more);
	MHD_resume_connection(x->connection);
}

/* ---- one request --------------------------------------------------------------------------------- */

const char *http_header(const struct http_exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

void http_mark_refused(struct http_exchange *x, unsigned status)
{
	x->refused_as = status;
}

void http_classify(struct http_exchange *x, enum route r)
{
	x->route = r;
}

static bool is_proxy(const struct http_server *s, const struct net_address *a)
{
	return net_list_has(s->site.proxies(s->site.ctx), a);
}

bool http_is_https(const struct http_exchange *x)
{
	const char *proto = http_header(x, "X-Forwarded-Proto");
	return proto && strcmp(proto, "https") == 0 && is_proxy(x->server, &x->request.peer);
}

struct forwarded {
	const char *field[FORWARDED_MAX];
	size_t n;
};

/* Of more than there is room for, the last count: they are the nearest. */
static enum MHD_Result collect_forwarded(
	void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	struct forwarded *f = ctx;
	if (strcasecmp(name, "X-Forwarded-For") != 0 || !value)
		return MHD_YES;
	if (f->n == FORWARDED_MAX)
		memmove(f->field, f->field + 1, --f->n * sizeof *f->field);
	f->field[f->n++] = value;
	return MHD_YES;
}

static void find_client(struct http_exchange *x)
{
	struct http_request *r = &x->request;
	const struct net_list *proxies = x->server->site.proxies(x->server->site.ctx);
	struct forwarded f = {.n = 0};
	struct connection *of = connection_of(x->connection);
	if (of)
		r->peer = r->client = of->peer;
	if (!net_list_has(proxies, &r->peer))
		return;
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, collect_forwarded, &f);
	r->client = client_find(&r->peer, proxies, f.field, f.n);
}

/* One that speaks for itself was counted when it connected. */
static bool asks_too_much(struct http_exchange *x)
{
	struct http_server *s = x->server;
	struct connection *of = connection_of(x->connection);
	const struct net_address *client = &x->request.client;
	if (!of || net_address_equal(client, &of->peer) || is_proxy(s, client))
		return false;
	return !connection_ask(&s->open, of, client);
}

/* The target as it was sent: libmicrohttpd cuts it apart and decodes it later. */
static void *begin(void *ctx, const char *target, struct MHD_Connection *connection)
{
	size_t len = strlen(target);
	struct http_exchange *x = mem_new(1, sizeof *x + len + 1);
	x->server = ctx;
	x->connection = connection;
	memcpy(x->target, target, len + 1);
	size_t path = strcspn(x->target, "?");
	x->request.path = x->target;
	x->request.path_len = path;
	x->request.query = x->target[path] ? x->target + path + 1 : "";
	return x;
}

static void end(void *ctx, struct MHD_Connection *connection, void **con_cls,
	enum MHD_RequestTerminationCode code)
{
	(void)code;
	struct http_exchange *x = *con_cls;
	struct connection *of = connection_of(connection);
	if (of)
		connection_end_request(of, http_now_ms());
	if (!x)
		return;
	grant_time(ctx, connection, 0);
	if (x->later)
		MHD_destroy_response(x->later);
	buf_done(&x->body);
	free(x);
	*con_cls = NULL;
}

static size_t keep_escapes(void *ctx, struct MHD_Connection *c, char *s)
{
	(void)ctx;
	(void)c;
	return strlen(s);
}

static const struct http_field CLOSING[] = {{"Connection", "close"}, {0}};

static enum MHD_Result refuse(struct http_exchange *x, unsigned status, const char *line)
{
	http_say(x, status, line, CLOSING);
	return x->result;
}

static enum MHD_Result count_framing(
	void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	(void)value;
	int *n = ctx;
	*n += strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0;
	/* "Content-Length : 5" is none to some and one to others. */
	if (!name[0] || name[strcspn(name, " \t\v\f\r\n")])
		*n = FRAMING_NEVER;
	return *n < FRAMING_NEVER ? MHD_YES : MHD_NO;
}

/* How the message is framed must leave no room for two opinions (RFC 9112 section 6.3). */
static bool is_framed_well(struct http_exchange *x, bool *ret_body, size_t *ret_len)
{
	const char *length = http_header(x, "Content-Length");
	const char *coding = http_header(x, "Transfer-Encoding");
	int n = 0;
	*ret_len = 0;
	*ret_body = coding != NULL;
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_framing, &n);
	if (n > 1)
		return false;
	if (!length)
		return true;
	size_t digits = strspn(length, "0123456789");
	if (!digits || digits > 18 || length[digits])
		return false;
	*ret_len = strtoull(length, NULL, 10);
	*ret_body = *ret_len > 0;
	return true;
}

static void handle(struct http_exchange *x)
{
	struct connection *of = connection_of(x->connection);
	if (of)
		of->whole = true;
	x->server->site.handle(x->server->site.ctx, x, &x->request);
}

/* Called with the head alone.  What is answered here ends the connection, so that only refusals are. */
static enum MHD_Result start(struct http_exchange *x, const char *method, const char *version)
{
	struct http_request *r = &x->request;
	struct http_server *s = x->server;
	size_t len;
	bool has_body;
	x->begun = true;
	find_client(x);
	r->method = http_method_parse(method);
	r->host = http_header(x, "Host");
	r->body = "";
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return refuse(x, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 only\n");
	if (!r->host && strcmp(version, "HTTP/1.1") == 0)
		return refuse(x, MHD_HTTP_BAD_REQUEST, "no Host\n");
	if (!is_framed_well(x, &has_body, &len))
		return refuse(x, MHD_HTTP_BAD_REQUEST, "bad framing\n");
	if (asks_too_much(x)) {
		s->tally->shed++;
		return refuse(x, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n");
	}
	if (!has_body)
		return MHD_YES;
	x->body_max = r->method == HTTP_POST ? s->site.body_max(s->site.ctx, r) : 0;
	if (r->method != HTTP_POST && r->method != HTTP_OTHER)
		return refuse(x, MHD_HTTP_BAD_REQUEST, "no body here\n");
	if (len > x->body_max && x->body_max)
		return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "too long\n");
	if (!x->body_max) {
		handle(x);
		return x->result;
	}
	buf_init(&x->body, x->body_max);
	x->has_body = true;
	return MHD_YES;
}

static enum MHD_Result serve(void *ctx, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *len, void **con_cls)
{
	(void)ctx;
	(void)url;
	(void)connection;
	struct http_exchange *x = *con_cls;
	if (!x->begun)
		return start(x, method, version);
	if (x->later) {
		queue(x, x->status, x->later);
		return x->result;
	}
	if (x->answered)
		return MHD_NO;
	if (*len) {
		/* Past its limit it is read on and dropped: there can be no answer before its end. */
		if (x->has_body)
			buf_add(&x->body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (x->body.overflow)
		return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "too long\n");
	x->request.body = x->body.len ? x->body.data : "";
	x->request.body_len = x->body.len;
	handle(x);
	return x->result;
}

/* ---- connections --------------------------------------------------------------------------------- */

static enum MHD_Result admit(void *ctx, const struct sockaddr *addr, socklen_t len)
{
	(void)len;
	struct http_server *s = ctx;
	struct net_address peer;
	if (!net_address_of(addr, &peer) || is_proxy(s, &peer))
		return MHD_YES;
	return connections_admit(&s->open, &peer) ? MHD_YES : MHD_NO;
}

/* The socket is closed only after this was told of its end. */
static void on_connection(void *ctx, struct MHD_Connection *c, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = ctx;
	struct net_address peer = {{0}};
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*context)
			connection_close(&s->open, *context);
		*context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *socket =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *from =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (from && from->client_addr)
		(void)net_address_of(from->client_addr, &peer);
	if (socket)
		*context = connection_open(&s->open, socket->connect_fd, &peer, http_now_ms());
}

void http_server_watch(struct http_server *s, int stop_fd)
{
	struct pollfd fds[] = {{stop_fd, POLLIN, 0}, {s->open.wake_fd, POLLIN, 0}};
	eventfd_t ignored;
	for (;;) {
		int64_t wait = connections_cut(&s->open, http_now_ms());
		int n = poll(fds, 2, wait < 0 ? -1 : (int)wait + 1);
		if (n > 0 && fds[0].revents)
			return;
		if (n > 0 && fds[1].revents && eventfd_read(s->open.wake_fd, &ignored))
			return;
		if (n < 0 && errno != EINTR)
			return;
	}
}

/* ---- the server ---------------------------------------------------------------------------------- */

enum rc http_server_new(const struct http_options *opt, struct http_server **ret, struct diag *d)
{
	struct http_server *s = mem_new(1, sizeof *s);
	unsigned unread_ms = opt->deadline_s * 1000;
	*s = (struct http_server){.site = opt->site,
		.tally = opt->tally,
		.refused = opt->refused,
		.refused_ctx = opt->refused_ctx};
	connections_init(&s->open, opt->per_address, (int64_t)opt->deadline_s * 1000, opt->tally);
	/* Accepted ones inherit it: what the kernel holds for somebody who does not read goes, too. */
	setsockopt(opt->listen_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
	unsigned idle_s = opt->deadline_s < HTTP_IDLE_S ? opt->deadline_s : HTTP_IDLE_S;
	s->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, 0, admit,
		s, serve, s, MHD_OPTION_LISTEN_SOCKET, opt->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, idle_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, begin, s,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED, end,
		s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
	if (!s->daemon || s->open.wake_fd < 0) {
		http_server_free(s);
		return diag_set(d, RC_IO, N_("cannot start the web server"));
	}
	*ret = s;
	return RC_OK;
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	connections_done(&s->open);
	free(s);
}

struct library http_library(void)
{
	return (struct library){"libmicrohttpd", MHD_get_version()};
}
