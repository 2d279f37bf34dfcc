/*
 * mem - allocation that does not fail, and arenas
 *
 * Out of memory prints one line and aborts: the outbox makes a restart safe, so nothing is gained
 * by limping on.  The price: every size that an outsider controls is capped before it comes here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for n objects; n * size is checked.  Freed with free(). */
void *mem_new(size_t n, size_t size);
void *mem_grow(void *p, size_t n, size_t size); /* realloc; new part is not zeroed */
char *mem_strdup(const char *s);

/* An arena: many small allocations, freed all at once.  A large one has a block of its own. */
struct arena {
	struct arena_block *head, *large;
	size_t used; /* bytes handed out, for ceilings and statistics */
};
#define ARENA_INIT {0}

void *arena_alloc(struct arena *a, size_t n, size_t size); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a); /* keeps one block for the next round */
void arena_done(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_alloc((a), (n), sizeof(type)))

/* A growing array whose memory is in an arena: VEC_PUSH(arena, vec, value) for any struct with
 * members `item` (pointer), `n` and `cap`.  A large array is moved, not copied: `old` is gone after
 * the call, and memory beyond n is not touched (nor zeroed). */
void *arena_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size);
#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *item;                                                                        \
		size_t n, cap;                                                                     \
	}
#define VEC_PUSH(a, v, value)                                                                      \
	do {                                                                                       \
		if ((v)->n == (v)->cap)                                                            \
			(v)->item = arena_grow((a), (v)->item, (v)->n, &(v)->cap,                  \
				sizeof *(v)->item);                                                \
		(v)->item[(v)->n++] = (value);                                                     \
	} while (0)

#endif
