#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048, FIELDS_MAX_BYTES = 4096 };

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

bool log_has_fields(void)
{
	return log_state.journal;
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

/* "Blocked" and "nobody listens" are the same to us: the line goes where all lines go. */
static bool send_native(const char *data, size_t len)
{
	static const struct sockaddr_un JOURNAL = {AF_UNIX, "/run/systemd/journal/socket"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	ssize_t n = sendto(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)&JOURNAL, sizeof JOURNAL);
	close(fd);
	return n == (ssize_t)len;
}

static size_t add_field(char *data, size_t len, size_t size, const char *name, const char *value)
{
	int n = snprintf(data + len, size - len, "%s=", name);
	len += (size_t)n;
	len += escape_controls(value, data + len, size - len - 1);
	data[len++] = '\n';
	return len;
}

void log_event(enum log_level level, const struct log_field *field, size_t n, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES], data[LINE_MAX_BYTES + FIELDS_MAX_BYTES], number[8];
	size_t len = 0, longest = sizeof data - LINE_MAX_BYTES - 300;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(number, sizeof number, "%d", (int)level);
	len = add_field(data, len, sizeof data, "PRIORITY", number);
	len = add_field(data, len, sizeof data, "SYSLOG_IDENTIFIER", log_state.program);
	for (size_t i = 0; i < n && len < longest; i++)
		if (field[i].value && field[i].value[0])
			len = add_field(data, len, longest + 200, field[i].name, field[i].value);
	len = add_field(data, len, sizeof data, "MESSAGE", text);
	if (!log_state.journal || !send_native(data, len))
		log_line(level, "%s", text);
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
