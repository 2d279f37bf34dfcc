/*
 * A file is a header and a table with 32-bit times (skipped), the same again with 64-bit times, and
 * the rule for the time after the table.
 */
#include "tzif.h"

#include <string.h>

#include "tzrule.h"

enum { HEADER_BYTES = 44, OFFSET_MAX = 26 * 3600 };

struct header {
	int version;
	size_t n_utc, n_std, n_leap, n_time, n_type, n_char;
};

/* The parts of a data block, each n entries long. */
struct block {
	const unsigned char *times, *indexes, *types;
	size_t n_time, n_type;
};

static uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t get_i64(const unsigned char *p)
{
	return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

static bool read_header(const unsigned char *p, size_t len, struct header *ret)
{
	if (len < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret = (struct header){p[4], get_u32(p + 20), get_u32(p + 24), get_u32(p + 28),
		get_u32(p + 32), get_u32(p + 36), get_u32(p + 40)};
	return true;
}

static size_t block_bytes(const struct header *h, size_t time_bytes)
{
	return h->n_time * (time_bytes + 1) + h->n_type * 6 + h->n_char +
	       h->n_leap * (time_bytes + 4) + h->n_std + h->n_utc;
}

static int32_t offset_of_type(const struct block *b, size_t type)
{
	return (int32_t)get_u32(b->types + type * 6);
}

static bool block_is_sane(const struct block *b)
{
	for (size_t i = 0; i < b->n_type; i++)
		if (offset_of_type(b, i) < -OFFSET_MAX || offset_of_type(b, i) > OFFSET_MAX)
			return false;
	for (size_t i = 0; i < b->n_time; i++) {
		if (b->indexes[i] >= b->n_type)
			return false;
		if (i && get_i64(b->times + i * 8) <= get_i64(b->times + (i - 1) * 8))
			return false;
	}
	return b->n_type > 0;
}

/* Everything before the first date is one offset, the last seen. */
static bool push(struct tzif_table *t, int64_t at, int32_t offset)
{
	struct tzif_change *last = &t->change[t->n - 1];
	if (at <= last->at) {
		last->offset = offset;
		if (t->n > 1 && last[-1].offset == offset)
			t->n--;
		return true;
	}
	if (last->offset == offset)
		return true;
	if (t->n == TZIF_CHANGES_MAX)
		return false;
	t->change[t->n++] = (struct tzif_change){at, offset};
	return true;
}

/* The rule rules from the last entry of the table on. */
static bool push_rule(struct tzif_table *t, const struct tzrule *r, bool has_table, int64_t last_at)
{
	int from = DATE_YEAR_MIN - 1;
	if (!r->has_summer)
		return has_table || push(t, INT64_MIN, r->standard);
	for (int year = from; year <= DATE_YEAR_MAX + 1; year++) {
		struct tzif_change change[2] = {
			{tzrule_start(r, year), r->summer}, {tzrule_end(r, year), r->standard}};
		int first = change[1].at < change[0].at;
		for (int i = 0; i < 2; i++) {
			const struct tzif_change *c = &change[i ^ first];
			if ((!has_table || c->at > last_at) && !push(t, c->at, c->offset))
				return false;
		}
	}
	return true;
}

static bool push_table(struct tzif_table *t, const struct block *b)
{
	for (size_t i = 0; i < b->n_time; i++)
		if (!push(t, get_i64(b->times + i * 8), offset_of_type(b, b->indexes[i])))
			return false;
	return true;
}

/* "\nRULE\n"; an empty rule says nothing about the time after the table. */
static bool push_footer(struct tzif_table *t, const struct block *b, const char *footer, size_t len)
{
	if (len < 2 || footer[0] != '\n')
		return false;
	const char *end = memchr(footer + 1, '\n', len - 1);
	if (!end)
		return false;
	size_t n = (size_t)(end - footer - 1);
	struct tzrule r;
	if (n == 0)
		return true;
	int64_t last_at = b->n_time ? get_i64(b->times + (b->n_time - 1) * 8) : 0;
	return tzrule_parse(footer + 1, n, &r) && push_rule(t, &r, b->n_time > 0, last_at);
}

bool tzif_read(const unsigned char *data, size_t len, struct tzif_table *ret)
{
	struct header h;
	if (!read_header(data, len, &h) || h.version < '2')
		return false;
	size_t skip = HEADER_BYTES + block_bytes(&h, 4);
	if (skip > len || !read_header(data + skip, len - skip, &h) || h.n_leap)
		return false;
	const unsigned char *p = data + skip + HEADER_BYTES;
	size_t left = len - skip - HEADER_BYTES, used = block_bytes(&h, 8);
	if (used > left)
		return false;
	struct block b = {p, p + h.n_time * 8, p + h.n_time * 9, h.n_time, h.n_type};
	if (!block_is_sane(&b))
		return false;
	int64_t before = (int64_t)date_clamped(DATE_YEAR_MIN, 1, 1).days * DAY_S - 2 * DAY_S;
	struct tzif_table t = {.n = 1, .change = {{before, offset_of_type(&b, 0)}}};
	if (!push_table(&t, &b) || !push_footer(&t, &b, (const char *)p + used, left - used))
		return false;
	*ret = t;
	return true;
}
