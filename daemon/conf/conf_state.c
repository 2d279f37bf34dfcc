#include "conf_state.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- index ------------------------------------------------------------------------------------ */

/* FNV-1a. */
static size_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

static struct conf_entry *find_slot(const struct conf_index *ix, const char *id)
{
	size_t i = hash(id) & (ix->size - 1);
	while (ix->slot[i].id && strcmp(ix->slot[i].id, id) != 0)
		i = (i + 1) & (ix->size - 1);
	return &ix->slot[i];
}

static void grow_index(struct conf_index *ix)
{
	struct conf_index old = *ix;
	ix->size = old.size ? old.size * 2 : 64;
	ix->slot = mem_new(ix->size, sizeof *ix->slot);
	for (size_t i = 0; i < old.size; i++)
		if (old.slot[i].id)
			*find_slot(ix, old.slot[i].id) = old.slot[i];
	free(old.slot);
}

bool conf_index_add(struct conf_index *ix, const char *id, const void *value, const void **ret_old)
{
	if (ix->n * 2 >= ix->size)
		grow_index(ix);
	struct conf_entry *e = find_slot(ix, id);
	if (e->id) {
		*ret_old = e->value;
		return false;
	}
	*e = (struct conf_entry){id, value};
	ix->n++;
	return true;
}

const void *conf_index_find(const struct conf_index *ix, const char *id)
{
	return ix->n ? find_slot(ix, id)->value : NULL;
}

/* Near enough to be meant: a third of its letters may be wrong. */
static bool is_near(const char *wrong, unsigned distance)
{
	return distance <= 1 + strlen(wrong) / 3;
}

const char *conf_nearer(const char *wrong, const char *a, const char *b)
{
	unsigned to_a = a ? text_distance(wrong, a) : 64, to_b = b ? text_distance(wrong, b) : 64;
	if (to_b < to_a && is_near(wrong, to_b))
		return b;
	return a && is_near(wrong, to_a) ? a : NULL;
}

const char *conf_index_nearest(const struct conf_index *ix, const char *id)
{
	enum { LOOK_MAX = 5000 };
	const char *best = NULL;
	unsigned best_distance = 64;
	size_t len = strlen(id), looked = 0;
	for (size_t i = 0; i < ix->size && looked < LOOK_MAX; i++) {
		const char *other = ix->slot[i].id;
		if (!other || strlen(other) > len + 4 || strlen(other) + 4 < len)
			continue;
		looked++;
		unsigned distance = text_distance(id, other);
		/* The order of the slots must not show. */
		if (distance < best_distance ||
			(distance == best_distance && best && strcmp(other, best) < 0)) {
			best = other;
			best_distance = distance;
		}
	}
	return best && is_near(id, best_distance) ? best : NULL;
}

void conf_index_done(struct conf_index *ix)
{
	free(ix->slot);
	*ix = (struct conf_index){0};
}

/* ---- faults ----------------------------------------------------------------------------------- */

struct source conf_here(const struct conf_state *st, const config_setting_t *s)
{
	return (struct source){st->file[st->at].name, (int)config_setting_source_line(s)};
}

static void add_diag(struct conf_state *st, struct diag *d, struct source at, const char *hint)
{
	if (hint)
		diag_hint(d, hint);
	if (at.file)
		diag_at(d, at.file, at.line);
	diags_add(st->ds, d);
}

void conf_error(struct conf_state *st, struct source at, const char *hint, const char *msgid, ...)
{
	struct diag d;
	va_list ap;
	va_start(ap, msgid);
	(void)diag_vset(&d, RC_INVALID, msgid, ap);
	va_end(ap);
	add_diag(st, &d, at, hint);
}

void conf_warn(struct conf_state *st, struct source at, const char *hint, const char *msgid, ...)
{
	struct diag d;
	va_list ap;
	va_start(ap, msgid);
	(void)diag_vset(&d, RC_INVALID, msgid, ap);
	va_end(ap);
	d.severity = SEV_WARNING;
	add_diag(st, &d, at, hint);
}

void conf_error_diag(struct conf_state *st, struct source at, struct diag *d)
{
	add_diag(st, d, at, NULL);
}

/* ---- walking ---------------------------------------------------------------------------------- */

size_t conf_each_in(struct conf_state *st, config_setting_t *list, size_t max,
	void (*read)(struct conf_state *st, config_setting_t *group, void *obj), void *obj)
{
	if (!list)
		return 0;
	if (!config_setting_is_list(list)) {
		conf_error(st, conf_here(st, list), N_("write it as ( { ... }, { ... } )"),
			N_("%s is a list of groups"), config_setting_name(list));
		return 0;
	}
	size_t n = (size_t)config_setting_length(list);
	if (n > max) {
		conf_error(st, conf_here(st, list), NULL, N_("%s has more than %zu entries"),
			config_setting_name(list), max);
		n = max;
	}
	for (size_t i = 0; i < n; i++) {
		config_setting_t *e = config_setting_get_elem(list, (unsigned)i);
		if (config_setting_is_group(e))
			read(st, e, obj);
		else
			conf_error(st, conf_here(st, e), N_("write it as { name = value; ... }"),
				N_("each entry of %s is a group"), config_setting_name(list));
	}
	return n;
}

void conf_each(struct conf_state *st, const char *name, size_t max,
	void (*read)(struct conf_state *st, config_setting_t *group, void *obj), void *obj)
{
	size_t left = max;
	for (st->at = 0; st->at < st->n_files; st->at++) {
		struct conf_parsed *f = &st->file[st->at];
		if (!f->ok)
			continue;
		config_setting_t *list =
			config_setting_get_member(config_root_setting(&f->tree), name);
		left -= conf_each_in(st, list, left, read, obj);
	}
}

config_setting_t *conf_top(struct conf_state *st, const char *name)
{
	for (size_t i = 0; i < st->n_files; i++) {
		config_setting_t *s =
			st->file[i].ok ? config_setting_get_member(
						 config_root_setting(&st->file[i].tree), name)
				       : NULL;
		if (s) {
			st->at = i;
			return s;
		}
	}
	return NULL;
}
