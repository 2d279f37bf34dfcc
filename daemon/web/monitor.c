#include "monitor.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { TEXT_MAX = 64 * 1024 };
static const char BUSY[] = "not now\n";
enum shown { HEALTH_BRIEF, HEALTH_WHOLE, METRICS, SHOWN_N };

struct kept {
	char *text; /* NULL: nothing yet */
	unsigned status;
	int64_t at_ms;
};

struct monitor {
	struct asker *asker;
	const struct tally *tally;
	pthread_mutex_t lock; /* of what follows: the asker's thread writes it */
	struct kept kept[SHOWN_N];
};

/* ---- metrics --------------------------------------------------------------------------------------- */

static void put_head(struct buf *b, const char *name, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void put_feeds_made(struct buf *b, const json_t *data)
{
	static const char NAME[] = "deadlined_feeds_made_total";
	const json_t *n = json_object_get(data, "feeds_made");
	if (json_is_integer(n))
		buf_printf(b,
			"# HELP %s Calendar feeds made anew because something in them changed.\n"
			"# TYPE %s counter\n%s %" PRId64 "\n",
			NAME, NAME, NAME, (int64_t)json_integer_value(n));
}

static void put_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	put_head(b, name, help);
	buf_printf(b, "%s %" PRId64 "\n", name, value);
}

/* Absent while it is null: a zero would be a moment of 1970. */
static void put_number(
	struct buf *b, const json_t *from, const char *key, const char *name, const char *help)
{
	const json_t *value = json_object_get(from, key);
	if (json_is_integer(value))
		put_gauge(b, name, help, json_integer_value(value));
}

static bool is_word(const char *s)
{
	return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz_-") == strlen(s);
}

static void put_states(struct buf *b, const json_t *counts, const char *name, const char *more)
{
	const char *state;
	json_t *n;
	json_object_foreach((json_t *)(uintptr_t)counts, state, n)
	{
		if (is_word(state))
			buf_printf(b, "%s{%sstate=\"%s\"} %" PRId64 "\n", name, more, state,
				(int64_t)json_integer_value(n));
	}
}

static void put_messages(struct buf *b, const json_t *channels)
{
	static const char NAME[] = "deadlined_messages";
	const char *channel;
	char more[64];
	json_t *counts;
	put_head(b, NAME, "Messages kept, by channel and state.");
	json_object_foreach((json_t *)(uintptr_t)channels, channel, counts)
	{
		if (!is_word(channel))
			continue;
		snprintf(more, sizeof more, "channel=\"%.40s\",", channel);
		put_states(b, counts, NAME, more);
	}
}

static void put_moments(struct buf *b, const json_t *epoch)
{
	put_number(b, epoch, "started", "deadlined_start_time_seconds", "Start of the engine.");
	put_number(b, epoch, "last_tick", "deadlined_last_tick_timestamp_seconds",
		"When the engine last looked what is due.");
	put_number(b, epoch, "next_wake", "deadlined_next_wake_timestamp_seconds",
		"When it will look again at the latest; absent if nothing waits.");
	put_number(b, epoch, "oldest_unsent", "deadlined_oldest_unsent_timestamp_seconds",
		"Since when the longest waiting message has been due; absent if none is behind.");
	put_number(b, epoch, "config_loaded", "deadlined_config_loaded_timestamp_seconds",
		"When the configuration in force was read.");
}

static bool is_text(const json_t *data, const char *key, const char *want)
{
	const char *text = json_string_value(json_object_get(data, key));
	return text && strcmp(text, want) == 0;
}

void monitor_print(const json_t *data, struct buf *b)
{
	static const char OBLIGATIONS[] = "deadlined_obligations";
	const char *version = json_string_value(json_object_get(data, "version"));
	put_gauge(b, "deadlined_up", "Does the engine answer?", data != NULL);
	if (!data)
		return;
	if (version && strspn(version, "0123456789.") == strlen(version)) {
		put_head(b, "deadlined_build_info", "The engine's version.");
		buf_printf(b, "deadlined_build_info{version=\"%s\"} 1\n", version);
	}
	put_gauge(b, "deadlined_healthy", "Is it on time, with a store that works?",
		json_is_true(json_object_get(data, "ok")));
	put_moments(b, json_object_get(data, "epoch"));
	put_gauge(b, "deadlined_config_current", "Is the configuration in force that of the files?",
		is_text(data, "config", "current"));
	put_gauge(b, "deadlined_held", "Do messages wait because the clock is not believed?",
		json_is_string(json_object_get(data, "hold")));
	put_number(b, data, "provisional", "deadlined_provisional_dates",
		"Open obligations whose date or unit may still move.");
	put_number(b, data, "destinations_down", "deadlined_destinations_down",
		"Servers and gateways that do not work.");
	put_feeds_made(b, data);
	put_messages(b, json_object_get(data, "messages"));
	put_head(b, OBLIGATIONS, "Obligations, by state.");
	put_states(b, json_object_get(data, "obligations"), OBLIGATIONS, "");
}

/* ---- answering --------------------------------------------------------------------------------------- */

/* Our own counters are as they stand now, the engine's as it last said. */
static void wake(const struct monitor *m, struct http_exchange *x, enum shown what, unsigned status,
	const char *text)
{
	struct buf b;
	buf_init(&b, TEXT_MAX);
	buf_puts(&b, text);
	if (what == METRICS)
		tally_print(m->tally, &b);
	http_wake(x, status,
		what == METRICS ? "text/plain; version=0.0.4; charset=utf-8" : "application/json",
		b.len ? b.data : "", b.len, NULL);
	buf_done(&b);
}

static void keep(struct monitor *m, enum shown what, unsigned status, const char *text)
{
	pthread_mutex_lock(&m->lock);
	free(m->kept[what].text);
	m->kept[what] = (struct kept){mem_strdup(text), status, http_now_ms()};
	pthread_mutex_unlock(&m->lock);
}

static bool serve_kept(struct monitor *m, struct http_exchange *x, enum shown what)
{
	const struct kept *k = &m->kept[what];
	pthread_mutex_lock(&m->lock);
	bool fresh = k->text && http_now_ms() - k->at_ms < MONITOR_FRESH_MS;
	char *text = fresh ? mem_strdup(k->text) : NULL;
	unsigned status = k->status;
	pthread_mutex_unlock(&m->lock);
	if (fresh) {
		http_wait(x);
		wake(m, x, what, status, text);
	}
	free(text);
	return fresh;
}

struct waiting {
	struct monitor *monitor;
	struct http_exchange *x;
	enum shown what;
};

/* That too many ask says nothing about the engine: it is not kept. */
static void done(void *ctx, enum rc rc, const json_t *data)
{
	struct waiting *w = ctx;
	if (rc == RC_BUSY) {
		http_wake(w->x, 503, "text/plain; charset=utf-8", BUSY, strlen(BUSY), NULL);
		free(w);
		return;
	}
	bool healthy = rc == RC_OK && json_is_true(json_object_get(data, "ok"));
	unsigned status = healthy || w->what == METRICS ? 200 : 503;
	struct buf b;
	buf_init(&b, TEXT_MAX);
	if (w->what == METRICS) {
		monitor_print(rc == RC_OK ? data : NULL, &b);
	} else {
		char *text = rc == RC_OK ? json_dumps(data, JSON_COMPACT) : NULL;
		buf_printf(&b, "%s\n", text ? text : "{\"ok\":false,\"why\":\"engine\"}");
		free(text);
	}
	keep(w->monitor, w->what, status, b.data);
	wake(w->monitor, w->x, w->what, status, b.data);
	buf_done(&b);
	free(w);
}

static void serve(struct monitor *m, struct http_exchange *x, enum shown what)
{
	if (serve_kept(m, x, what))
		return;
	struct waiting *w = mem_new(1, sizeof *w);
	*w = (struct waiting){m, x, what};
	http_wait(x);
	json_t *args = json_pack("{s:b}", "whole", what != HEALTH_BRIEF);
	if (!asker_has_room(m->asker)) {
		json_decref(args);
		done(w, RC_BUSY, NULL);
	} else if (!asker_ask(m->asker, "health", args, done, w)) {
		done(w, RC_BUSY, NULL);
	}
}

void monitor_serve_health(struct monitor *m, struct http_exchange *x, bool watcher)
{
	serve(m, x, watcher ? HEALTH_WHOLE : HEALTH_BRIEF);
}

void monitor_serve_metrics(struct monitor *m, struct http_exchange *x)
{
	serve(m, x, METRICS);
}

/* ---- life ---------------------------------------------------------------------------------------------- */

struct monitor *monitor_new(struct asker *asker, const struct tally *t)
{
	struct monitor *m = mem_new(1, sizeof *m);
	m->asker = asker;
	m->tally = t;
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

void monitor_free(struct monitor *m)
{
	if (!m)
		return;
	for (int i = 0; i < SHOWN_N; i++)
		free(m->kept[i].text);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
