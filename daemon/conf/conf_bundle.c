/*
 * Files into memory, and a bundle of them into one byte string and back.  Nothing is parsed here
 * but the include list, and that by our own lexer.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "text.h"
#include "conf.h"
#include "conf_scan.h"

enum { NAME_BYTES_MAX = 128 };

void conf_bundle_done(struct conf_bundle *b)
{
	for (size_t i = 0; i < b->n_files; i++) {
		free((void *)(uintptr_t)b->file[i].name);
		free((void *)(uintptr_t)b->file[i].data);
	}
	free(b->file);
	free(b->dir);
	*b = (struct conf_bundle){0};
}

bool conf_bundle_equal(const struct conf_bundle *a, const struct conf_bundle *b)
{
	if (a->n_files != b->n_files || strcmp(a->dir, b->dir) != 0)
		return false;
	for (size_t i = 0; i < a->n_files; i++) {
		const struct conf_file *x = &a->file[i], *y = &b->file[i];
		if (strcmp(x->name, y->name) != 0 || x->len != y->len ||
			memcmp(x->data, y->data, x->len) != 0)
			return false;
	}
	return true;
}

/* Takes data over. */
static void add_file(struct conf_bundle *b, const char *name, char *data, size_t len)
{
	b->file = mem_grow(b->file, b->n_files + 1, sizeof *b->file);
	b->file[b->n_files++] = (struct conf_file){mem_strdup(name), data, len};
}

/* ---- reading ---------------------------------------------------------------------------------- */

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode)                    ? N_("%s is a directory, not a file")
	       : S_ISFIFO(mode)                 ? N_("%s is a pipe, not a file")
	       : S_ISCHR(mode) || S_ISBLK(mode) ? N_("%s is a device, not a file")
						: N_("%s is not a regular file");
}

static enum rc read_all(int fd, const char *name, char **ret, size_t *ret_len, struct diag *d)
{
	char *data = mem_new(CONFIG_FILE_MAX + 2, 1);
	size_t len = 0;
	/* One byte more than allowed, so that a file which grew after fstat is noticed. */
	while (len <= CONFIG_FILE_MAX) {
		ssize_t n = read(fd, data + len, CONFIG_FILE_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(data);
			return diag_set_errno(d, RC_IO, errno, N_("%s cannot be read"), name);
		}
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > CONFIG_FILE_MAX) {
		free(data);
		return diag_set(
			d, RC_LIMIT, N_("%s is larger than %d bytes"), name, CONFIG_FILE_MAX);
	}
	*ret = mem_grow(data, len + 1, 1);
	(*ret)[len] = '\0';
	*ret_len = len;
	return RC_OK;
}

/* O_NONBLOCK, so that a FIFO does not hold us; regular files do not care. */
static enum rc read_at(
	int dir_fd, const char *path, const char *name, char **ret, size_t *ret_len, struct diag *d)
{
	struct stat st;
	enum rc rc;
	int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ELOOP)
		return diag_set(d, RC_IO, N_("%s is a symbolic link, which is not followed"), name);
	if (fd < 0 && errno == ENOENT)
		return diag_set(d, RC_NOTFOUND, N_("%s does not exist"), name);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("%s cannot be opened"), name);
	if (fstat(fd, &st) < 0)
		rc = diag_set_errno(d, RC_IO, errno, N_("%s cannot be examined"), name);
	else if (!S_ISREG(st.st_mode))
		rc = diag_set(d, RC_IO, kind_of(st.st_mode), name);
	else if (st.st_size > CONFIG_FILE_MAX)
		rc = diag_set(d, RC_LIMIT, N_("%s is larger than %d bytes"), name, CONFIG_FILE_MAX);
	else
		rc = read_all(fd, name, ret, ret_len, d);
	close(fd);
	return rc;
}

/* ---- include ---------------------------------------------------------------------------------- */

struct reading {
	struct conf_bundle *b;
	const char *main_name;
	int dir_fd;
	struct diags *ds;
	bool failed;
	unsigned n_seen;
};

static void refuse(struct reading *r, struct diag *d, int line)
{
	diag_at(d, r->main_name, line);
	diags_add(r->ds, d);
	r->failed = true;
}

static bool is_below(const char *name)
{
	if (name[0] == '/' || strlen(name) == 0 || strpbrk(name, "\\\"'*?"))
		return false;
	for (const char *p = name; p; p = strchr(p, '/') ? strchr(p, '/') + 1 : NULL) {
		size_t n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return text_check(name, strlen(name), false, NULL) == TEXT_OK;
}

/* Every directory on the way is opened without following links, so that nothing leads outside. */
static enum rc read_below(int dir_fd, const char *name, char **ret, size_t *ret_len, struct diag *d)
{
	char path[NAME_BYTES_MAX + 1];
	char *part = path, *slash;
	int fd = dir_fd;
	enum rc rc = RC_OK;
	memcpy(path, name, strlen(name) + 1);
	while (rc == RC_OK && (slash = strchr(part, '/'))) {
		*slash = '\0';
		int next = openat(fd, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
		if (next < 0)
			rc = diag_set_errno(d, RC_IO, errno, N_("%s cannot be opened"), name);
		if (fd != dir_fd)
			close(fd);
		fd = next;
		part = slash + 1;
	}
	if (rc == RC_OK)
		rc = read_at(fd, part, name, ret, ret_len, d);
	if (fd != dir_fd && fd >= 0)
		close(fd);
	return rc;
}

static bool is_read_already(const struct conf_bundle *b, const char *name)
{
	for (size_t i = 0; i < b->n_files; i++)
		if (strcmp(b->file[i].name, name) == 0)
			return true;
	return false;
}

static void read_included(void *ctx, const char *text, size_t len, int line)
{
	struct reading *r = ctx;
	struct diag d = DIAG_INIT;
	char name[NAME_BYTES_MAX + 1];
	size_t n = len < NAME_BYTES_MAX ? len : NAME_BYTES_MAX;
	memcpy(name, text, n);
	name[n] = '\0';
	char *data;
	size_t data_len;
	enum rc rc;
	r->n_seen++;
	if (r->n_seen > CONFIG_FILES_MAX)
		return;
	if (r->n_seen == CONFIG_FILES_MAX) {
		rc = diag_set(&d, RC_LIMIT, N_("more than %d files"), CONFIG_FILES_MAX);
	} else if (len > NAME_BYTES_MAX || memchr(text, '\0', len) || !is_below(name)) {
		rc = diag_set(&d, RC_INVALID, N_("\"%s\" cannot be included"), name);
		diag_hint(&d,
			N_("name a file beside the main file, without .. and without a leading /"));
	} else if (is_read_already(r->b, name)) {
		rc = diag_set(&d, RC_EXISTS, N_("%s is included twice"), name);
	} else {
		rc = read_below(r->dir_fd, name, &data, &data_len, &d);
		if (rc == RC_OK)
			add_file(r->b, name, data, data_len);
	}
	if (rc)
		refuse(r, &d, line);
}

enum rc conf_read_files(const char *main_path, struct conf_bundle *ret, struct diags *ds)
{
	struct conf_bundle b = {0};
	struct diag d = DIAG_INIT;
	char *for_dir = mem_strdup(main_path), *for_base = mem_strdup(main_path);
	const char *base = basename(for_base);
	struct reading r = {.b = &b, .main_name = base, .ds = ds, .dir_fd = -1};
	char *data = NULL;
	size_t len = 0;
	enum rc rc = read_at(AT_FDCWD, main_path, main_path, &data, &len, &d);
	if (rc) {
		refuse(&r, &d, 1);
		goto out;
	}
	/* Absolute: the stored bundle may be loaded from another working directory. */
	b.dir = realpath(dirname(for_dir), NULL);
	if (!b.dir) {
		rc = diag_set_errno(
			&d, RC_IO, errno, N_("the directory of %s cannot be found"), base);
		refuse(&r, &d, 1);
		free(data);
		goto out;
	}
	add_file(&b, base, data, len);
	r.dir_fd = open(b.dir, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (r.dir_fd < 0) {
		rc = diag_set_errno(
			&d, RC_IO, errno, N_("the directory %s cannot be opened"), b.dir);
		refuse(&r, &d, 1);
		goto out;
	}
	conf_scan_includes(&b.file[0], read_included, &r);
	if (r.failed) {
		rc = RC_INVALID;
		goto out;
	}
	*ret = b;
	b = (struct conf_bundle){0};
out:
	if (r.dir_fd >= 0)
		close(r.dir_fd);
	conf_bundle_done(&b);
	free(for_dir);
	free(for_base);
	return rc;
}

/* ---- one byte string -------------------------------------------------------------------------- */

static const char MAGIC[] = "deadlined bundle 1\n";
enum { DIR_BYTES_MAX = 4096 };

static void put_bytes(struct buf *out, const char *s, size_t len)
{
	uint32_t n = htole32((uint32_t)len);
	buf_add(out, &n, sizeof n);
	buf_add(out, s, len);
}

void conf_bundle_pack(const struct conf_bundle *b, char **ret, size_t *ret_len)
{
	struct buf out;
	size_t total = sizeof MAGIC + DIR_BYTES_MAX + 8;
	for (size_t i = 0; i < b->n_files; i++)
		total += b->file[i].len + strlen(b->file[i].name) + 8;
	buf_init(&out, total);
	buf_puts(&out, MAGIC);
	put_bytes(&out, b->dir, strlen(b->dir));
	for (size_t i = 0; i < b->n_files; i++) {
		put_bytes(&out, b->file[i].name, strlen(b->file[i].name));
		put_bytes(&out, b->file[i].data, b->file[i].len);
	}
	*ret = out.data;
	*ret_len = out.len;
}

/* NULL if there are not that many bytes left or more than max were announced. */
static char *take_bytes(const char **p, size_t *left, size_t max, size_t *ret_len)
{
	uint32_t n;
	if (*left < sizeof n)
		return NULL;
	memcpy(&n, *p, sizeof n);
	n = le32toh(n);
	if (n > max || n > *left - sizeof n)
		return NULL;
	char *s = mem_new((size_t)n + 1, 1);
	memcpy(s, *p + sizeof n, n);
	*p += sizeof n + n;
	*left -= sizeof n + n;
	*ret_len = n;
	return s;
}

enum rc conf_bundle_unpack(const char *data, size_t len, struct conf_bundle *ret, struct diag *d)
{
	struct conf_bundle b = {0};
	size_t n, left = len;
	bool ok = len >= strlen(MAGIC) && memcmp(data, MAGIC, strlen(MAGIC)) == 0;
	if (ok) {
		data += strlen(MAGIC);
		left -= strlen(MAGIC);
		b.dir = take_bytes(&data, &left, DIR_BYTES_MAX, &n);
		ok = b.dir && strlen(b.dir) == n;
	}
	while (ok && left > 0) {
		char *name = take_bytes(&data, &left, NAME_BYTES_MAX * 2, &n);
		ok = name && strlen(name) == n && b.n_files < CONFIG_FILES_MAX;
		char *text = ok ? take_bytes(&data, &left, CONFIG_FILE_MAX, &n) : NULL;
		if (text)
			add_file(&b, name, text, n);
		ok = text != NULL;
		free(name);
	}
	if (!ok || b.n_files == 0) {
		conf_bundle_done(&b);
		return diag_set(d, RC_CORRUPT, N_("the stored configuration is damaged"));
	}
	*ret = b;
	return RC_OK;
}
