/* Which groups a step tells, and when it does not. */
#include "fixture.h"

#include "plan.h"

static struct arena arena;

static struct person as_person[3];
static struct chat_room room[3];
static const struct chat_room *rooms[3];
static const struct unit *held[3][2];

/* "all" holds every unit, "six" brigade-6, "two" the office and digital. */
static struct fixture *world(void)
{
	static const char *const ID[] = {"all", "six", "two"};
	static struct step step[40];
	struct fixture *f = fixture_init();
	for (size_t i = 0; i < 3; i++) {
		room[i] = (struct chat_room){
			.id = ID[i], .as_person = &as_person[i], .unit = held[i]};
		as_person[i] = (struct person){
			.id = ID[i], .name = ID[i], .email = "", .phone = "", .room = &room[i]};
		rooms[i] = &room[i];
	}
	held[1][0] = &f->unit[fixture_unit("brigade-6")];
	held[2][0] = &f->unit[U_OFFICE];
	held[2][1] = &f->unit[U_DIGITAL];
	room[1].n_units = 1;
	room[2].n_units = 2;
	f->c.chat_room = rooms;
	f->c.n_chat_rooms = 3;
	for (size_t i = 0; i < f->standard.n_steps; i++) {
		step[i] = f->standard.step[i];
		step[i].channels[ROLE_GROUP] = BIT(CHANNEL_CHAT);
	}
	f->standard.step = step;
	return f;
}

/* "all six": who is told about it by chat, in this order, each once. */
static const char *told(struct fixture *f, enum plan_view view, const char *id, size_t *ret_n)
{
	static char text[100];
	struct obligations os;
	struct reminders rs;
	struct diag d = DIAG_INIT;
	bool is_told[3] = {false};
	size_t n = 0;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20251231), NULL, NULL, &arena, &os, &d),
		RC_OK);
	assert_int_equal(plan_reminders(&f->c, &os, view, &arena, &rs, &d), RC_OK);
	for (size_t i = 0; i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		assert_int_equal(r->channel == CHANNEL_CHAT, r->person->room != NULL);
		if (r->channel != CHANNEL_CHAT)
			continue;
		assert_int_equal(r->role, ROLE_GROUP);
		if (strcmp(r->obligation_id, id) != 0)
			continue;
		is_told[r->person->room - room] = true;
		n++;
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rs.item[k].key, r->key);
	}
	text[0] = '\0';
	for (size_t i = 0; i < 3; i++)
		if (is_told[i])
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
				text[0] ? " " : "", room[i].id);
	if (ret_n)
		*ret_n = n;
	return text;
}

static void rooms_that_hold_the_unit(void **state)
{
	(void)state;
	size_t n, steps = 0;
	struct fixture *f = world();
	for (size_t i = 0; i < f->standard.n_steps; i++)
		steps += f->standard.step[i].anchor == ANCHOR_DUE ? 2 : 1;
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2024-01/brigade-6", &n), "all six");
	assert_int_equal(n, 2 * steps); /* both forms have a day of their own */
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2024-02/brigade-7", NULL), "all");
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2024-08/digital", NULL), "all two");
}

static void nothing_that_is_not_firm(void **state)
{
	(void)state;
	struct fixture *f = world();
	f->roster.repeats = true;
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2025-01/brigade-6", NULL), "");
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2024-01/brigade-6", NULL), "all six");
}

static void joint_units(void **state)
{
	(void)state;
	struct fixture *f = world();
	for (size_t i = 0; i < R_COUNT_OF; i++)
		f->rule[i].joint = true;
	room[2].n_units = 1;
	held[2][0] = &f->unit[U_DIGITAL];
	assert_string_equal(told(f, PLAN_AS_MISSING, "monthly/2024-08/office", NULL), "all two");
}

static void rest_days(void **state)
{
	(void)state;
	struct fixture *f = world();
	struct obligations os;
	struct reminders rs;
	struct diag d = DIAG_INIT;
	size_t mails = 0, chats = 0;
	assert_int_equal(
		obligation_expand(&f->c, on(20240101), on(20241231), NULL, NULL, &arena, &os, &d),
		RC_OK);
	static struct step step[40];
	for (size_t i = 0; i < f->after.n_steps; i++) {
		step[i] = f->after.step[i];
		step[i].channels[ROLE_GROUP] = BIT(CHANNEL_CHAT);
	}
	f->after.step = step;
	assert_int_equal(plan_reminders(&f->c, &os, PLAN_AS_MISSING, &arena, &rs, &d), RC_OK);
	for (size_t i = 0; i < rs.n; i++) {
		const struct reminder *r = &rs.item[i];
		struct date day = zone_to_civil(f->c.zone, r->at).date;
		if (workday_is(&f->c.workdays, day) || (r->step && r->step->on_rest_days))
			continue;
		mails += r->channel == CHANNEL_EMAIL;
		if (r->channel != CHANNEL_CHAT)
			continue;
		chats++;
		assert_true(r->superseded);
		assert_string_equal(r->why, "no group message on a rest day");
	}
	print_message("%zu mails, %zu group messages on rest days\n", mails, chats);
	assert_true(chats > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rooms_that_hold_the_unit),
		cmocka_unit_test(nothing_that_is_not_firm),
		cmocka_unit_test(joint_units),
		cmocka_unit_test(rest_days),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
