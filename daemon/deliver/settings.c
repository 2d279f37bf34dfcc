#include "settings.h"

#include <stdlib.h>
#include <string.h>

static const char *copy(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

static const struct pair *copy_pairs(struct arena *a, const struct pair *pair, size_t n)
{
	struct pair *out = n ? ARENA_ARRAY(a, n, struct pair) : NULL;
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct pair){.name = copy(a, pair[i].name),
			.value = copy(a, pair[i].value),
			.src = {copy(a, pair[i].src.file), pair[i].src.line}};
	}
	return out;
}

static const struct sms_variable *copy_variables(
	struct arena *a, const struct sms_variable *v, size_t n)
{
	struct sms_variable *out = n ? ARENA_ARRAY(a, n, struct sms_variable) : NULL;
	for (size_t i = 0; i < n; i++) {
		out[i] = v[i];
		out[i].name = copy(a, v[i].name);
		out[i].text = copy(a, v[i].text);
		out[i].src.file = copy(a, v[i].src.file);
	}
	return out;
}

static const char *const *copy_strings(struct arena *a, const char *const *s, size_t n)
{
	const char **out = n ? ARENA_ARRAY(a, n, const char *) : NULL;
	for (size_t i = 0; i < n; i++)
		out[i] = copy(a, s[i]);
	return out;
}

static void copy_email(struct settings *s, const struct email_settings *e)
{
	struct arena *a = &s->arena;
	s->email = *e;
	s->email.host = copy(a, e->host);
	s->email.ca_file = copy(a, e->ca_file);
	s->email.user = copy(a, e->user);
	s->email.password_credential = copy(a, e->password_credential);
	s->email.from_address = copy(a, e->from_address);
	s->email.from_name = copy(a, e->from_name);
	s->email.reply_to = copy(a, e->reply_to);
	s->email.src.file = copy(a, e->src.file);
}

static void copy_sms(struct settings *s, const struct sms_settings *m)
{
	struct arena *a = &s->arena;
	s->sms = *m;
	s->sms.url = copy(a, m->url);
	s->sms.method = copy(a, m->method);
	s->sms.content_type = copy(a, m->content_type);
	s->sms.header = copy_pairs(a, m->header, m->n_headers);
	s->sms.body = copy(a, m->body);
	s->sms.field = copy_pairs(a, m->field, m->n_fields);
	s->sms.variable = copy_variables(a, m->variable, m->n_variables);
	s->sms.user = copy(a, m->user);
	s->sms.password_credential = copy(a, m->password_credential);
	s->sms.from = copy(a, m->from);
	s->sms.sign = copy(a, m->sign);
	s->sms.success_status = copy(a, m->success_status);
	s->sms.success_pointer = copy(a, m->success_pointer);
	s->sms.success_values = copy_strings(a, m->success_values, m->n_success_values);
	s->sms.success_regex = copy(a, m->success_regex);
	s->sms.temporary_values = copy_strings(a, m->temporary_values, m->n_temporary_values);
	s->sms.permanent_values = copy_strings(a, m->permanent_values, m->n_permanent_values);
	s->sms.id_pointer = copy(a, m->id_pointer);
	s->sms.idempotency_header = copy(a, m->idempotency_header);
	s->sms.receipt_url = copy(a, m->receipt_url);
	s->sms.template_code = copy(a, m->template_code);
	s->sms.region = copy(a, m->region);
	s->sms.app_id = copy(a, m->app_id);
	s->sms.enterprise = copy(a, m->enterprise);
	s->sms.sign_code = copy(a, m->sign_code);
	s->sms.add_serial = copy(a, m->add_serial);
	s->sms.allow_prefix = copy_strings(a, m->allow_prefix, m->n_allow_prefix);
	s->sms.ca_file = copy(a, m->ca_file);
	s->sms.src.file = copy(a, m->src.file);
}

static void copy_rooms(struct settings *s, const struct chat_room *const *room, size_t n)
{
	struct arena *a = &s->arena;
	const struct chat_room **out = n ? ARENA_ARRAY(a, n, const struct chat_room *) : NULL;
	for (size_t i = 0; i < n; i++) {
		struct chat_room *r = ARENA_NEW(a, struct chat_room);
		*r = (struct chat_room){.id = copy(a, room[i]->id),
			.kind = room[i]->kind,
			.base_url = copy(a, room[i]->base_url),
			.token_credential = copy(a, room[i]->token_credential),
			.secret_credential = copy(a, room[i]->secret_credential),
			.keyword = copy(a, room[i]->keyword),
			.ca_file = copy(a, room[i]->ca_file)};
		out[i] = r;
	}
	s->room = out;
	s->n_rooms = n;
}

const struct chat_room *settings_room(const struct settings *s, const char *id)
{
	for (size_t i = 0; i < s->n_rooms; i++)
		if (strcmp(s->room[i]->id, id) == 0)
			return s->room[i];
	return NULL;
}

struct settings *settings_new(const struct email_settings *email, const struct sms_settings *sms,
	const struct chat_room *const *room, size_t n_rooms)
{
	struct settings *s = mem_new(1, sizeof *s);
	s->refs = 1;
	copy_email(s, email);
	copy_sms(s, sms);
	copy_rooms(s, room, n_rooms);
	return s;
}

struct settings *settings_ref(struct settings *s)
{
	s->refs++;
	return s;
}

void settings_unref(struct settings *s)
{
	if (!s || --s->refs)
		return;
	arena_done(&s->arena);
	free(s);
}
