#include "linkbook.h"

#include "store_sql.h"

enum rc linkbook_all(struct store *s, struct arena *a, const struct linkbook_row **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct linkbook_row) list = {0};
	bool row;
	enum rc rc = sql_open(s, &q,
		"SELECT kind, id, generation, revoked_at FROM link ORDER BY kind, id, generation",
		d);
	if (rc)
		return rc;
	while ((rc = sql_next(&q, &row, d)) == RC_OK && row) {
		struct linkbook_row r = {.kind = sql_get_text(&q, 0, a),
			.id = sql_get_text(&q, 1, a),
			.generation = (int)sql_get_int(&q, 2),
			.revoked_at = sql_get_instant(&q, 3)};
		VEC_PUSH(a, &list, r);
	}
	if (rc)
		return rc;
	*ret = list.item;
	*ret_n = list.n;
	return RC_OK;
}

enum rc linkbook_put(struct store *s, const struct linkbook_row *row, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO link (kind, id, generation, revoked_at) VALUES (?,?,?,?)"
		" ON CONFLICT (kind, id, generation) DO UPDATE SET revoked_at = "
		"excluded.revoked_at",
		d);
	if (rc)
		return rc;
	sql_text(&q, row->kind);
	sql_text(&q, row->id);
	sql_int(&q, row->generation);
	sql_instant(&q, row->revoked_at);
	return sql_run(&q, NULL, d);
}

enum rc linkbook_fetches(struct store *s, struct arena *a, const struct linkbook_fetch **ret,
	size_t *ret_n, struct diag *d)
{
	struct sql q;
	VEC(struct linkbook_fetch) list = {0};
	bool row;
	enum rc rc = sql_open(s, &q,
		"SELECT kind, id, generation, at, client FROM link_fetch ORDER BY kind, id", d);
	if (rc)
		return rc;
	while ((rc = sql_next(&q, &row, d)) == RC_OK && row) {
		struct linkbook_fetch f = {.kind = sql_get_text(&q, 0, a),
			.id = sql_get_text(&q, 1, a),
			.generation = (int)sql_get_int(&q, 2),
			.at = sql_get_instant(&q, 3),
			.client = sql_get_text(&q, 4, a)};
		VEC_PUSH(a, &list, f);
	}
	if (rc)
		return rc;
	*ret = list.item;
	*ret_n = list.n;
	return RC_OK;
}

enum rc linkbook_put_fetch(struct store *s, const struct linkbook_fetch *f, struct diag *d)
{
	struct sql q;
	enum rc rc = sql_open(s, &q,
		"INSERT INTO link_fetch (kind, id, generation, at, client) VALUES (?,?,?,?,?)"
		" ON CONFLICT (kind, id) DO UPDATE SET generation = excluded.generation,"
		" at = excluded.at, client = excluded.client",
		d);
	if (rc)
		return rc;
	sql_text(&q, f->kind);
	sql_text(&q, f->id);
	sql_int(&q, f->generation);
	sql_instant(&q, f->at);
	sql_text(&q, f->client);
	return sql_run(&q, NULL, d);
}
