#include "links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "feed_files.h"
#include "paths.h"

static const struct {
	const char *text;
	const char *before, *after; /* of the token in the path */
	const char *use;            /* in the index */
} KINDS[LINK_KINDS] = {
	[LINK_ALL] = {"all", "/f/", ".ics", "feed"},
	[LINK_UNIT] = {"unit", "/f/", ".ics", "feed"},
	[LINK_PERSON] = {"person", "/f/", ".ics", "feed"},
	[LINK_OFFICE] = {"office", "/f/", ".ics", "feed"},
	[LINK_PAGE] = {"page", "/p/", "", "page"},
	[LINK_CLERK] = {"clerk", "/b/", "", "clerk"},
	[LINK_ADMIN] = {"admin", "/b/", "", "admin"},
	[LINK_RECEIPTS] = {"receipts", "/r/", "", "receipts"},
	[LINK_LEADER] = {"leader", "/p/", "", "leader"},
};

const char *link_kind_text(enum link_kind k)
{
	return KINDS[k].text;
}

bool link_kind_parse(const char *s, enum link_kind *ret)
{
	for (enum link_kind k = 0; k < LINK_KINDS; k++) {
		if (strcmp(KINDS[k].text, s) != 0)
			continue;
		*ret = k;
		return true;
	}
	return false;
}

bool link_kind_is_feed(enum link_kind k)
{
	return k <= LINK_OFFICE;
}

/* ---- the key ------------------------------------------------------------------------------------- */

static enum rc write_key(
	const char *dir, const char *path, const unsigned char *bytes, struct diag *d)
{
	char part[PATH_BYTES + 16];
	snprintf(part, sizeof part, "%s/.link.key.part", dir);
	unlink(part);
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool made = fd >= 0 && write(fd, bytes, LINK_KEY_BYTES) == LINK_KEY_BYTES &&
		    fsync(fd) == 0 && rename(part, path) == 0;
	int err = errno;
	if (fd >= 0)
		close(fd);
	if (made)
		return RC_OK;
	unlink(part);
	return diag_set_errno(d, RC_IO, err, N_("cannot write %s"), path);
}

static enum rc make_key(const char *dir, const char *path, struct diag *d)
{
	unsigned char bytes[LINK_KEY_BYTES];
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return diag_set_errno(d, RC_IO, errno, N_("no random bytes"));
	enum rc rc = write_key(dir, path, bytes, d);
	explicit_bzero(bytes, sizeof bytes);
	return rc;
}

static enum rc read_key(int fd, const char *path, struct link_key *ret, struct diag *d)
{
	struct stat st;
	struct link_key key;
	if (fstat(fd, &st))
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	if (!S_ISREG(st.st_mode) || st.st_size != LINK_KEY_BYTES || (st.st_mode & 077))
		return diag_set(d, RC_CORRUPT,
			N_("%s is not a link key that only its owner may read"), path);
	if (read(fd, key.bytes, LINK_KEY_BYTES) != LINK_KEY_BYTES)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	*ret = key;
	return RC_OK;
}

enum rc link_key_open(const char *state_dir, struct link_key *ret, struct diag *d)
{
	char path[PATH_BYTES + 16];
	snprintf(path, sizeof path, "%s/link.key", state_dir);
	enum rc rc = RC_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		rc = make_key(state_dir, path, d);
		if (rc)
			return rc;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("cannot read %s"), path);
	rc = read_key(fd, path, ret, d);
	close(fd);
	return rc;
}

enum rc link_key_copy(const char *from_dir, const char *to_dir, struct diag *d)
{
	char from[PATH_BYTES + 16], to[PATH_BYTES + 16];
	struct link_key key;
	snprintf(from, sizeof from, "%s/link.key", from_dir);
	snprintf(to, sizeof to, "%s/link.key", to_dir);
	if (access(from, F_OK) || access(to, F_OK) == 0)
		return RC_OK;
	enum rc rc = link_key_open(from_dir, &key, d);
	if (rc == RC_OK)
		rc = write_key(to_dir, to, key.bytes, d);
	explicit_bzero(&key, sizeof key);
	return rc;
}

/* ---- tokens -------------------------------------------------------------------------------------- */

void link_token(const struct link_key *key, enum link_kind kind, const char *id, int generation,
	char ret[static LINK_TOKEN_SIZE])
{
	unsigned char mac[SHA256_DIGEST_LENGTH];
	char text[200], coded[48];
	int len = snprintf(text, sizeof text, "deadlined link\n%s\n%s\n%d\n", KINDS[kind].text, id,
		generation);
	HMAC(EVP_sha256(), key->bytes, LINK_KEY_BYTES, (const unsigned char *)text, (size_t)len,
		mac, NULL);
	EVP_EncodeBlock((unsigned char *)coded, mac, sizeof mac);
	for (int i = 0; i < LINK_TOKEN_SIZE - 1; i++)
		ret[i] = (char)(coded[i] == '+' ? '-' : coded[i] == '/' ? '_' : coded[i]);
	ret[LINK_TOKEN_SIZE - 1] = '\0';
}

void link_path(enum link_kind kind, const char *token, char ret[static LINK_URL_SIZE])
{
	snprintf(ret, LINK_URL_SIZE, "%s%s%s", KINDS[kind].before, token, KINDS[kind].after);
}

void link_hash(const char *token, char ret[static LINK_SHA256_SIZE])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)token, strlen(token), digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

/* ---- the index ----------------------------------------------------------------------------------- */

void link_index_begin(struct buf *b, const char *base_url)
{
	const char *host = base_url ? strstr(base_url, "://") : NULL;
	buf_puts(b, "deadlined-links 1\n");
	if (host)
		buf_printf(b, "host %.*s\n", (int)strcspn(host + 3, "/ \n"), host + 3);
}

static void put_link(struct buf *b, const char *use, const char *token, const char *name)
{
	char hash[LINK_SHA256_SIZE];
	link_hash(token, hash);
	buf_printf(b, "%s %s %s\n", use, hash, name);
}

void link_index_add(struct buf *b, enum link_kind kind, const char *id, const char *token)
{
	char name[FEED_FILE_NAME_SIZE];
	if (link_kind_is_feed(kind))
		feed_files_name((enum feed_kind)kind, id, name);
	else
		snprintf(name, sizeof name, "%s", id[0] ? id : "-");
	put_link(b, KINDS[kind].use, token, name);
}

void link_index_add_revoked(struct buf *b, const char *token, const char *file)
{
	put_link(b, "revoked", token, file);
}

void link_index_end(struct buf *b)
{
	buf_puts(b, "end\n");
}
