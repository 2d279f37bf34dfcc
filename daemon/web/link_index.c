#include "link_index.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "mem.h"

static const char HEAD[] = "deadlined-links 1";
static const char *const USES[] = {"feed", "revoked", "page", "clerk", "admin", "receipts",
	"leader"};
enum { N_USES = sizeof USES / sizeof *USES };

void link_token_hash(const char *token, char ret[static LINK_HASH_SIZE])
{
	static const char HEX[] = "0123456789abcdef";
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)token, strlen(token), digest);
	for (size_t i = 0; i < sizeof digest; i++) {
		ret[2 * i] = HEX[digest[i] >> 4];
		ret[2 * i + 1] = HEX[digest[i] & 15];
	}
	ret[2 * sizeof digest] = '\0';
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_hash(const char *s)
{
	return strlen(s) == LINK_HASH_SIZE - 1 &&
	       strspn(s, "0123456789abcdef") == LINK_HASH_SIZE - 1;
}

/* What becomes part of a path: no slash, no leading dot. */
static bool is_name(const char *s)
{
	return s[0] != '.' && s[0] &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(s);
}

/* Cuts at the first blank: the rest, or NULL. */
static char *cut_word(char *s)
{
	char *blank = strchr(s, ' ');
	if (!blank)
		return NULL;
	*blank = '\0';
	return blank + 1;
}

static bool take_link(struct link_index *ix, const char *kind, char *rest)
{
	char *name = cut_word(rest);
	if (!name || !is_hash(rest) || !is_name(name))
		return false;
	for (int use = 0; use < N_USES; use++) {
		if (strcmp(kind, USES[use]) != 0)
			continue;
		struct link_entry *e = &ix->item[ix->n++];
		*e = (struct link_entry){
			.use = (enum link_use)use, .name = strcmp(name, "-") == 0 ? "" : name};
		memcpy(e->hash, rest, sizeof e->hash);
	}
	return true;
}

static bool take_line(struct link_index *ix, char *line)
{
	char *rest = cut_word(line);
	if (!rest)
		return false;
	if (strcmp(line, "host") == 0)
		return host_list_add(&ix->hosts, rest);
	if (strcmp(line, "proxy") == 0)
		return net_list_add(&ix->proxies, rest);
	if (strcmp(line, "watcher") == 0)
		return net_list_add(&ix->watchers, rest);
	return take_link(ix, line, rest);
}

static bool take_lines(struct link_index *ix)
{
	char *line = ix->text, *end;
	for (size_t i = 0; (end = strchr(line, '\n')); i++, line = end + 1) {
		*end = '\0';
		if (i == 0 && strcmp(line, HEAD) != 0)
			return false;
		if (strcmp(line, "end") == 0)
			return i && end[1] == '\0';
		if (i && !take_line(ix, line))
			return false;
	}
	return false;
}

static int by_hash(const void *a, const void *b)
{
	const struct link_entry *x = a, *y = b;
	return strcmp(x->hash, y->hash);
}

enum rc link_index_parse(const char *text, size_t len, struct link_index *ret, struct diag *d)
{
	struct link_index ix = {0};
	size_t n = 1;
	if (len > LINK_INDEX_MAX || memchr(text, '\0', len))
		return diag_set(d, RC_CORRUPT, N_("the index of links is damaged"));
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	ix.text = mem_new(len + 1, 1);
	memcpy(ix.text, text, len);
	ix.item = mem_new(n, sizeof *ix.item);
	if (!take_lines(&ix)) {
		link_index_done(&ix);
		return diag_set(d, RC_CORRUPT, N_("the index of links is damaged"));
	}
	qsort(ix.item, ix.n, sizeof *ix.item, by_hash);
	*ret = ix;
	return RC_OK;
}

void link_index_done(struct link_index *ix)
{
	free(ix->item);
	free(ix->text);
	*ix = (struct link_index){0};
}

/* ---- looking up -------------------------------------------------------------------------------- */

const struct link_entry *link_index_find(const struct link_index *ix, const char *token)
{
	struct link_entry key;
	link_token_hash(token, key.hash);
	const struct link_entry *e =
		ix->n ? bsearch(&key, ix->item, ix->n, sizeof key, by_hash) : NULL;
	return e && CRYPTO_memcmp(e->hash, key.hash, sizeof key.hash) == 0 ? e : NULL;
}
