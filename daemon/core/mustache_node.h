/*
 * mustache_node - a parsed template as the parser makes it and the renderer walks it
 *
 * One flat array.  A section's node knows the index behind its last child, so that a false section
 * is one jump.
 */
#ifndef CORE_MUSTACHE_NODE_H
#define CORE_MUSTACHE_NODE_H

#include <stddef.h>
#include <stdint.h>

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED };

struct node {
	enum node_kind kind;
	int line;
	const char
		*text; /* TEXT: borrowed, len bytes; else the name, NUL-terminated, in the arena */
	size_t len;
	uint32_t hash; /* of the name */
	size_t end; /* SECTION, INVERTED: index of the first node behind it */
};

struct mustache {
	const struct node *node;
	size_t n;
};

/* FNV-1a: names are looked for far more often than they are written. */
static inline uint32_t node_hash(const char *name)
{
	uint32_t h = 2166136261u;
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

#endif
