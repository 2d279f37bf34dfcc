#include "json_put.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"

enum { BLOCK = 64 * 1024 };

void json_put_init(struct json_put *w, int fd)
{
	*w = (struct json_put){.fd = fd, .block = mem_new(BLOCK, 1)};
}

static void flush(struct json_put *w)
{
	for (size_t done = 0; done < w->len && !w->failed;) {
		ssize_t n = write(w->fd, w->block + done, w->len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			w->failed = true;
	}
	w->len = 0;
}

bool json_put_done(struct json_put *w)
{
	flush(w);
	free(w->block);
	w->block = NULL;
	return !w->failed;
}

static void add(struct json_put *w, const char *s, size_t len)
{
	while (len) {
		size_t room = BLOCK - w->len;
		size_t n = len < room ? len : room;
		memcpy(w->block + w->len, s, n);
		w->len += n;
		s += n;
		len -= n;
		if (w->len == BLOCK)
			flush(w);
	}
}

void json_put_raw(struct json_put *w, const char *s)
{
	add(w, s, strlen(s));
}

static void add_escape(struct json_put *w, unsigned char c)
{
	char text[8] = {'\\', (char)c, '\0'};
	if (c < 0x20)
		snprintf(text, sizeof text, "\\u%04x", c);
	json_put_raw(w, text);
}

void json_put_text(struct json_put *w, const char *s)
{
	add(w, "\"", 1);
	while (*s) {
		size_t plain = 0;
		while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
			plain++;
		add(w, s, plain);
		s += plain;
		if (*s)
			add_escape(w, (unsigned char)*s++);
	}
	add(w, "\"", 1);
}

void json_put_key_text(struct json_put *w, const char *key, const char *s)
{
	json_put_raw(w, key);
	json_put_text(w, s);
}

void json_put_int(struct json_put *w, long long n)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", n);
	json_put_raw(w, text);
}

void json_put_bool(struct json_put *w, bool b)
{
	json_put_raw(w, b ? "true" : "false");
}

void json_put_date(struct json_put *w, struct date d)
{
	char text[DATE_TEXT_SIZE];
	if (date_is_none(d))
		json_put_raw(w, "null");
	else
		json_put_text(w, date_format(d, text));
}

void json_put_time(struct json_put *w, const struct zone *z, struct instant t)
{
	char text[ZONE_TEXT_SIZE];
	if (instant_is_none(t))
		json_put_raw(w, "null");
	else
		json_put_text(w, zone_format(z, t, text));
}
