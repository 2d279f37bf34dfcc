#include "reload.h"

#include <time.h>

#include "template_files.h"

enum { READS_MAX = 5 };

void loaded_done(struct loaded *l)
{
	config_free(l->config);
	templates_free(l->templates);
	conf_bundle_done(&l->bundle);
	*l = (struct loaded){0};
}

static void wait_ms(int ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	nanosleep(&ts, NULL);
}

/* Read until two reads in a row agree; a file that never rests is taken as it is and fails, if it
 * fails, on its contents. */
static enum rc read_settled(const char *path, int settle_ms, struct conf_bundle *ret,
	struct diags *ds)
{
	enum rc rc = conf_read_files(path, ret, ds);
	for (int i = 0; settle_ms && rc == RC_OK && i < READS_MAX; i++) {
		wait_ms(settle_ms);
		struct conf_bundle again;
		rc = conf_read_files(path, &again, ds);
		if (rc) {
			conf_bundle_done(ret);
			return rc;
		}
		bool same = conf_bundle_equal(ret, &again);
		conf_bundle_done(ret);
		*ret = again;
		if (same)
			break;
	}
	return rc;
}

enum rc reload_from_bundle(struct conf_bundle *given, struct loaded *ret, struct diags *ds)
{
	struct loaded l = {.bundle = *given};
	enum rc rc = conf_vet(&l.bundle, NULL, ds);
	if (rc == RC_OK) {
		struct diags again = {0}; /* the child has said it all already */
		rc = conf_load_bundle(&l.bundle, &l.config, &again);
		diags_done(&again);
	}
	if (rc == RC_OK)
		rc = template_files_load(l.config->templates_dir, &l.templates, ds);
	diags_sort(ds);
	if (rc) {
		loaded_done(&l);
		return rc;
	}
	*ret = l;
	return RC_OK;
}

enum rc reload_read(const char *path, int settle_ms, struct loaded *ret, struct diags *ds)
{
	struct conf_bundle bundle;
	enum rc rc = read_settled(path, settle_ms, &bundle, ds);
	return rc ? rc : reload_from_bundle(&bundle, ret, ds);
}
