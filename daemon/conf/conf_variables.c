/* What a gateway's approved template is filled with. */
#include "conf_variables.h"

#include <string.h>

#include "conf_field.h"
#include "message.h"

static const struct field VARIABLE_FIELD[] = {
	FIELD("name", TEXT, struct sms_variable, name, .required = true, .max = 40),
	FIELD("text", TEXT, struct sms_variable, text, .required = true, .max = 400),
	FIELD("max", INT, struct sms_variable, max, .fallback = 35, .min = 1, .max = 500),
};

struct variables {
	VEC(struct sms_variable) item;
};

static bool is_identifier(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	return s[0] && strchr(letters, s[0]) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
		       strlen(s);
}

static const struct sms_variable *find(const struct variables *all, const char *name)
{
	for (size_t i = 0; i < all->item.n; i++)
		if (all->item.item[i].name && strcmp(all->item.item[i].name, name) == 0)
			return &all->item.item[i];
	return NULL;
}

static void check_variable(
	struct conf_state *st, const struct variables *all, const struct sms_variable *v)
{
	struct diag d = DIAG_INIT;
	const struct sms_variable *other = v->name ? find(all, v->name) : NULL;
	if (v->name && !is_identifier(v->name))
		conf_error(st, v->src, N_("letters, digits and _; no digit first"),
			N_("\"%s\" is not the name of a variable"), v->name);
	if (other)
		conf_error(st, v->src, NULL, N_("variable %s is there twice, first at %s:%d"),
			v->name, other->src.file, other->src.line);
	if (v->name && v->text && message_variable_check(v, st->a, &d) != RC_OK)
		conf_error_diag(st, v->src, &d);
}

static void read_variable(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct variables *all = obj;
	struct sms_variable v = {.src = conf_here(st, group)};
	field_read(st, group, FIELDS(VARIABLE_FIELD), &v);
	check_variable(st, all, &v);
	if (v.name && v.text)
		VEC_PUSH(st->a, &all->item, v);
}

static bool has_templates(enum transport_kind kind)
{
	return kind == TRANSPORT_SPOOL || kind == TRANSPORT_ALIYUN || kind == TRANSPORT_TENCENT ||
	       kind == TRANSPORT_MAS_TEMPLATE;
}

void conf_read_variables(struct conf_state *st, config_setting_t *group, struct sms_settings *sms)
{
	struct variables all = {0};
	config_setting_t *list = config_setting_get_member(group, "variables");
	if (!list)
		return;
	conf_each_in(st, list, SMS_VARIABLES_MAX, read_variable, &all);
	if (!has_templates(sms->kind))
		conf_error(st, conf_here(st, list),
			N_("transport \"aliyun\", \"tencent\" or \"mas-template\""),
			N_("variables need a gateway with templates"));
	sms->variable = all.item.item;
	sms->n_variables = all.item.n;
}
