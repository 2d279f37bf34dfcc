/*
 * The reader child: limits first, then the bytes.  It has no files, no secrets and no standard
 * error; the worst a configuration can do is to end it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "buf.h"
#include "conf.h"
#include "conf_wire.h"

enum { STATUS_OK = 0, STATUS_LIMITS = 70, STATUS_INPUT = 71, STATUS_OUTPUT = 72 };
enum { BUNDLE_BYTES_MAX = CONFIG_FILES_MAX * (CONFIG_FILE_MAX + 512) + 8192 };

static bool set_limit(int what, rlim_t value)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)what, &now) < 0)
		return false;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
		value = now.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &(struct rlimit){value, value}) == 0;
}

static bool set_limits(void)
{
	bool ok = set_limit(RLIMIT_CPU, CONF_VET_CPU_S) && set_limit(RLIMIT_FSIZE, 0) &&
		  set_limit(RLIMIT_CORE, 0);
#ifndef DEADLINED_SANITIZED
	ok = ok && set_limit(RLIMIT_AS, CONF_VET_MEMORY);
#endif
	/* A write to a file fails instead of ending the process (coverage builds write at exit). */
	signal(SIGXFSZ, SIG_IGN);
	return ok && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
}

static bool read_stdin(struct buf *in)
{
	char data[65536];
	ssize_t n;
	while ((n = read(STDIN_FILENO, data, sizeof data)) > 0)
		buf_add(in, data, (size_t)n);
	return n == 0 && !in->overflow;
}

static bool write_stdout(const struct buf *out)
{
	for (size_t at = 0; at < out->len;) {
		ssize_t n = write(STDOUT_FILENO, out->data + at, out->len - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return !out->overflow;
}

static void vet(const struct conf_bundle *b, struct diags *ds)
{
	struct config *c = NULL;
	if (conf_load(b->file, b->n_files, &c, ds) == RC_OK)
		config_free(c);
}

int conf_vet_child(void)
{
	struct buf in, out;
	struct conf_bundle b = {0};
	struct diags ds = {0};
	if (!set_limits())
		return STATUS_LIMITS;
	buf_init(&in, BUNDLE_BYTES_MAX);
	if (!read_stdin(&in) || conf_bundle_unpack(in.data, in.len, &b, NULL))
		return STATUS_INPUT;
	buf_done(&in);
	vet(&b, &ds);
	diags_sort(&ds);
	buf_init(&out, WIRE_BYTES_MAX);
	conf_wire_put(&ds, &out);
	int status = write_stdout(&out) ? STATUS_OK : STATUS_OUTPUT;
	buf_done(&out);
	diags_done(&ds);
	conf_bundle_done(&b);
	return status;
}
