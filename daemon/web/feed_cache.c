#include "feed_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>
#include <zlib.h>

#include "mem.h"

#include "file_read.h"

enum { BUCKETS = 256, PATH_SIZE = 1300, GZIP_LEAST = 20 };

struct entry {
	struct entry *next;
	char *name;
	struct feed_file *file; /* NULL: rc and fault say why */
	size_t bytes;
	struct file_stamp stamp;
	int64_t looked_ms, asked_ms;
	enum rc rc;
	struct diag fault;
};

struct feed_cache {
	char *dir;
	struct entry *bucket[BUCKETS];
	size_t bytes;
};

/* ---- a file ------------------------------------------------------------------------------------ */

struct feed_file *feed_file_hold(struct feed_file *f)
{
	f->held++;
	return f;
}

void feed_file_release(void *file)
{
	struct feed_file *f = file;
	if (!f || --f->held)
		return;
	for (int i = 0; i < FEED_CODINGS; i++)
		free(f->bytes[i]);
	free(f);
}

static void make_etag(
	const char *data, size_t len, const char *suffix, char ret[static FEED_TAG_SIZE])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	size_t n = 0;
	SHA256((const unsigned char *)data, len, digest);
	ret[n++] = '"';
	for (size_t i = 0; i < sizeof digest; i++)
		n += (size_t)snprintf(ret + n, 3, "%02x", digest[i]);
	snprintf(ret + n, FEED_TAG_SIZE - n, "%s\"", suffix);
}

static bool is_whole(const char *data, size_t len)
{
	static const char BEGIN[] = "BEGIN:VCALENDAR\r\n", END[] = "\r\nEND:VCALENDAR\r\n";
	return len >= sizeof BEGIN + sizeof END - 2 && memcmp(data, BEGIN, sizeof BEGIN - 1) == 0 &&
	       memcmp(data + len - (sizeof END - 1), END, sizeof END - 1) == 0;
}

static uint32_t read_le32(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The engine replaces the two files one after the other: in between, the pair does not fit.  The
 * trailer has the CRC and the length of what it unpacks to (RFC 1952 section 2.3.1). */
static bool is_same(const char *gz, size_t gz_len, const char *data, size_t len)
{
	return gz_len >= GZIP_LEAST && memcmp(gz, "\x1f\x8b\x08", 3) == 0 &&
	       read_le32(gz + gz_len - 4) == (uint32_t)len &&
	       read_le32(gz + gz_len - 8) == crc32(0, (const unsigned char *)data, (unsigned)len);
}

static void set_form(struct feed_file *f, enum feed_coding coding, char *given, size_t len,
	const char *tag_suffix)
{
	f->bytes[coding] = given;
	f->form[coding].data = given;
	f->form[coding].len = len;
	make_etag(f->bytes[FEED_PLAIN], f->form[FEED_PLAIN].len, tag_suffix, f->form[coding].etag);
}

static void add_gzip(const char *path, struct feed_file *f)
{
	char beside[PATH_SIZE + 4], *gz;
	size_t len;
	struct file_stamp ignored;
	struct diag d;
	const struct feed_form *plain = &f->form[FEED_PLAIN];
	snprintf(beside, sizeof beside, "%s.gz", path);
	if (file_read(beside, FEED_FILE_MAX, &gz, &len, &ignored, &d))
		return;
	if (is_same(gz, len, plain->data, plain->len))
		set_form(f, FEED_GZIP, gz, len, "-gzip");
	else
		free(gz);
}

static enum rc load(
	const char *path, struct feed_file **ret, struct file_stamp *ret_stamp, struct diag *d)
{
	char *data;
	size_t len;
	enum rc rc = file_read(path, FEED_FILE_MAX, &data, &len, ret_stamp, d);
	if (rc)
		return rc;
	if (!is_whole(data, len)) {
		free(data);
		return diag_set(d, RC_CORRUPT, N_("%s is not a whole calendar"), path);
	}
	struct feed_file *f = mem_new(1, sizeof *f);
	*f = (struct feed_file){.modified = ret_stamp->modified_s, .held = 1};
	set_form(f, FEED_PLAIN, data, len, "");
	add_gzip(path, f);
	*ret = f;
	return RC_OK;
}

/* ---- the cache --------------------------------------------------------------------------------- */

struct feed_cache *feed_cache_new(const char *dir)
{
	struct feed_cache *c = mem_new(1, sizeof *c);
	c->dir = mem_strdup(dir);
	return c;
}

static void drop_file(struct feed_cache *c, struct entry *e)
{
	struct feed_file *f = e->file;
	if (!f)
		return;
	for (int i = 0; i < FEED_CODINGS && f->free_prepared; i++) {
		f->free_prepared(f->prepared[i].whole);
		f->free_prepared(f->prepared[i].unchanged);
		f->prepared[i] = (struct feed_prepared){0};
	}
	feed_file_release(f);
	c->bytes -= e->bytes;
	e->bytes = 0;
	e->file = NULL;
}

void feed_cache_free(struct feed_cache *c)
{
	if (!c)
		return;
	for (int i = 0; i < BUCKETS; i++)
		for (struct entry *e = c->bucket[i], *next; e; e = next) {
			next = e->next;
			drop_file(c, e);
			free(e->name);
			free(e);
		}
	free(c->dir);
	free(c);
}

static struct entry *entry_of(struct feed_cache *c, const char *name)
{
	uint32_t hash = 2166136261U;
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619U;
	struct entry **at = &c->bucket[hash % BUCKETS];
	for (struct entry *e = *at; e; e = e->next)
		if (strcmp(e->name, name) == 0)
			return e;
	struct entry *e = mem_new(1, sizeof *e);
	*e = (struct entry){.next = *at, .name = mem_strdup(name), .looked_ms = INT64_MIN};
	*at = e;
	return e;
}

/* What was asked for longest ago, but not `keep`. */
static struct entry *find_oldest(struct feed_cache *c, const struct entry *keep)
{
	struct entry *oldest = NULL;
	for (int i = 0; i < BUCKETS; i++)
		for (struct entry *e = c->bucket[i]; e; e = e->next)
			if (e != keep && e->file && (!oldest || e->asked_ms < oldest->asked_ms))
				oldest = e;
	return oldest;
}

static void make_room(struct feed_cache *c, const struct entry *keep)
{
	struct entry *e;
	while (c->bytes > FEED_CACHE_MAX && (e = find_oldest(c, keep))) {
		drop_file(c, e);
		e->looked_ms = INT64_MIN;
	}
}

static void refresh(struct feed_cache *c, struct entry *e, const char *path)
{
	drop_file(c, e);
	e->rc = load(path, &e->file, &e->stamp, &e->fault);
	if (e->rc)
		return;
	e->bytes = e->file->form[FEED_PLAIN].len + e->file->form[FEED_GZIP].len;
	c->bytes += e->bytes;
	make_room(c, e);
}

enum rc feed_cache_get(struct feed_cache *c, const char *name, int64_t now_ms,
	struct feed_file **ret, struct diag *d)
{
	char path[PATH_SIZE];
	struct entry *e = entry_of(c, name);
	e->asked_ms = now_ms;
	if (e->looked_ms == INT64_MIN || now_ms - e->looked_ms >= FEED_LOOK_MS) {
		int n = snprintf(path, sizeof path, "%s/%s", c->dir, name);
		if (n < 0 || n >= (int)sizeof path)
			return diag_set(d, RC_RANGE, N_("the path of a feed is too long"));
		struct file_stamp seen = file_look(path);
		if (!e->file || !file_stamp_equal(&seen, &e->stamp))
			refresh(c, e, path);
		e->looked_ms = now_ms;
	}
	if (e->rc) {
		if (d)
			*d = e->fault;
		return e->rc;
	}
	*ret = e->file;
	return RC_OK;
}
