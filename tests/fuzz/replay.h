/*
 * replay - main() of a fuzz target in the ordinary test run: every file of the corpora given
 *
 * libFuzzer brings a main of its own; build with -DFUZZ_SEARCH then.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H
#ifndef FUZZ_SEARCH

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLAY_INPUT_MAX = 2 << 20 };

static void replay_file(const char *path)
{
	static uint8_t input[REPLAY_INPUT_MAX];
	FILE *f = fopen(path, "rb");
	if (!f)
		return;
	size_t n = fread(input, 1, sizeof input, f);
	fclose(f);
	LLVMFuzzerTestOneInput(input, n);
}

static int replay_dir(const char *name)
{
	DIR *dir = opendir(name);
	int n = 0;
	for (struct dirent *e; dir && (e = readdir(dir));) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", name, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		replay_file(path);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;
	for (int i = 1; i < argc; i++)
		n += replay_dir(argv[i]);
	printf("%s: %d inputs\n", argv[0], n);
	return n ? 0 : 1; /* an empty corpus tests nothing */
}

#endif
#endif
