#include "template_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static enum rc read_template(void *ctx, const char *name, struct arena *a, const char **ret_text,
	struct diag *d)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/%s", (const char *)ctx, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return diag_set_errno(d, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno,
			N_("cannot read the template %s"), path);
	enum rc rc = read_all(fd, name, a, ret_text, d);
	close(fd);
	return rc;
}

enum rc template_files_load(const char *dir, struct templates **ret, struct diags *ds)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s", dir);
	return templates_new(read_template, path, ret, ds);
}
