/* Chat groups, and the robots that write to them. */
#include <stddef.h>
#include <string.h>

#include "conf_field.h"
#include "conf_guard.h"

enum { KIND_SPOOL, KIND_WECOM, KIND_DINGTALK, KIND_FEISHU, KINDS };
static const char *const TRANSPORT[] = {"spool", "wecom", "dingtalk", "feishu", NULL};
static const enum transport_kind TRANSPORT_OF[KINDS] = {
	TRANSPORT_SPOOL, TRANSPORT_WECOM, TRANSPORT_DINGTALK, TRANSPORT_FEISHU};

/* What the services take from one robot; DingTalk shuts one out for ten minutes that sends more. */
static const struct guard_settings GUARD[KINDS] = {
	[KIND_WECOM] = {.person_minute = 20},
	[KIND_DINGTALK] = {.person_minute = 20},
	[KIND_FEISHU] = {.person_minute = 100, .per_second = 5},
};

struct settings {
	struct chat_room room;
	const char *name;
	int transport;
	const char *const *unit;
	size_t n_units;
};
#define ROOM(name, kind, member, ...) FIELD(name, kind, struct settings, room.member, __VA_ARGS__)

/* `only` counts in the KINDs above.  A spool may keep the settings of the robot. */
static const struct field ROOM_FIELD[] = {
	ROOM("id", ID, id, .required = true),
	FIELD("name", TEXT, struct settings, name, .required = true, .max = 120),
	FIELD("transport", CHOICE, struct settings, transport, .choice = TRANSPORT),
	ROOM("base_url", TEXT, base_url, .max = 200),
	ROOM("token_credential", TEXT, token_credential, .max = 200),
	ROOM("secret_credential", TEXT, secret_credential, .max = 200,
		.only = BIT(KIND_SPOOL) | BIT(KIND_DINGTALK) | BIT(KIND_FEISHU)),
	FIELD_ELSEWHERE("token", REFUSED,
		.hint = N_("put it into a file of its own and name that in token_credential")),
	FIELD_ELSEWHERE("url", REFUSED,
		.hint = N_("put what stands behind key=, access_token= or hook/ into a file of its "
			   "own and name that in token_credential")),
	FIELD_ELSEWHERE("secret", REFUSED,
		.hint = N_("put it into a file of its own and name that in secret_credential")),
	ROOM("keyword", TEXT, keyword, .max = 60),
	ROOM("ca_file", TEXT, ca_file),
	ROOM("allow_http", BOOL, allow_http),
	FIELD_ELSEWHERE("limits", GROUP),
	FIELD("units", TEXTS, struct settings, unit, .count = offsetof(struct settings, n_units),
		.max = CONFIG_UNITS_MAX),
};

struct rooms {
	VEC(const struct chat_room *) item;
};

static void read_units(struct conf_state *st, const struct settings *s, struct chat_room *room)
{
	const struct unit **list = ARENA_ARRAY(st->a, s->n_units, const struct unit *);
	for (size_t i = 0; i < s->n_units; i++) {
		const struct unit *u = field_refer(st, room->src, SECTION_UNIT, s->unit[i]);
		for (size_t k = 0; u && k < room->n_units; k++)
			if (list[k] == u) {
				conf_error(st, room->src, NULL, N_("%s names \"%s\" twice"),
					"units", u->id);
				u = NULL;
			}
		if (u)
			list[room->n_units++] = u;
	}
	room->unit = list;
}

/* A group is named as a person is, in the history and on the command line. */
static void check_id(struct conf_state *st, const struct chat_room *room, const struct rooms *all)
{
	if (!room->id)
		return;
	if (conf_index_find(&st->index[SECTION_PERSON], room->id))
		conf_error(
			st, room->src, NULL, N_("\"%s\" is the id of a person already"), room->id);
	for (size_t i = 0; i < all->item.n; i++)
		if (strcmp(all->item.item[i]->id, room->id) == 0)
			conf_error(st, room->src, NULL, N_("\"%s\" is there twice, first in %s:%d"),
				room->id, all->item.item[i]->src.file, all->item.item[i]->src.line);
}

static void read_room(struct conf_state *st, config_setting_t *group, void *obj)
{
	struct rooms *all = obj;
	struct settings s = {.room.src = conf_here(st, group)};
	struct chat_room *room = ARENA_NEW(st->a, struct chat_room);
	struct person *p = ARENA_NEW(st->a, struct person);
	field_read(st, group, FIELDS(ROOM_FIELD), &s);
	field_check_only(st, group, FIELDS(ROOM_FIELD), s.transport,
		N_("%s does not go together with transport = \"%s\""), TRANSPORT[s.transport]);
	*room = s.room;
	room->kind = TRANSPORT_OF[s.transport];
	conf_read_guard(st, group, &GUARD[s.transport], &room->guard);
	read_units(st, &s, room);
	if (room->kind != TRANSPORT_SPOOL && !room->token_credential)
		conf_error(st, room->src, NULL, N_("transport \"%s\" needs token_credential"),
			TRANSPORT[s.transport]);
	check_id(st, room, all);
	*p = (struct person){.id = room->id,
		.name = s.name,
		.email = "",
		.phone = "",
		.room = room,
		.src = room->src};
	room->as_person = p;
	VEC_PUSH(st->a, &all->item, room);
}

void conf_read_chat(struct conf_state *st)
{
	struct rooms all = {0};
	conf_each(st, "chat", CONFIG_ROOMS_MAX, read_room, &all);
	st->c->chat_room = all.item.item;
	st->c->n_chat_rooms = all.item.n;
}
