#include "feed_marks.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"

enum { CAP_MIN = 64 };

struct mark {
	uint64_t name; /* hash; 0: free */
	uint64_t size;
	char print[FEED_DIGEST_SIZE];
};

/* Open addressing, at most half full. */
struct feed_marks {
	struct mark *mark;
	size_t n, cap; /* cap: a power of two */
};

/* FNV-1a; never 0. */
static uint64_t hash_name(const char *s)
{
	uint64_t h = 14695981039346656037u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ? h : 1;
}

struct feed_marks *feed_marks_new(void)
{
	struct feed_marks *m = mem_new(1, sizeof *m);
	m->cap = CAP_MIN;
	m->mark = mem_new(m->cap, sizeof *m->mark);
	return m;
}

void feed_marks_free(struct feed_marks *m)
{
	if (!m)
		return;
	free(m->mark);
	free(m);
}

void feed_marks_clear(struct feed_marks *m)
{
	memset(m->mark, 0, m->cap * sizeof *m->mark);
	m->n = 0;
}

/* The name's place, or the free one where it belongs. */
static struct mark *find(const struct feed_marks *m, uint64_t name)
{
	size_t i = name & (m->cap - 1);
	while (m->mark[i].name && m->mark[i].name != name)
		i = (i + 1) & (m->cap - 1);
	return &m->mark[i];
}

static void grow(struct feed_marks *m)
{
	struct feed_marks old = *m;
	m->cap = old.cap * 2;
	m->mark = mem_new(m->cap, sizeof *m->mark);
	for (size_t i = 0; i < old.cap; i++)
		if (old.mark[i].name)
			*find(m, old.mark[i].name) = old.mark[i];
	free(old.mark);
}

bool feed_marks_hold(const struct feed_marks *m, int dir, const char *name, const char *print)
{
	const struct mark *x = find(m, hash_name(name));
	struct stat st;
	return x->name && strcmp(x->print, print) == 0 &&
	       fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (uint64_t)st.st_size == x->size;
}

void feed_marks_put(struct feed_marks *m, const char *name, const char *print, size_t size)
{
	uint64_t hash = hash_name(name);
	if (m->n * 2 >= m->cap)
		grow(m);
	struct mark *x = find(m, hash);
	m->n += x->name == 0;
	x->name = hash;
	x->size = size;
	memcpy(x->print, print, FEED_DIGEST_SIZE);
}
