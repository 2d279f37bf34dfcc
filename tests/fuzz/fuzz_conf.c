/*
 * fuzz_conf - any bytes as a configuration: scanned, and loaded if the scan lets them through
 *
 * Every fault has a sentence and a line within the file; a load that fails says why.
 * libconfig leaks its token on a syntax error: search with ASAN_OPTIONS=detect_leaks=0.
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of conf and the layers below.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "conf_scan.h"
#include "conf_wire.h"
#include "replay.h"

enum { INPUT_MAX = CONFIG_FILE_MAX + 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void see_include(void *ctx, const char *name, size_t len, int line)
{
	const struct conf_file *f = ctx;
	if (line < 1 || name < f->data || name + len > f->data + f->len)
		abort();
}

static void check_diags(const struct diags *ds, int lines)
{
	char line[DIAG_TEXT_MAX + 400];
	for (size_t i = 0; i < ds->n; i++) {
		if (!ds->item[i].msgid[0] || ds->item[i].line < 0 || ds->item[i].line > lines)
			abort();
		diag_line(&ds->item[i], NULL, line, sizeof line);
	}
}

/* What the child would say is what the parent understands. */
static void check_wire(const struct diags *ds)
{
	struct diags got = {0};
	struct buf out;
	buf_init(&out, WIRE_BYTES_MAX);
	conf_wire_put(ds, &out);
	if (!conf_wire_get(out.data, out.len, &got) || got.n != ds->n ||
		got.n_errors != ds->n_errors)
		abort();
	diags_done(&got);
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1, 1);
	if (size)
		memcpy(text, data, size);
	int lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	struct conf_file file = {"t.cfg", text, size};
	struct config *c = NULL;
	struct diags ds = {0};
	conf_scan_includes(&file, see_include, &file);
	if (conf_load(&file, 1, &c, &ds) == RC_OK)
		config_free(c);
	else if (ds.n_errors == 0)
		abort();
	check_diags(&ds, lines);
	check_wire(&ds);
	diags_done(&ds);
	free(text);
	return 0;
}
