#include "probe.h"

#include <stdlib.h>
#include <string.h>

#include "smtp_connect.h"

struct probe {
	struct smtp_session
		session; /* first: on_end finds the probe by it.  Never reaches a mail */
	struct probe **slot;
	deliver_probe_fn *done;
	void *ctx;
};

static void free_probe(struct probe *p)
{
	wire_drop(p->session.wire, &p->session.transfer);
	redact_unref(p->session.redact);
	settings_unref(p->session.settings);
	buf_done(&p->session.out);
	*p->slot = NULL;
	free(p);
}

void probe_abandon(struct probe *p)
{
	free_probe(p);
}

static void finish(struct probe *p, const struct outcome *o, struct instant cert_until)
{
	deliver_probe_fn *done = p->done;
	void *ctx = p->ctx;
	struct outcome copy = *o;
	redact_outcome(p->session.redact, &copy);
	free_probe(p);
	done(ctx, &copy, cert_until);
}

/* "Expire date:Nov 23 12:00:00 2026 GMT" of the relay's own certificate. */
static struct instant read_expiry(CURL *easy)
{
	static const char KEY[] = "Expire date:";
	struct curl_certinfo *info = NULL;
	if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) || !info || info->num_of_certs < 1)
		return INSTANT_NONE;
	for (const struct curl_slist *l = info->certinfo[0]; l; l = l->next) {
		if (strncmp(l->data, KEY, sizeof KEY - 1) != 0)
			continue;
		time_t t = curl_getdate(l->data + sizeof KEY - 1, NULL);
		return t > 0 ? (struct instant){t} : INSTANT_NONE;
	}
	return INSTANT_NONE;
}

static void on_end(struct transfer *t, CURLcode rc)
{
	struct probe *p = (struct probe *)t;
	struct outcome o = {.class = OUTCOME_SENT};
	struct instant until = read_expiry(t->easy);
	if (rc)
		connect_classify(&p->session, rc, &o);
	else
		outcome_set_reason(&o, "%s", "ok");
	finish(p, &o, until);
}

void probe_start(struct wire *wire, const struct limits *limits, struct settings *settings,
	deliver_probe_fn *done, void *ctx, struct probe **slot)
{
	struct probe *p = mem_new(1, sizeof *p);
	struct outcome o;
	p->slot = slot;
	p->done = done;
	p->ctx = ctx;
	p->session = (struct smtp_session){.wire = wire,
		.limits = limits,
		.settings = settings_ref(settings),
		.transfer.on_end = on_end};
	smtp_reply_init(&p->session.reply);
	*slot = p;
	if (connect_start(&p->session, &o))
		curl_easy_setopt(p->session.transfer.easy, CURLOPT_CERTINFO, 1L);
	else
		finish(p, &o, INSTANT_NONE);
}
