#include "conf_field.h"

#include <string.h>

#include "text.h"
#include "conf_kind.h"

/* ---- texts ------------------------------------------------------------------------------------ */

static const char *fault_text(enum text_fault fault)
{
	switch (fault) {
	case TEXT_BAD_UTF8:
		return N_("%s is not valid UTF-8");
	case TEXT_BIDI:
		return N_("%s holds a character that reverses the direction of writing");
	default:
		return N_("%s holds a control character or a line break");
	}
}

static const char *name_of(const config_setting_t *s)
{
	if (s->name)
		return s->name;
	const config_setting_t *up = config_setting_parent(s);
	return up && up->name ? up->name : "-";
}

const char *field_text(struct conf_state *st, const config_setting_t *s, bool newline, size_t max)
{
	struct source at = conf_here(st, s);
	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		conf_error(st, at, NULL, N_("%s is a text in quotes"), name_of(s));
		return NULL;
	}
	const char *text = config_setting_get_string(s);
	size_t len = strlen(text);
	enum text_fault fault = text_check(text, len, newline, NULL);
	if (fault) {
		conf_error(st, at, NULL, fault_text(fault), name_of(s));
		return NULL;
	}
	if (len > max) {
		conf_error(st, at, NULL, N_("%s is longer than %zu bytes"), name_of(s), max);
		return NULL;
	}
	return arena_strdup(st->a, text);
}

size_t field_texts(struct conf_state *st, config_setting_t *s, const char *const **ret)
{
	if (!config_setting_is_array(s) && !config_setting_is_list(s)) {
		conf_error(st, conf_here(st, s), N_("write it as [ \"...\", \"...\" ]"),
			N_("%s is a list of texts"), name_of(s));
		return 0;
	}
	size_t n = (size_t)config_setting_length(s), kept = 0;
	const char **text = ARENA_ARRAY(st->a, n, const char *);
	for (size_t i = 0; i < n; i++) {
		text[kept] = field_text(
			st, config_setting_get_elem(s, (unsigned)i), false, CONFIG_TEXT_MAX);
		kept += text[kept] != NULL;
	}
	*ret = text;
	return kept;
}

/* ---- references -------------------------------------------------------------------------------- */

/* Whole sentences, because words cannot be put together in every language. */
static const struct {
	const char *unknown, *nearest, *twice;
} SECTION_TEXT[SECTION_COUNT] = {
	[SECTION_PERSON] = {N_("there is no person \"%s\""),
		N_("there is no person \"%s\"; did you mean \"%s\"?"),
		N_("the person \"%s\" is there twice, first in %s:%d")},
	[SECTION_UNIT] = {N_("there is no unit \"%s\""),
		N_("there is no unit \"%s\"; did you mean \"%s\"?"),
		N_("the unit \"%s\" is there twice, first in %s:%d")},
	[SECTION_OFFICE] = {N_("there is no office \"%s\""),
		N_("there is no office \"%s\"; did you mean \"%s\"?"),
		N_("the office \"%s\" is there twice, first in %s:%d")},
	[SECTION_LADDER] = {N_("there is no ladder \"%s\""),
		N_("there is no ladder \"%s\"; did you mean \"%s\"?"),
		N_("the ladder \"%s\" is there twice, first in %s:%d")},
	[SECTION_OCCASION] = {N_("there is no occasion \"%s\""),
		N_("there is no occasion \"%s\"; did you mean \"%s\"?"),
		N_("the occasion \"%s\" is there twice, first in %s:%d")},
	[SECTION_RULE] = {N_("there is no rule \"%s\""),
		N_("there is no rule \"%s\"; did you mean \"%s\"?"),
		N_("the rule \"%s\" is there twice, first in %s:%d")},
};

const void *field_refer(
	struct conf_state *st, struct source at, enum conf_section section, const char *id)
{
	const void *thing = conf_index_find(&st->index[section], id);
	if (thing || st->partial)
		return thing;
	/* Beyond the ceiling nobody reads the names any more, and looking for them takes time. */
	const char *near =
		st->ds->n < DIAGS_MAX ? conf_index_nearest(&st->index[section], id) : NULL;
	if (near)
		conf_error(st, at, NULL, SECTION_TEXT[section].nearest, id, near);
	else
		conf_error(st, at, NULL, SECTION_TEXT[section].unknown, id);
	return NULL;
}

/* Every struct that is registered ends with its source; the index keeps the things themselves, so
 * the older source is found by section. */
static struct source source_of(enum conf_section section, const void *thing)
{
	switch (section) {
	case SECTION_PERSON:
		return ((const struct person *)thing)->src;
	case SECTION_UNIT:
		return ((const struct unit *)thing)->src;
	case SECTION_OFFICE:
		return ((const struct office *)thing)->src;
	case SECTION_LADDER:
		return ((const struct ladder *)thing)->src;
	case SECTION_OCCASION:
		return ((const struct occasion *)thing)->src;
	default:
		return ((const struct rule *)thing)->src;
	}
}

void field_register(struct conf_state *st, enum conf_section section, const char *id,
	const void *thing, struct source src)
{
	const void *old;
	if (!id[0] || conf_index_add(&st->index[section], id, thing, &old))
		return;
	struct source first = source_of(section, old);
	conf_error(st, src, NULL, SECTION_TEXT[section].twice, id, first.file, first.line);
}

/* ---- tables ------------------------------------------------------------------------------------ */

static const struct field *find_field(const struct field *field, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(field[i].name, name) == 0)
			return &field[i];
	return NULL;
}

static void complain_unknown(
	struct conf_state *st, const config_setting_t *s, const struct field *field, size_t n)
{
	const char *near = NULL;
	for (size_t i = 0; i < n; i++)
		near = conf_nearer(s->name, near, field[i].name);
	if (near)
		conf_error(st, conf_here(st, s), NULL,
			N_("unknown setting \"%s\"; did you mean \"%s\"?"), s->name, near);
	else
		conf_error(st, conf_here(st, s), NULL, N_("unknown setting \"%s\""), s->name);
}

void field_default(const struct field *field, size_t n, void *obj)
{
	for (size_t i = 0; i < n; i++)
		kind_set_fallback(&field[i], obj);
}

void field_apply(struct conf_state *st, config_setting_t *group, const struct field *field,
	size_t n, void *obj)
{
	for (unsigned i = 0; i < (unsigned)config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, i);
		const struct field *f = find_field(field, n, s->name);
		if (f)
			kind_set(st, f, s, obj);
		else
			complain_unknown(st, s, field, n);
	}
}

void field_read(struct conf_state *st, config_setting_t *group, const struct field *field, size_t n,
	void *obj)
{
	field_default(field, n, obj);
	field_apply(st, group, field, n, obj);
	for (size_t i = 0; i < n; i++)
		if (field[i].required && !config_setting_get_member(group, field[i].name))
			conf_error(
				st, conf_here(st, group), NULL, N_("%s is missing"), field[i].name);
}

void field_check_only(struct conf_state *st, config_setting_t *group, const struct field *field,
	size_t n, int kind, const char *msgid, const char *kind_text)
{
	for (size_t i = 0; i < n; i++) {
		if (!field[i].only || field[i].only & BIT(kind))
			continue;
		config_setting_t *s = config_setting_get_member(group, field[i].name);
		if (s)
			conf_error(st, conf_here(st, s), NULL, msgid, field[i].name, kind_text);
	}
}
