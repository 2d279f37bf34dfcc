/*
 * conf - configuration files to a struct config; the only user of libconfig
 *
 * The road of the bytes: conf_read_files (bytes into memory, never parsed) -> conf_vet (a child
 * with limits parses and checks them) -> conf_load (the same bytes, now known to be harmless).
 * libconfig can end or stall its process, so conf_load is never given bytes that were not vetted.
 *
 * All faults of meaning are gathered in one go; a file whose bytes or syntax are wrong gives those
 * faults only.  Sentences are diag's; warnings too.
 *
 * Time:    no clock is read; what depends on today is conf_check_today.
 * Memory:  a bundle is on the heap (conf_bundle_done); a struct config owns its arena.
 * Failure: RC_INVALID when there is at least one error in ds; RC_IO when a file or the child could
 *          not be reached (also said in ds); outputs untouched.
 * Thread:  one.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "library.h"
#include "date.h"
#include "config.h"

struct conf_file {
	const char *name; /* as a person knows it: "deadlined.cfg", "rules.cfg" */
	const char *data; /* NUL-terminated; the NUL is not counted */
	size_t len;
};

/* The main file first, then the files of its `include` list in that order. */
struct conf_bundle {
	char *dir; /* directory of the main file; relative paths in the configuration start there */
	struct conf_file *file;
	size_t n_files;
};
void conf_bundle_done(struct conf_bundle *b);
bool conf_bundle_equal(const struct conf_bundle *a, const struct conf_bundle *b);

/* One byte string for the database; *ret is heap, freed with free(). */
void conf_bundle_pack(const struct conf_bundle *b, char **ret, size_t *ret_len);
/* RC_CORRUPT if the bytes are not a packed bundle; caps as for files. */
enum rc conf_bundle_unpack(
	const char *data, size_t len, struct conf_bundle *ret, struct diag *d) NODISCARD;

/* Regular files only, no symbolic links, CONFIG_FILE_MAX bytes each. */
enum rc conf_read_files(const char *main_path, struct conf_bundle *ret, struct diags *ds) NODISCARD;

/*
 * Parse and check the bundle in a child: self_exe (NULL: /proc/self/exe) run with CONF_VET_ARG.
 * Its main() must hand over to conf_vet_child at once.  Blocks at most CONF_VET_WALL_S.
 * A child that dies, stalls or babbles is one error.
 */
#define CONF_VET_ARG "--vet-config"
enum { CONF_VET_CPU_S = 5, CONF_VET_WALL_S = 20, CONF_VET_MEMORY = 512 << 20 };
enum rc conf_vet(const struct conf_bundle *b, const char *self_exe, struct diags *ds) NODISCARD;
int conf_vet_child(void); /* the exit status */

/* Vetted bytes to a snapshot; templates_dir as written. */
enum rc conf_load(const struct conf_file *file, size_t n_files, struct config **ret,
	struct diags *ds) NODISCARD;
/* ... with relative paths made to start at b->dir. */
enum rc conf_load_bundle(
	const struct conf_bundle *b, struct config **ret, struct diags *ds) NODISCARD;

/* Read, vet and load.  ret_bundle may be NULL. */
enum rc conf_load_path(const char *main_path, struct config **ret, struct conf_bundle *ret_bundle,
	struct diags *ds) NODISCARD;

/* Warnings that depend on the day: workdays that are no longer known, a roster that has ended. */
void conf_check_today(const struct config *c, struct date today, struct diags *ds);

struct library conf_library(void);

#endif
