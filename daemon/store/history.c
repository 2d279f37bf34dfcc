#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "store_sql.h"
#include "text.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32, HEX_SIZE = 65, LIMIT_MAX = 100000 };

/* A SHA-256 that takes length-prefixed fields, so that no two rows hash alike by sliding text from
 * one field into the next. */
struct hasher {
	EVP_MD_CTX *ctx;
};

static void hash_begin(struct hasher *h)
{
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL))
		abort();
}

static void hash_bytes(struct hasher *h, const void *data, size_t len)
{
	char prefix[32];
	int n = snprintf(prefix, sizeof prefix, "%zu:", len);
	if (!EVP_DigestUpdate(h->ctx, prefix, (size_t)n) || !EVP_DigestUpdate(h->ctx, data, len))
		abort();
}

static void hash_text(struct hasher *h, const char *s)
{
	hash_bytes(h, s ? s : "", s ? strlen(s) : 0);
}

static void hash_int(struct hasher *h, int64_t v)
{
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)v);
	hash_text(h, text);
}

static void hash_end(struct hasher *h, char ret[static HEX_SIZE])
{
	static const char HEX[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	if (!EVP_DigestFinal_ex(h->ctx, md, NULL))
		abort();
	EVP_MD_CTX_free(h->ctx);
	for (int i = 0; i < HASH_BYTES; i++) {
		ret[2 * i] = HEX[md[i] >> 4];
		ret[2 * i + 1] = HEX[md[i] & 15];
	}
	ret[64] = '\0';
}

static void hash_personal(const void *salt, const char *personal, char ret[static HEX_SIZE])
{
	struct hasher h;
	hash_begin(&h);
	hash_bytes(&h, salt, SALT_BYTES);
	hash_text(&h, personal);
	hash_end(&h, ret);
}

static void hash_row(const char *before, const struct history_row *r, const char *personal_hash,
	char ret[static HEX_SIZE])
{
	struct hasher h;
	hash_begin(&h);
	hash_text(&h, before);
	hash_int(&h, r->id);
	hash_int(&h, r->at.s);
	hash_text(&h, r->actor);
	hash_text(&h, r->kind);
	hash_text(&h, r->obligation_id);
	hash_int(&h, r->message_id);
	hash_text(&h, r->reminder_key);
	hash_text(&h, r->person);
	hash_text(&h, r->detail);
	hash_text(&h, personal_hash);
	hash_end(&h, ret);
}

static enum rc last_row(
	struct store *s, int64_t *ret_id, char ret_hash[static HEX_SIZE], struct diag *d)
{
	struct sql q;
	*ret_id = 0;
	ret_hash[0] = '\0';
	enum rc rc = sql_open(s, &q, "SELECT id, hash FROM history ORDER BY id DESC LIMIT 1", d);
	if (rc)
		return rc;
	bool row;
	struct arena a = ARENA_INIT;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK && row) {
		*ret_id = sql_get_int(&q, 0);
		snprintf(ret_hash, HEX_SIZE, "%s", sql_get_text(&q, 1, &a));
		sql_reset(&q);
	}
	arena_done(&a);
	return rc;
}

static enum rc insert(struct store *s, const struct history_row *r, const unsigned char *salt,
	const char *personal_hash, const char *hash, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO history (id, at, actor, kind, obligation, message, reminder, person,"
		" detail, personal, salt, personal_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
		d);
	if (rc)
		return rc;
	sql_int(&q, r->id);
	sql_instant(&q, r->at);
	sql_text(&q, r->actor);
	sql_text(&q, r->kind);
	sql_text(&q, r->obligation_id);
	sql_int(&q, r->message_id);
	sql_text(&q, r->reminder_key);
	sql_text(&q, r->person);
	sql_text(&q, r->detail);
	sql_text(&q, r->personal);
	sql_blob(&q, salt, SALT_BYTES);
	sql_text(&q, personal_hash);
	sql_text(&q, hash);
	return sql_run(&q, NULL, d);
}

enum rc history_append(
	struct store *s, const struct history_row *row, int64_t *ret_id, struct diag *d)
{
	unsigned char salt[SALT_BYTES];
	char before[HEX_SIZE], personal_hash[HEX_SIZE], hash[HEX_SIZE];
	struct history_row r = *row;
	bool own;
	if (RAND_bytes(salt, sizeof salt) != 1)
		return diag_set(d, RC_IO, N_("no random numbers"));
	r.obligation_id = r.obligation_id ? r.obligation_id : "";
	r.detail = r.detail ? r.detail : "{}";
	enum rc rc = sql_begin_own(s, &own, d);
	if (rc)
		return rc;
	rc = last_row(s, &r.id, before, d);
	if (rc == RC_OK) {
		r.id++;
		hash_personal(salt, r.personal, personal_hash);
		hash_row(before, &r, personal_hash, hash);
		rc = insert(s, &r, salt, personal_hash, hash, d);
	}
	rc = sql_end_own(s, own, rc, d);
	if (rc == RC_OK && ret_id)
		*ret_id = r.id;
	return rc;
}

/* ---- reading ------------------------------------------------------------------------------------- */

#define COLUMNS "id, at, actor, kind, obligation, message, reminder, person, detail, personal"

static struct history_row read_row(struct sql *q, struct arena *a)
{
	return (struct history_row){
		.id = sql_get_int(q, 0),
		.at = sql_get_instant(q, 1),
		.actor = sql_get_text(q, 2, a),
		.kind = sql_get_text(q, 3, a),
		.obligation_id = sql_get_text(q, 4, a),
		.message_id = sql_get_int(q, 5),
		.reminder_key = sql_is_null(q, 6) ? NULL : sql_get_text(q, 6, a),
		.person = sql_is_null(q, 7) ? NULL : sql_get_text(q, 7, a),
		.detail = sql_get_text(q, 8, a),
		.personal = sql_is_null(q, 9) ? NULL : sql_get_text(q, 9, a),
	};
}

enum rc history_get(
	struct store *s, int64_t id, struct arena *a, struct history_row *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT " COLUMNS " FROM history WHERE id = ?", d);
	if (rc)
		return rc;
	sql_int(&q, id);
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc)
		return rc;
	if (!row)
		return diag_set(d, RC_NOTFOUND, N_("there is no history row %lld"), (long long)id);
	*ret = read_row(&q, a);
	sql_reset(&q);
	return RC_OK;
}

enum rc history_list(struct store *s, const char *obligation, size_t limit, struct arena *a,
	const struct history_row **ret, size_t *ret_n, struct diag *d)
{
	struct history_filter f = {.obligation = obligation};
	return history_find(s, &f, limit, a, ret, ret_n, d);
}

#define FITS " (?2 = 0 OR message = ?2) AND (?3 IS NULL OR person = ?3 OR actor = ?3)"

enum rc history_find(struct store *s, const struct history_filter *f, size_t limit, struct arena *a,
	const struct history_row **ret, size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct history_row) rows = {0};
	/* Two statements: "? IS NULL OR obligation = ?" would read the whole table for each. */
	enum rc rc = f->obligation ? sql_open(s, &q,
					     "SELECT * FROM (SELECT " COLUMNS
					     " FROM history WHERE obligation = ?1 AND" FITS
					     " ORDER BY id DESC LIMIT ?4) ORDER BY id",
					     d)
				   : sql_open(s, &q,
					     "SELECT * FROM (SELECT " COLUMNS
					     " FROM history WHERE" FITS
					     " ORDER BY id DESC LIMIT ?4) ORDER BY id",
					     d);
	if (rc)
		return rc;
	sql_text(&q, f->obligation);
	sql_int(&q, f->message);
	sql_text(&q, f->person);
	sql_int(&q, (int64_t)(limit < LIMIT_MAX ? limit : LIMIT_MAX));
	for (bool row = true; rc == RC_OK;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		VEC_PUSH(a, &rows, read_row(&q, a));
	}
	if (rc == RC_OK) {
		*ret = rows.item;
		*ret_n = rows.n;
	}
	return rc;
}

/* ---- the chain ----------------------------------------------------------------------------------- */

static bool row_fits(struct sql *q, struct arena *a, char before[static HEX_SIZE])
{
	struct history_row r = read_row(q, a);
	size_t salt_len;
	const void *salt = sql_get_blob(q, 10, a, &salt_len);
	const char *personal_hash = sql_get_text(q, 11, a), *stored = sql_get_text(q, 12, a);
	char hash[HEX_SIZE], personal[HEX_SIZE];
	hash_row(before, &r, personal_hash, hash);
	memcpy(before, hash, HEX_SIZE);
	if (strcmp(hash, stored) != 0)
		return false;
	if (!r.personal)
		return true;
	if (salt_len != SALT_BYTES)
		return false;
	hash_personal(salt, r.personal, personal);
	return strcmp(personal, personal_hash) == 0;
}

/* SQLite remembers the highest id there ever was: rows cut off the end leave a chain that fits. */
static enum rc find_cut(struct store *s, int64_t last, int64_t *ret, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q, "SELECT seq FROM sqlite_sequence WHERE name = 'history'", d);
	if (rc)
		return rc;
	bool row;
	rc = sql_next(&q, &row, d);
	if (rc == RC_OK && row) {
		*ret = sql_get_int(&q, 0) > last ? last + 1 : 0;
		sql_reset(&q);
	}
	return rc;
}

enum rc history_verify(struct store *s, int64_t *ret_broken, struct diag *d)
{
	struct sql q;
	struct arena a = ARENA_INIT;
	char before[HEX_SIZE] = "";
	int64_t broken = 0, last = 0;
	enum rc rc = sql_open(
		s, &q, "SELECT " COLUMNS ", salt, personal_hash, hash FROM history ORDER BY id", d);
	for (bool row = true; rc == RC_OK && !broken;) {
		rc = sql_next(&q, &row, d);
		if (rc || !row)
			break;
		last = sql_get_int(&q, 0);
		if (!row_fits(&q, &a, before))
			broken = last;
		arena_reset(&a);
	}
	if (broken)
		sql_reset(&q);
	arena_done(&a);
	if (rc == RC_OK && !broken)
		rc = find_cut(s, last, &broken, d);
	if (rc == RC_OK)
		*ret_broken = broken;
	return rc;
}

/* The salt goes too: with it, a telephone number is found from its hash by trying them all. */
enum rc history_erase(struct store *s, const char *person, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE history SET personal = NULL, salt = x'' WHERE person = ?"
		" AND personal IS NOT NULL",
		d);
	if (rc)
		return rc;
	sql_text(&q, person);
	return sql_run(&q, ret_n, d);
}

enum rc history_erase_before(struct store *s, struct instant t, int *ret_n, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"UPDATE history SET personal = NULL, salt = x'' WHERE at < ?"
		" AND personal IS NOT NULL",
		d);
	if (rc)
		return rc;
	sql_instant(&q, t);
	return sql_run(&q, ret_n, d);
}

void history_escape(const char *s, char *ret, size_t size)
{
	size_t n = 0;
	for (; s && *s && n + 7 < size; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') {
			ret[n++] = '\\';
			ret[n++] = *s;
		} else if (c < 0x20) {
			n += (size_t)snprintf(ret + n, size - n, "\\u%04x", c);
		} else {
			ret[n++] = *s;
		}
	}
	ret[text_cut(ret, n)] = '\0';
}
