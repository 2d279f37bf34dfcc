#include "template_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mustache.h"

enum { PATH_MAX_BYTES = 1200 };

static enum rc read_all(int fd, const char *name, struct arena *a, const char **ret, struct diag *d)
{
	struct stat st;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > MUSTACHE_FILE_MAX)
		return diag_set(d, RC_INVALID, N_("the template %s is not a file of at most %d bytes"),
			name, MUSTACHE_FILE_MAX);
	char *text = arena_alloc(a, (size_t)st.st_size + 1, 1);
	size_t len = 0;
	while (len < (size_t)st.st_size) {
		ssize_t n = read(fd, text + len, (size_t)st.st_size - len);
		if (n <= 0)
			return diag_set_errno(d, RC_IO, n < 0 ? errno : EIO, N_("cannot read %s"), name);
		len += (size_t)n;
	}
	*ret = text;
	return RC_OK;
}

/* ---- packed: name NUL, length as 4 bytes little-endian, text; again and again ------------------- */

struct packed {
	const char *bytes;
	size_t len;
};

static void pack(struct buf *b, const char *name, const char *text)
{
	size_t len = strlen(text);
	unsigned char size[4] = {(unsigned char)len, (unsigned char)(len >> 8),
		(unsigned char)(len >> 16), (unsigned char)(len >> 24)};
	buf_add(b, name, strlen(name) + 1);
	buf_add(b, size, sizeof size);
	buf_add(b, text, len);
}

static enum rc read_packed(void *ctx, const char *name, struct arena *a, const char **ret_text,
	struct diag *d)
{
	const struct packed *p = ctx;
	for (size_t at = 0; at < p->len;) {
		size_t name_len = strnlen(p->bytes + at, p->len - at);
		if (p->len - at < name_len + 5)
			break;
		const unsigned char *size = (const unsigned char *)p->bytes + at + name_len + 1;
		size_t len = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 |
			(size_t)size[3] << 24;
		size_t text = at + name_len + 5;
		if (len > p->len - text)
			break;
		if (strcmp(p->bytes + at, name) == 0) {
			*ret_text = arena_strndup(a, p->bytes + text, len);
			return RC_OK;
		}
		at = text + len;
	}
	return diag_set(d, RC_NOTFOUND, N_("cannot read the template %s"), name);
}

/* ---- files --------------------------------------------------------------------------------------- */

struct folder {
	const char *dir;
	struct buf *texts;
};

static enum rc read_template(void *ctx, const char *name, struct arena *a, const char **ret_text,
	struct diag *d)
{
	const struct folder *f = ctx;
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/%s", f->dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return diag_set_errno(d, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno,
			N_("cannot read the template %s"), path);
	enum rc rc = read_all(fd, name, a, ret_text, d);
	close(fd);
	if (rc == RC_OK && f->texts)
		pack(f->texts, name, *ret_text);
	return rc;
}

enum rc template_files_load(const char *dir, struct templates **ret, struct buf *texts,
	struct diags *ds)
{
	struct folder f = {dir, texts};
	return templates_new(read_template, &f, ret, ds);
}

enum rc template_files_unpack(const void *bytes, size_t len, struct templates **ret,
	struct diags *ds)
{
	struct packed p = {bytes, len};
	return templates_new(read_packed, &p, ret, ds);
}
