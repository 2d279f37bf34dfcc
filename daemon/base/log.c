#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

static struct {
	const char *program;
	bool journal;
	unsigned dropped;
} log_state = {.program = "deadlined"};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void log_init(const char *program)
{
	log_state.program = program;
	log_state.journal = getenv("JOURNAL_STREAM") != NULL;
}

/* C0 and DEL become visible, so that one event stays one line; UTF-8 passes. */
static size_t escape_controls(const char *s, char *ret, size_t size)
{
	size_t len = 0;
	for (; *s && len + 5 < size; s++) {
		unsigned char c = (unsigned char)*s;
		if (c < 0x20 || c == 0x7f)
			len += (size_t)snprintf(ret + len, size - len, "\\x%02x", c);
		else
			ret[len++] = *s;
	}
	return len;
}

/* A terminal or a file takes the line; a full pipe must not stall a send, so it is dropped. */
static bool write_line(const char *line, size_t len)
{
	int flags = fcntl(STDERR_FILENO, F_GETFL);
	bool blocking = flags >= 0 && !(flags & O_NONBLOCK);
	if (blocking)
		fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
	ssize_t n = write(STDERR_FILENO, line, len);
	if (blocking)
		fcntl(STDERR_FILENO, F_SETFL, flags);
	return n == (ssize_t)len;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 128];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	int head = log_state.journal ? snprintf(line, sizeof line, "<%d>", (int)level)
				     : snprintf(line, sizeof line, "%s: ", log_state.program);
	size_t len = (size_t)head;
	pthread_mutex_lock(&one_at_a_time);
	if (log_state.dropped)
		len += (size_t)snprintf(
			line + len, sizeof line - len, "[%u lines dropped] ", log_state.dropped);
	len += escape_controls(text, line + len, sizeof line - len - 1);
	line[len++] = '\n';
	if (write_line(line, len))
		log_state.dropped = 0;
	else
		log_state.dropped++;
	pthread_mutex_unlock(&one_at_a_time);
}
