#include "credential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void credential_wipe(struct credential *c)
{
	explicit_bzero(c, sizeof *c);
}

static enum rc check_shape(const struct stat *st, const char *name, struct diag *d)
{
	if (!S_ISREG(st->st_mode))
		return diag_set(d, RC_INVALID, N_("the credential %s is not a file"), name);
	/* systemd may grant the service user access by an ACL, whose mask shows as group's bits. */
	if (st->st_mode & (name[0] == '/' ? 077 : 037))
		return diag_set(d, RC_INVALID,
			N_("the credential %s can be read or changed by others"), name);
	if (st->st_size > CREDENTIAL_MAX)
		return diag_set(d, RC_LIMIT, N_("the credential %s is longer than %d bytes"), name,
			CREDENTIAL_MAX);
	if (st->st_size == 0)
		return diag_set(d, RC_INVALID, N_("the credential %s is empty"), name);
	return RC_OK;
}

static enum rc check_file(int fd, const char *name, struct diag *d)
{
	struct stat st;
	if (fstat(fd, &st))
		return diag_set_errno(d, RC_IO, errno, N_("cannot read the credential %s"), name);
	if (S_ISREG(st.st_mode) && st.st_uid != 0 && st.st_uid != geteuid())
		return diag_set(
			d, RC_INVALID, N_("the credential %s belongs to somebody else"), name);
	return check_shape(&st, name, d);
}

enum rc credential_check(const char *name, struct diag *d)
{
	struct stat st;
	if (name[0] != '/')
		return RC_OK;
	if (lstat(name, &st) == 0)
		return check_shape(&st, name, d);
	if (errno == EACCES)
		return RC_OK;
	return diag_set_errno(d, RC_NOTFOUND, errno, N_("cannot open the credential %s"), name);
}

static enum rc read_text(int fd, const char *name, struct credential *ret, struct diag *d)
{
	size_t len = 0;
	for (;;) {
		ssize_t n = read(fd, ret->text + len, CREDENTIAL_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_set_errno(
				d, RC_IO, errno, N_("cannot read the credential %s"), name);
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > CREDENTIAL_MAX)
			return diag_set(d, RC_LIMIT,
				N_("the credential %s is longer than %d bytes"), name,
				CREDENTIAL_MAX);
	}
	if (len && ret->text[len - 1] == '\n')
		len--;
	if (len && ret->text[len - 1] == '\r')
		len--;
	ret->text[len] = '\0';
	if (!len)
		return diag_set(d, RC_INVALID, N_("the credential %s is empty"), name);
	if (strlen(ret->text) != len || strpbrk(ret->text, "\r\n"))
		return diag_set(d, RC_INVALID, N_("the credential %s is more than one line"), name);
	return RC_OK;
}

enum rc credential_read(const char *dir, const char *name, struct credential *ret, struct diag *d)
{
	char path[4096];
	bool absolute = name[0] == '/';
	memset(ret, 0, sizeof *ret);
	if (!absolute && (!dir || strchr(name, '/') || name[0] == '.'))
		return diag_set(d, RC_NOTFOUND,
			N_("there is no credentials directory to look for %s in"), name);
	if (snprintf(path, sizeof path, "%s%s%s", absolute ? "" : dir, absolute ? "" : "/", name) >=
		(int)sizeof path)
		return diag_set(d, RC_LIMIT, N_("the credential's path is too long"));
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return diag_set_errno(
			d, RC_NOTFOUND, errno, N_("cannot open the credential %s"), name);
	enum rc rc = check_file(fd, name, d);
	if (!rc)
		rc = read_text(fd, name, ret, d);
	close(fd);
	if (rc)
		credential_wipe(ret);
	return rc;
}
