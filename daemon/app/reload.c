#include "reload.h"

#include <time.h>

#include "template_files.h"

enum { READS_MAX = 5 };

void loaded_done(struct loaded *l)
{
	config_free(l->config);
	templates_free(l->templates);
	conf_bundle_done(&l->bundle);
	buf_done(&l->texts);
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

static enum rc vet_and_load(struct loaded *l, struct diags *ds)
{
	enum rc rc = conf_vet(&l->bundle, NULL, ds);
	if (rc)
		return rc;
	struct diags again = {0}; /* the child has said it all already */
	rc = conf_load_bundle(&l->bundle, &l->config, &again);
	diags_done(&again);
	return rc;
}

static enum rc finish(struct loaded *l, enum rc rc, struct loaded *ret, struct diags *ds)
{
	diags_sort(ds);
	if (rc)
		loaded_done(l);
	else
		*ret = *l;
	return rc;
}

enum rc reload_from_kept(struct conf_bundle *given, struct buf *given_texts, struct loaded *ret,
	struct diags *ds)
{
	struct loaded l = {.bundle = *given, .texts = *given_texts};
	enum rc rc = vet_and_load(&l, ds);
	if (rc == RC_OK)
		rc = template_files_unpack(l.texts.data, l.texts.len, &l.templates, ds);
	return finish(&l, rc, ret, ds);
}

enum rc reload_read(const char *path, int settle_ms, struct loaded *ret, struct diags *ds)
{
	struct loaded l = {0};
	enum rc rc = read_settled(path, settle_ms, &l.bundle, ds);
	if (rc)
		return rc;
	buf_init(&l.texts, TEMPLATE_TEXTS_MAX);
	rc = vet_and_load(&l, ds);
	if (rc == RC_OK)
		rc = template_files_load(l.config->templates_dir, &l.templates, &l.texts, ds);
	return finish(&l, rc, ret, ds);
}
