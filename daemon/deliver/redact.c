#include "redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "buf.h"
#include "mem.h"

enum { FORMS_MAX = 8, FORM_MAX = 16 * 1024 };

struct redact {
	unsigned refs;
	size_t n;
	struct buf form[FORMS_MAX];
};

static struct buf *add_form(struct redact *r)
{
	struct buf *b = &r->form[r->n++];
	buf_init(b, FORM_MAX);
	return b;
}

static void add_base64(struct redact *r, const char *data, size_t len)
{
	size_t size = 4 * (len / 3 + 1) + 1;
	char *out = mem_new(size, 1);
	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)data, (int)len);
	/* The padding is no secret, and some leave it out. */
	out[strcspn(out, "=")] = '\0';
	buf_puts(add_form(r), out);
	explicit_bzero(out, size);
	free(out);
}

static void add_percent(struct redact *r, const char *s)
{
	struct buf *b = add_form(r);
	for (; *s; s++) {
		bool plain = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
			     (*s >= 'A' && *s <= 'Z') || strchr("-._~", *s);
		buf_printf(b, plain ? "%c" : "%%%02X", plain ? *s : (unsigned char)*s);
	}
}

/* PLAIN (RFC 4616): NUL user NUL secret.  Basic (RFC 7617): user colon secret. */
static void add_logins(struct redact *r, const char *user, const char *secret)
{
	size_t user_len = strlen(user), len = user_len + strlen(secret) + 2;
	char *line = mem_new(len + 1, 1);
	memcpy(line + 1, user, user_len);
	memcpy(line + 2 + user_len, secret, strlen(secret));
	add_base64(r, line, len);
	line[1 + user_len] = ':';
	add_base64(r, line + 1, len - 1);
	explicit_bzero(line, len);
	free(line);
}

struct redact *redact_new(const char *user, const char *secret)
{
	struct redact *r = mem_new(1, sizeof *r);
	r->refs = 1;
	if (user && strlen(secret) >= REDACT_MIN) /* first: the secret's base64 may be a part of it */
		add_logins(r, user, secret);
	redact_add(r, secret);
	return r;
}

void redact_add(struct redact *r, const char *secret)
{
	if (strlen(secret) < REDACT_MIN || r->n + 3 > FORMS_MAX)
		return;
	buf_puts(add_form(r), secret);
	add_percent(r, secret);
	add_base64(r, secret, strlen(secret));
}

struct redact *redact_ref(struct redact *r)
{
	if (r)
		r->refs++;
	return r;
}

void redact_unref(struct redact *r)
{
	if (!r || --r->refs)
		return;
	for (size_t i = 0; i < r->n; i++) {
		explicit_bzero(r->form[i].data, r->form[i].len);
		buf_done(&r->form[i]);
	}
	free(r);
}

static void mask(char *at, size_t len)
{
	size_t stars = len < 3 ? len : 3;
	memset(at, '*', stars);
	memmove(at + stars, at + len, strlen(at + len) + 1);
}

/* How much of a secret stands at s: all of it, or what a cut left of it at the end of s. */
static size_t match(const char *s, const struct buf *form)
{
	size_t len = strlen(s);
	if (len >= form->len)
		len = form->len;
	else if (len < REDACT_MIN)
		return 0;
	return strncasecmp(s, form->data, len) == 0 ? len : 0;
}

static void mask_form(char *text, const struct buf *form)
{
	for (char *p = text; *p; p++) {
		size_t len = match(p, form);
		if (len)
			mask(p, len);
	}
}

static void mask_queries(char *text)
{
	for (char *p = text; (p = strstr(p, "://"));) {
		p += 3;
		char *query = p + strcspn(p, " ?\"'<>");
		if (*query != '?')
			continue;
		size_t len = strcspn(query + 1, " \"'<>");
		if (len)
			mask(query + 1, len);
	}
}

static void mask_text(const struct redact *r, char *text)
{
	for (size_t i = 0; r && i < r->n; i++)
		mask_form(text, &r->form[i]);
}

void redact_outcome(const struct redact *r, struct outcome *o)
{
	mask_text(r, o->reason);
	mask_text(r, o->peer_id);
	mask_queries(o->reason);
}
