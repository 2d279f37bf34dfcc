/*
 * diag - what went wrong, said once, for a person
 *
 * Every fallible function returns an enum rc and, on failure, has filled a struct diag with one
 * sentence.  The innermost function writes the sentence; callers may add where.  Nothing here logs
 * or translates: the message id (the English format string) and its arguments are kept apart, so
 * that app/ can look the id up in a catalogue and put the same arguments into it.
 *
 * Memory:  a struct diag is the caller's and holds everything by value but msgid and hint, which
 *          are string literals.
 * Failure: cannot fail; arguments that do not fit are cut at a UTF-8 boundary.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stddef.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* Marks a string literal for xgettext without translating it here. */
#define N_(msgid) (msgid)

enum rc {
	RC_OK = 0,
	RC_INVALID,  /* input that breaks a rule */
	RC_RANGE,    /* a number, date or size outside its bounds */
	RC_NOTFOUND, /* what was asked for does not exist */
	RC_EXISTS,   /* it exists already */
	RC_LIMIT,    /* a ceiling was reached */
	RC_STATE,    /* not possible in the present state */
	RC_BUSY,     /* try again next tick */
	RC_IO,       /* the system or the disk said no */
	RC_CORRUPT,  /* stored data contradicts itself */
	RC_UNREACHABLE, /* the daemon or a peer does not answer */
};

enum severity { SEV_ERROR, SEV_WARNING };

enum { DIAG_ARGS_MAX = 8, DIAG_ARGS_BYTES = 480, DIAG_FILE_BYTES = 160, DIAG_TEXT_MAX = 1024 };

struct diag {
	enum rc rc;
	enum severity severity;
	int sys;                    /* errno or library code, 0 if none */
	char file[DIAG_FILE_BYTES]; /* "rules.cfg", or "" */
	int line;                   /* 1-based; 0 = none */
	const char *msgid;          /* printf format in English, a literal; never NULL once set */
	const char *hint;           /* literal without conversions, or NULL */
	unsigned n_args;
	unsigned args_len;
	char args[DIAG_ARGS_BYTES]; /* n_args NUL-terminated strings, already formatted */
};

#define DIAG_INIT {.rc = RC_OK, .msgid = ""}

/* Set *d (which may be NULL: nothing happens) and return rc, so that a failure is one statement:
 *     return diag_set(d, RC_RANGE, N_("day %d is not in %d-%02d"), day, year, month);
 * Conversions known: %s %d %u %ld %lu %lld %llu %zu %c %% with flags and width.  A `.*` is not. */
enum rc diag_set(struct diag *d, enum rc rc, const char *msgid, ...) PRINTF_LIKE(3, 4);
enum rc diag_vset(struct diag *d, enum rc rc, const char *msgid, va_list ap) PRINTF_LIKE(3, 0);

/* As diag_set, with errno's text to be appended as ": No such file or directory". */
enum rc diag_set_errno(struct diag *d, enum rc rc, int err, const char *msgid, ...)
	PRINTF_LIKE(4, 5);

/* Say where; keeps a place that is already known. */
void diag_at(struct diag *d, const char *file, int line);
void diag_hint(struct diag *d, const char *hint);

/* translate(id) returns the text to use for a message id; NULL means as it is. */
typedef const char *translate_fn(const char *msgid);

/* The sentence alone, arguments put in, positional %2$s honoured.  Always terminated. */
void diag_text(const struct diag *d, translate_fn *translate, char *ret, size_t size);

/* `FILE:LINE: error: sentence (hint)`, as far as the parts exist. */
void diag_line(const struct diag *d, translate_fn *translate, char *ret, size_t size);

/* A list of faults, for loaders that report everything in one go.  Beyond the ceiling faults are
 * counted but not kept. */
enum { DIAGS_MAX = 200 };
struct diags {
	struct diag *item; /* heap */
	size_t n;
	size_t n_errors, n_warnings; /* all, kept or not */
};
void diags_add(struct diags *ds, const struct diag *d);
void diags_sort(struct diags *ds); /* by file, line, then order of arrival */
void diags_done(struct diags *ds);

#endif
