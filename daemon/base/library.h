/*
 * library - the libraries that run with us, and versions of them that are known to be bad for us
 *
 * Each folder that uses a library has a function NAME_library() that tells the version of the one that
 * is loaded, not of the one that it was compiled with.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdio.h>

#include "diag.h"

struct library {
	const char *name;    /* "libcurl" */
	const char *version; /* "7.88.1"; NULL: it does not say */
};

/* What is wrong with it: a message id, or NULL. */
const char *library_fault(const struct library *l);

/* "PROGRAM 0.1.0", then a line for each library, then warnings. */
void library_print(FILE *f, const char *program, const struct library *l, size_t n);

#endif
