#include "library.h"

#include <string.h>

#include "i18n.h"
#include "text.h"

/* First and last bad version, both included. */
static const struct {
	const char *name, *first, *last, *fault;
} BAD[] = {
	/* curl issues 14166, 14325; the notes of 8.10.1 */
	{"libcurl", "8.8.0", "8.8.0", N_("mail sessions with STARTTLS break")},
	{"libcurl", "8.9.0", "8.9.0", N_("it crashes when a connection goes away")},
	{"libcurl", "8.10.0", "8.10.0", N_("uploads break; 8.10.1 mends it")},
	/* Withdrawn by its authors. */
	{"SQLite", "3.52.0", "3.52.0", N_("its authors have withdrawn this version")},
};

/* Numbers between dots; what follows the last one ("-DEV") does not count. */
static int compare(const char *a, const char *b)
{
	for (;;) {
		long x = 0, y = 0;
		while (*a >= '0' && *a <= '9' && x < 1000000)
			x = x * 10 + (*a++ - '0');
		while (*b >= '0' && *b <= '9' && y < 1000000)
			y = y * 10 + (*b++ - '0');
		if (x != y)
			return x < y ? -1 : 1;
		if (*a != '.' && *b != '.')
			return 0;
		a += *a == '.';
		b += *b == '.';
	}
}

const char *library_fault(const struct library *l)
{
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD && l->version; i++)
		if (strcmp(BAD[i].name, l->name) == 0 && compare(l->version, BAD[i].first) >= 0 &&
			compare(l->version, BAD[i].last) <= 0)
			return BAD[i].fault;
	return NULL;
}

void library_print(FILE *f, const char *program, const struct library *l, size_t n)
{
	fprintf(f, "%s %s\n", program, DEADLINED_VERSION);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "  %s %s\n", l[i].name, l[i].version ? l[i].version : "?");
	for (size_t i = 0; i < n; i++)
		if (library_fault(&l[i]))
			fprintf(f, _("warning: %s %s: %s\n"), l[i].name, l[i].version,
				_(library_fault(&l[i])));
}
