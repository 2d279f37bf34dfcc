#include "mem.h"

#include <stdarg.h>
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

static struct arena_block *add_block(struct arena *a, size_t bytes)
{
	size_t cap = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct arena_block *b = malloc(multiply(1, sizeof *b + cap));
	if (!b)
		die_out_of_memory();
	*b = (struct arena_block){.next = a->head, .cap = cap};
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes = multiply(n, size);
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct arena_block *b = a->head;
	if (!b || b->cap - b->used < bytes)
		b = add_block(a, bytes);
	void *p = b->data + b->used;
	b->used += bytes;
	a->used += bytes;
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

void *arena_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	size_t grown = *cap ? *cap * 2 : 8;
	void *p = arena_alloc(a, grown, size);
	if (n)
		memcpy(p, old, n * size);
	*cap = grown;
	return p;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;
	while (a->head) {
		struct arena_block *b = a->head;
		a->head = b->next;
		if (!keep && b->cap == BLOCK_BYTES)
			keep = b;
		else
			free(b);
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
	}
	a->head = keep;
	a->used = 0;
}

void arena_done(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;
		a->head = b->next;
		free(b);
	}
	a->used = 0;
}
