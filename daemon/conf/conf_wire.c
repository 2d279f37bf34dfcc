#include "conf_wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

enum { IDS_MAX = 1000, ID_BYTES_MAX = 400 };
static const char MAGIC[] = "deadlined faults 1\n";

static void put_number(struct buf *out, size_t v)
{
	uint32_t n = (uint32_t)v;
	buf_add(out, &n, sizeof n);
}

static void put_text(struct buf *out, const char *s)
{
	put_number(out, s ? strlen(s) : 0);
	buf_puts(out, s ? s : "");
}

static void put_diag(struct buf *out, const struct diag *d)
{
	put_number(out, (size_t)d->rc);
	put_number(out, (size_t)d->severity);
	put_number(out, (size_t)d->line);
	put_number(out, d->n_args);
	put_text(out, d->file);
	put_text(out, d->msgid);
	put_text(out, d->hint);
	put_number(out, d->args_len);
	buf_add(out, d->args, d->args_len);
}

void conf_wire_put(const struct diags *ds, struct buf *out)
{
	buf_puts(out, MAGIC);
	put_number(out, ds->n);
	for (size_t i = 0; i < ds->n; i++)
		put_diag(out, &ds->item[i]);
	put_number(out, ds->n_errors);
	put_number(out, ds->n_warnings);
}

/* ---- the other end ---------------------------------------------------------------------------- */

struct reader {
	const char *p;
	size_t left;
	bool bad;
};

static const char *get_bytes(struct reader *r, size_t n)
{
	if (r->bad || n > r->left) {
		r->bad = true;
		return "";
	}
	const char *p = r->p;
	r->p += n;
	r->left -= n;
	return p;
}

static unsigned get_number(struct reader *r, unsigned max)
{
	uint32_t n = 0;
	const char *p = get_bytes(r, sizeof n);
	if (!r->bad)
		memcpy(&n, p, sizeof n);
	r->bad = r->bad || n > max;
	return r->bad ? 0 : n;
}

/* ret has room for max + 1 bytes. */
static void get_text(struct reader *r, unsigned max, char *ret)
{
	unsigned n = get_number(r, max);
	const char *p = get_bytes(r, n);
	r->bad = r->bad || text_check(p, n, false, NULL) != TEXT_OK;
	memcpy(ret, p, r->bad ? 0 : n);
	ret[r->bad ? 0 : n] = '\0';
}

/* A copy for the life of the process; the same pointer for the same text. */
static const char *keep_text(const char *s)
{
	static char *kept[IDS_MAX];
	static size_t n_kept;
	for (size_t i = 0; i < n_kept; i++)
		if (strcmp(kept[i], s) == 0)
			return kept[i];
	if (n_kept == IDS_MAX)
		return N_("the configuration has a fault that cannot be shown");
	kept[n_kept] = mem_strdup(s);
	return kept[n_kept++];
}

static bool has_n_texts(const char *args, unsigned len, unsigned n)
{
	unsigned found = 0;
	for (unsigned i = 0; i < len; i++)
		found += args[i] == '\0';
	return found == n && (len == 0 || args[len - 1] == '\0');
}

static void get_args(struct reader *r, struct diag *ret)
{
	ret->args_len = get_number(r, DIAG_ARGS_BYTES);
	const char *p = get_bytes(r, ret->args_len);
	if (r->bad || !has_n_texts(p, ret->args_len, ret->n_args)) {
		r->bad = true;
		return;
	}
	memcpy(ret->args, p, ret->args_len);
	for (const char *s = ret->args; s < ret->args + ret->args_len; s += strlen(s) + 1)
		r->bad = r->bad || text_check(s, strlen(s), false, NULL) != TEXT_OK;
}

static void get_diag(struct reader *r, struct diag *ret)
{
	char msgid[ID_BYTES_MAX + 1], hint[ID_BYTES_MAX + 1];
	*ret = (struct diag)DIAG_INIT;
	ret->rc = (enum rc)get_number(r, RC_UNREACHABLE);
	ret->severity = (enum severity)get_number(r, SEV_WARNING);
	ret->line = (int)get_number(r, INT32_MAX);
	ret->n_args = get_number(r, DIAG_ARGS_MAX);
	get_text(r, DIAG_FILE_BYTES - 1, ret->file);
	get_text(r, ID_BYTES_MAX, msgid);
	get_text(r, ID_BYTES_MAX, hint);
	get_args(r, ret);
	if (r->bad)
		return;
	ret->msgid = keep_text(msgid);
	ret->hint = hint[0] ? keep_text(hint) : NULL;
}

bool conf_wire_get(const char *data, size_t len, struct diags *ds)
{
	struct reader r = {data, len, false};
	struct diags got = {0};
	size_t magic_len = strlen(MAGIC);
	const char *magic = get_bytes(&r, magic_len);
	if (r.bad || memcmp(magic, MAGIC, magic_len) != 0)
		return false;
	unsigned n = get_number(&r, DIAGS_MAX);
	for (unsigned i = 0; i < n && !r.bad; i++) {
		struct diag d;
		get_diag(&r, &d);
		if (!r.bad)
			diags_add(&got, &d);
	}
	unsigned n_errors = get_number(&r, INT32_MAX), n_warnings = get_number(&r, INT32_MAX);
	bool ok = !r.bad && r.left == 0 && n_errors >= got.n_errors && n_warnings >= got.n_warnings;
	for (size_t i = 0; ok && i < got.n; i++)
		diags_add(ds, &got.item[i]);
	if (ok) {
		ds->n_errors += n_errors - got.n_errors;
		ds->n_warnings += n_warnings - got.n_warnings;
	}
	diags_done(&got);
	return ok;
}
