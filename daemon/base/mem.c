#include "mem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	_Alignas(max_align_t) unsigned char data[];
};

static _Noreturn void die_out_of_memory(void)
{
	static const char text[] = "deadlined: out of memory\n";
	fwrite(text, 1, sizeof text - 1, stderr);
	abort();
}

static size_t multiply(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		die_out_of_memory();
	return bytes ? bytes : 1;
}

void *mem_new(size_t n, size_t size)
{
	void *p = calloc(1, multiply(n, size));
	if (!p)
		die_out_of_memory();
	return p;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	p = realloc(p, multiply(n, size));
	if (!p)
		die_out_of_memory();
	return p;
}

char *mem_strdup(const char *s)
{
	size_t len = strlen(s) + 1;
	return memcpy(mem_new(len, 1), s, len);
}

static size_t round_up(size_t bytes)
{
	return multiply((bytes + ALIGNMENT - 1) / ALIGNMENT, ALIGNMENT);
}

static struct arena_block *add_block(struct arena *a)
{
	struct arena_block *b = malloc(sizeof *b + BLOCK_BYTES);
	if (!b)
		die_out_of_memory();
	*b = (struct arena_block){.next = a->head, .cap = BLOCK_BYTES};
	a->head = b;
	return b;
}

/* calloc, because fresh pages are zero already and cost nothing until they are written. */
static void *alloc_large(struct arena *a, size_t bytes)
{
	struct arena_block *b = calloc(1, sizeof *b + bytes);
	if (!b)
		die_out_of_memory();
	b->cap = bytes;
	b->next = a->large;
	a->large = b;
	return b->data;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes = round_up(multiply(n, size));
	a->used += bytes;
	if (bytes > BLOCK_BYTES)
		return alloc_large(a, bytes);
	struct arena_block *b = a->head;
	if (!b || b->cap - b->used < bytes)
		b = add_block(a);
	void *p = b->data + b->used;
	b->used += bytes;
	return memset(p, 0, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1, 1);
	memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1, 1);
	if (n > 0)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

/* The list is walked rather than linked back: an arena may be copied to another place. */
static void *grow_large(struct arena *a, void *old, size_t bytes)
{
	struct arena_block **link = &a->large;
	while ((void *)(*link)->data != old)
		link = &(*link)->next;
	a->used += bytes - (*link)->cap;
	*link = mem_grow(*link, 1, sizeof **link + bytes);
	(*link)->cap = bytes;
	return (*link)->data;
}

void *arena_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	size_t grown = *cap ? *cap * 2 : 8;
	bool is_large = round_up(multiply(*cap, size)) > BLOCK_BYTES;
	*cap = grown;
	if (is_large)
		return grow_large(a, old, round_up(multiply(grown, size)));
	void *p = arena_alloc(a, grown, size);
	if (n)
		memcpy(p, old, n * size);
	return p;
}

static void free_blocks(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = a->head;
	if (keep) {
		free_blocks(keep->next);
		keep->next = NULL;
		keep->used = 0;
	}
	free_blocks(a->large);
	*a = (struct arena){.head = keep};
}

void arena_done(struct arena *a)
{
	free_blocks(a->head);
	free_blocks(a->large);
	*a = (struct arena)ARENA_INIT;
}
