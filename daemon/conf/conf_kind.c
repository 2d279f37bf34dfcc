/* One setting of each kind: from libconfig's value, after its checks, into the member. */
#include <string.h>

#include "date.h"
#include "text.h"
#include "conf_field.h"
#include "conf_kind.h"
#include "conf_value.h"

static void *member(void *obj, size_t offset)
{
	return (char *)obj + offset;
}

#define STORE(type, obj, offset, value)                                                            \
	do {                                                                                       \
		type stored_ = (value);                                                            \
		memcpy(member((obj), (offset)), &stored_, sizeof stored_);                         \
	} while (0)

static void set_text(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	size_t max = f->max ? (size_t)f->max : CONFIG_TEXT_MAX;
	const char *text = field_text(st, s, f->kind == FIELD_LONG_TEXT, max);
	if (text && f->required && text[0] == '\0')
		conf_error(st, conf_here(st, s), NULL, N_("%s is empty"), f->name);
	if (text)
		STORE(const char *, obj, f->offset, text);
}

static void set_id(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text)
		return;
	if (!text_is_id(text))
		conf_error(st, conf_here(st, s), N_("use a-z, 0-9 and - inside, at most 64"),
			N_("\"%s\" cannot be an id"), text);
	STORE(const char *, obj, f->offset, text);
}

static void set_bool(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	if (config_setting_type(s) == CONFIG_TYPE_BOOL)
		STORE(bool, obj, f->offset, config_setting_get_bool(s) != 0);
	else
		conf_error(st, conf_here(st, s), NULL, N_("%s is true or false"), f->name);
}

static void set_int(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	int v = config_setting_get_int(s);
	if (config_setting_type(s) != CONFIG_TYPE_INT)
		conf_error(st, conf_here(st, s), NULL, N_("%s is a whole number without quotes"),
			f->name);
	else if (v < f->min || v > f->max)
		conf_error(st, conf_here(st, s), NULL, N_("%s is %d, but has to be from %d to %d"),
			f->name, v, f->min, f->max);
	else
		STORE(int, obj, f->offset, v);
}

/* "a, b, c" of a NULL-terminated list. */
static const char *list_words(struct conf_state *st, const char *const *word)
{
	const char *all = "";
	for (; *word; word++)
		all = arena_printf(st->a, "%s%s\"%s\"", all, all[0] ? ", " : "", *word);
	return all;
}

static bool find_word(const char *const *word, const char *text, int *ret)
{
	for (int i = 0; word[i]; i++)
		if (strcmp(word[i], text) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static void set_choice(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	int v;
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text)
		return;
	if (find_word(f->choice, text, &v))
		STORE(int, obj, f->offset, v);
	else
		conf_error(st, conf_here(st, s), NULL, N_("%s is \"%s\", but has to be one of %s"),
			f->name, text, list_words(st, f->choice));
}

static void set_date(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	struct date d;
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text)
		return;
	if (date_parse(text, strlen(text), &d))
		STORE(struct date, obj, f->offset, d);
	else
		conf_error(st, conf_here(st, s), N_("write it as \"2024-05-20\""),
			N_("%s is \"%s\", which is not a day"), f->name, text);
}

static void set_minute(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	int minute;
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text)
		return;
	if (date_parse_minute(text, &minute))
		STORE(int, obj, f->offset, minute);
	else
		conf_error(st, conf_here(st, s), N_("write it as \"09:00\""),
			N_("%s is \"%s\", which is not a time of day"), f->name, text);
}

static void set_email(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text || !text[0])
		return;
	if (value_is_email(text))
		STORE(const char *, obj, f->offset, text);
	else
		conf_error(st, conf_here(st, s), N_("only name@domain in ASCII, nothing around it"),
			N_("\"%s\" is not a mail address"), text);
}

static void set_phone(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	char phone[VALUE_PHONE_SIZE];
	const char *text = field_text(st, s, false, CONFIG_TEXT_MAX);
	if (!text || !text[0])
		return;
	if (value_parse_phone(text, phone)) {
		const char *kept = arena_strdup(st->a, phone);
		STORE(const char *, obj, f->offset, kept);
	} else {
		conf_error(st, conf_here(st, s),
			N_("begin with + and the country, for example +86, then 8 to 15 digits in "
			   "all"),
			N_("\"%s\" is not a telephone number"), text);
	}
}

static void set_words(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj,
	const char *const *word)
{
	const char *const *text = NULL;
	size_t n = field_texts(st, s, &text);
	unsigned bits = 0;
	for (size_t i = 0; i < n; i++) {
		int v;
		if (find_word(word, text[i], &v))
			bits |= BIT(v);
		else
			conf_error(st, conf_here(st, s), NULL,
				N_("%s is \"%s\", but has to be one of %s"), f->name, text[i],
				list_words(st, word[0][0] == '-' ? word + 1 : word));
	}
	STORE(unsigned, obj, f->offset, bits);
}

static void set_forms(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	static const char *const WORD[] = {"-", "paper", "electronic", NULL};
	set_words(st, f, s, obj, WORD);
	unsigned bits;
	memcpy(&bits, member(obj, f->offset), sizeof bits);
	if (bits & BIT(FORM_NONE) || (bits == 0 && config_setting_length(s) == 0))
		conf_error(st, conf_here(st, s), N_("[ \"paper\" ], [ \"electronic\" ] or both"),
			N_("%s names no form"), f->name);
}

static void set_channels(
	struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	static const char *const WORD[] = {"email", "sms", NULL};
	set_words(st, f, s, obj, WORD);
}

/* Only groups are told by chat, and only by chat. */
static void set_chat(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	static const char *const WORD[] = {"chat", NULL};
	set_words(st, f, s, obj, WORD);
	unsigned bits;
	memcpy(&bits, member(obj, f->offset), sizeof bits);
	STORE(unsigned, obj, f->offset, bits ? BIT(CHANNEL_CHAT) : 0);
}

static void set_months(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	unsigned bits = 0;
	int n = config_setting_length(s);
	if (!config_setting_is_array(s) && !config_setting_is_list(s))
		n = 0;
	for (int i = 0; i < n; i++) {
		int month = config_setting_get_int_elem(s, i);
		if (month >= 1 && month <= 12 && !(bits & BIT(month)))
			bits |= BIT(month);
		else
			conf_error(st, conf_here(st, s), NULL,
				N_("%s has an entry that is not a month from 1 to 12, or one "
				   "twice"),
				f->name);
	}
	if (n == 0)
		conf_error(st, conf_here(st, s), N_("write it as [ 3, 6 ]"),
			N_("%s is a list of months"), f->name);
	STORE(unsigned, obj, f->offset, bits);
}

static void set_texts(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	const char *const *text = NULL;
	size_t n = field_texts(st, s, &text);
	if (f->max && n > (size_t)f->max) {
		conf_error(st, conf_here(st, s), NULL, N_("%s has more than %zu entries"), f->name,
			(size_t)f->max);
		n = (size_t)f->max;
	}
	STORE(const char *const *, obj, f->offset, text);
	STORE(size_t, obj, f->count, n);
}

static void set_reference(
	struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	static const enum conf_section SECTION[] = {
		[FIELD_PERSON] = SECTION_PERSON,
		[FIELD_UNIT] = SECTION_UNIT,
		[FIELD_OFFICE] = SECTION_OFFICE,
		[FIELD_LADDER] = SECTION_LADDER,
	};
	const char *id = field_text(st, s, false, CONFIG_TEXT_MAX);
	const void *thing = id ? field_refer(st, conf_here(st, s), SECTION[f->kind], id) : NULL;
	/* Somebody was named: that nobody answers to it has been said, and is no second fault. */
	static const struct person UNKNOWN = {.id = "-", .name = "-", .email = "-", .phone = "-"};
	if (!thing && f->kind == FIELD_PERSON)
		thing = &UNKNOWN;
	if (thing)
		STORE(const void *, obj, f->offset, thing);
}

static void set_nothing(
	struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	(void)obj;
	if (f->kind == FIELD_REFUSED)
		conf_error(st, conf_here(st, s), f->hint, N_("%s is not accepted here"), f->name);
	else if (f->kind == FIELD_GROUP && !config_setting_is_group(s))
		conf_error(st, conf_here(st, s), N_("write it as { name = value; ... }"),
			N_("%s is a group"), f->name);
}

static void (*const SET[])(
	struct conf_state *, const struct field *, config_setting_t *, void *) = {
	[FIELD_TEXT] = set_text,
	[FIELD_LONG_TEXT] = set_text,
	[FIELD_ID] = set_id,
	[FIELD_BOOL] = set_bool,
	[FIELD_INT] = set_int,
	[FIELD_CHOICE] = set_choice,
	[FIELD_DATE] = set_date,
	[FIELD_MINUTE] = set_minute,
	[FIELD_EMAIL] = set_email,
	[FIELD_PHONE] = set_phone,
	[FIELD_FORMS] = set_forms,
	[FIELD_CHANNELS] = set_channels,
	[FIELD_CHAT] = set_chat,
	[FIELD_MONTHS] = set_months,
	[FIELD_TEXTS] = set_texts,
	[FIELD_PERSON] = set_reference,
	[FIELD_UNIT] = set_reference,
	[FIELD_OFFICE] = set_reference,
	[FIELD_LADDER] = set_reference,
	[FIELD_GROUP] = set_nothing,
	[FIELD_LIST] = set_nothing,
	[FIELD_ARRAY] = set_nothing,
	[FIELD_REFUSED] = set_nothing,
};

void kind_set(struct conf_state *st, const struct field *f, config_setting_t *s, void *obj)
{
	SET[f->kind](st, f, s, obj);
}

void kind_set_fallback(const struct field *f, void *obj)
{
	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LONG_TEXT:
	case FIELD_ID:
	case FIELD_EMAIL:
	case FIELD_PHONE:
		STORE(const char *, obj, f->offset,
			f->fallback_text || !f->required ? f->fallback_text : "");
		break;
	case FIELD_BOOL:
		STORE(bool, obj, f->offset, f->fallback != 0);
		break;
	case FIELD_INT:
	case FIELD_CHOICE:
		STORE(int, obj, f->offset, f->fallback);
		break;
	case FIELD_DATE:
		STORE(struct date, obj, f->offset, DATE_NONE);
		break;
	case FIELD_MINUTE: {
		int minute = 0;
		(void)date_parse_minute(f->fallback_text, &minute);
		STORE(int, obj, f->offset, minute);
		break;
	}
	default: /* pointers, counts and bits begin as zero */
		break;
	}
}
