/*
 * buf - a growing byte buffer with a mandatory ceiling
 *
 * A write that would pass the ceiling sets `overflow`, keeps what was there and drops the rest; the
 * writer goes on without checks and asks once at the end.
 *
 * Memory: heap, released by buf_done; `data` is always NUL-terminated (the NUL is not counted).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap, max;
	bool overflow;
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* length 0, overflow forgotten, memory kept */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_truncate(struct buf *b, size_t len);

#endif
