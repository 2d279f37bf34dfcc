/*
 * fuzz_mustache - any bytes as a template: parsed or refused, rendered within the cap
 *
 * Linked plainly it replays the files of a folder.  To search: clang -DFUZZ_SEARCH
 * -fsanitize=fuzzer,address,undefined with the sources of mustache and base.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mustache.h"

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

#ifndef FUZZ_SEARCH
static void replay(const char *path)
{
	static uint8_t input[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	if (!f)
		return;
	size_t n = fread(input, 1, sizeof input, f);
	fclose(f);
	LLVMFuzzerTestOneInput(input, n);
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	if (!dir) {
		fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	int n = 0;
	for (struct dirent *e; (e = readdir(dir)); n++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
		if (e->d_name[0] != '.')
			replay(path);
	}
	closedir(dir);
	printf("fuzz_mustache: %d inputs\n", n - 2);
	return 0;
}
#endif
