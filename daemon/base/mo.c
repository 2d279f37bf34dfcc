#include "mo.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { MO_BYTES_MAX = 4 << 20, WORD = 4, HEAD_WORDS = 7 };

#define MO_MAGIC 0x950412deu

struct mo {
	char *data;
	size_t size;
	uint32_t n, ids, texts; /* how many; where the two tables of length and place begin */
};

static uint32_t word_at(const struct mo *mo, size_t at)
{
	uint32_t v;
	memcpy(&v, mo->data + at, sizeof v);
	return v;
}

/* The string at row i of a table; NULL if it is not within the file. */
static const char *string_at(const struct mo *mo, uint32_t table, uint32_t i)
{
	size_t at = table + (size_t)i * 2 * WORD;
	uint64_t len = word_at(mo, at), place = word_at(mo, at + WORD);
	return place + len < mo->size && mo->data[place + len] == '\0' ? mo->data + place : NULL;
}

static bool has_table(const struct mo *mo, uint32_t table)
{
	return (uint64_t)table + (uint64_t)mo->n * 2 * WORD <= mo->size;
}

static bool is_sound(struct mo *mo)
{
	if (mo->size < HEAD_WORDS * WORD || word_at(mo, 0) != MO_MAGIC)
		return false;
	mo->n = word_at(mo, 2 * WORD);
	mo->ids = word_at(mo, 3 * WORD);
	mo->texts = word_at(mo, 4 * WORD);
	return has_table(mo, mo->ids) && has_table(mo, mo->texts);
}

struct mo *mo_read(const char *path)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return NULL;
	struct mo *mo = mem_new(1, sizeof *mo);
	mo->data = mem_new(MO_BYTES_MAX, 1);
	mo->size = fread(mo->data, 1, MO_BYTES_MAX, f);
	bool whole = feof(f) && !ferror(f);
	fclose(f);
	if (whole && is_sound(mo))
		return mo;
	mo_free(mo);
	return NULL;
}

void mo_free(struct mo *mo)
{
	if (mo)
		free(mo->data);
	free(mo);
}

const char *mo_find(const struct mo *mo, const char *msgid)
{
	uint32_t low = 0, high = mo->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *id = string_at(mo, mo->ids, middle);
		int order = id ? strcmp(msgid, id) : 0;
		const char *text = order ? NULL : string_at(mo, mo->texts, middle);
		if (!order)
			return id && text && text[0] ? text : msgid;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return msgid;
}
