/*
 * log - one line per event, to stderr in the form the journal reads
 *
 * Only app/ and the programs call this, from any thread.  Under systemd a line starts with <N>
 * (sd-daemon(3)), elsewhere with the program's name.  Control bytes are escaped, so no input can forge
 * a line.  Writing never blocks: if the pipe is full the line is dropped and the next one that fits
 * says how many were.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5, LOG_LEVEL_INFO = 6 };

/* What a reader of the journal can ask for: `journalctl OBLIGATION=...`.  Capitals, digits, _. */
struct log_field {
	const char *name, *value;
};

void log_init(const char *program);
bool log_has_fields(void); /* the journal listens: fields are worth finding */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same with fields, which are for the journal alone: by its native protocol if it listens, else the
 * line as ever.  A value without a name, or that is NULL or "", is left out. */
void log_event(enum log_level level, const struct log_field *field, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)

#endif
