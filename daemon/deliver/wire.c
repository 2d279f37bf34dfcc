#include "wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <systemd/sd-event.h>

#include "mem.h"

#include "deliver.h"

struct wire {
	struct sd_event *loop;
	CURLM *multi;
	struct sd_event_source *timer;
};

/* Owners may add and drop handles from on_end, so that no pointer of libcurl's outlives the call. */
static void drain(struct wire *w)
{
	int left;
	for (CURLMsg *msg; (msg = curl_multi_info_read(w->multi, &left));) {
		struct transfer *t = NULL;
		CURLcode rc = msg->data.result;
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		t->on_end(t, rc);
	}
}

static int on_socket(sd_event_source *source, int fd, uint32_t revents, void *ctx)
{
	struct wire *w = ctx;
	int running, mask = 0;
	(void)source;
	mask |= revents & EPOLLIN ? CURL_CSELECT_IN : 0;
	mask |= revents & EPOLLOUT ? CURL_CSELECT_OUT : 0;
	mask |= revents & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR | CURL_CSELECT_IN : 0;
	curl_multi_socket_action(w->multi, fd, mask, &running);
	drain(w);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *ctx)
{
	struct wire *w = ctx;
	int running;
	(void)source;
	(void)usec;
	curl_multi_socket_action(w->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	drain(w);
	return 0;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *per_socket)
{
	struct wire *w = ctx;
	struct sd_event_source *source = per_socket;
	uint32_t mask = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
			(what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(source);
		curl_multi_assign(w->multi, fd, NULL);
		return 0;
	}
	if (source)
		return sd_event_source_set_io_events(source, mask) < 0 ? -1 : 0;
	if (sd_event_add_io(w->loop, &source, fd, mask, on_socket, w) < 0)
		return -1;
	curl_multi_assign(w->multi, fd, source);
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct wire *w = ctx;
	(void)multi;
	if (timeout_ms < 0)
		return sd_event_source_set_enabled(w->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
	if (sd_event_source_set_time_relative(w->timer, (uint64_t)timeout_ms * 1000) < 0 ||
		sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT) < 0)
		return -1;
	return 0;
}

enum rc wire_new(struct sd_event *loop, struct wire **ret, struct diag *d)
{
	struct wire *w = mem_new(1, sizeof *w);
	enum rc rc = RC_OK;
	w->loop = sd_event_ref(loop);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS)) {
		rc = diag_set(
			d, RC_STATE, N_("this libcurl looks names up in the caller's thread"));
		goto out;
	}
	w->multi = curl_multi_init();
	int r = sd_event_add_time_relative(loop, &w->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, w);
	if (!w->multi || r < 0 || sd_event_source_set_enabled(w->timer, SD_EVENT_OFF) < 0) {
		rc = diag_set_errno(d, RC_IO, -r, N_("cannot set up the network loop"));
		goto out;
	}
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETDATA, w);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERDATA, w);
out:
	if (rc) {
		wire_free(w);
		return rc;
	}
	*ret = w;
	return RC_OK;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	if (w->multi)
		curl_multi_cleanup(w->multi);
	sd_event_source_disable_unref(w->timer);
	sd_event_unref(w->loop);
	curl_global_cleanup();
	free(w);
}

CURL *wire_easy(const char *protocols, const char *ca_file, long connect_ms, long total_ms)
{
	CURL *easy = curl_easy_init();
	if (!easy)
		return NULL;
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Without it, ending a transfer waits for the lookup's thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, total_ms);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	if (ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	return easy;
}

const char *wire_words(CURLcode rc, const char *detail)
{
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return N_("the name of the host cannot be resolved");
	case CURLE_COULDNT_CONNECT:
		return N_("nobody answers at this host and port");
	case CURLE_OPERATION_TIMEDOUT:
		return N_("no answer in time");
	case CURLE_GOT_NOTHING:
		return N_("the connection was closed without an answer");
	case CURLE_PEER_FAILED_VERIFICATION:
		if (strstr(detail, "target host name"))
			return N_("the certificate is for another name");
		break;
	default:
		break;
	}
	return detail[0] ? detail : curl_easy_strerror(rc);
}

bool wire_start(struct wire *w, struct transfer *t)
{
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	return curl_multi_add_handle(w->multi, t->easy) == CURLM_OK;
}

void wire_drop(struct wire *w, struct transfer *t)
{
	if (!t->easy)
		return;
	curl_multi_remove_handle(w->multi, t->easy);
	curl_easy_cleanup(t->easy);
	t->easy = NULL;
}

struct library deliver_library(void)
{
	return (struct library){"libcurl", curl_version_info(CURLVERSION_NOW)->version};
}
