/*
 * fuzz_mustache - any bytes as a template: parsed or refused, rendered within the cap
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of mustache and base.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mustache.h"
#include "replay.h"

enum { INPUT_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(struct view *v, struct arena *a)
{
	view_set(v, "a", "<&>\"'{{b}}");
	view_set(v, "name", "\xff\xe2\x80\xae\r\n");
	for (int i = 0; i < 3; i++) {
		struct view *item = view_add(v, "b");
		view_set(item, "c", arena_printf(a, "%d", i));
		view_set(view_add(item, "d"), "e", "x");
	}
}

static void render(const struct mustache *m, const struct view *v, enum mustache_escape escape)
{
	struct buf out;
	buf_init(&out, 4096);
	mustache_render(m, v, escape, &out);
	if (out.len > 4096 || out.data[out.len] != '\0')
		abort();
	buf_done(&out);
}

static void see_name(void *ctx, const char *name, int line)
{
	int *lines = ctx;
	if (line < 1 || line > *lines || !name[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	char *text = arena_alloc(&a, size + 1, 1);
	if (size)
		memcpy(text, data, size);
	int lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	const struct mustache *m = NULL;
	struct diag d = DIAG_INIT;
	if (mustache_parse(text, "t", &a, &m, &d) == RC_OK) {
		struct view *v = view_new(&a);
		fill(v, &a);
		mustache_names(m, see_name, &lines);
		render(m, v, ESCAPE_NONE);
		render(m, v, ESCAPE_HTML);
	} else if (!d.msgid[0] || d.line > lines) {
		abort();
	}
	arena_done(&a);
	return 0;
}
