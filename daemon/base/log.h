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

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5, LOG_LEVEL_INFO = 6 };

void log_init(const char *program);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)

#endif
