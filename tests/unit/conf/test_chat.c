/* chat = ( ... ): groups, and every fault in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "conf.h"
#include "base_conf.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static enum rc load(
	const char *chat, const char *step, struct config **ret, char *said, size_t size)
{
	struct diags ds = {0};
	struct buf main, out;
	static const char FIND[] = "clerk = [ \"email\" ]; template";
	buf_init(&main, 1 << 20);
	buf_init(&out, 1 << 16);
	const char *at = strstr(BASE_CONF, FIND);
	assert_non_null(at);
	buf_add(&main, BASE_CONF, (size_t)(at - BASE_CONF));
	buf_printf(&main, "clerk = [ \"email\" ]; %s template%s", step, at + strlen(FIND));
	const struct conf_file file[] = {
		{"t.cfg", main.data, main.len}, {"c.cfg", chat, strlen(chat)}};
	enum rc rc = conf_load(file, 2, ret, &ds);
	diags_sort(&ds);
	for (size_t i = 0; i < ds.n; i++) {
		char line[DIAG_TEXT_MAX + 400];
		diag_line(&ds.item[i], NULL, line, sizeof line);
		buf_printf(&out, "%s\n", line);
	}
	snprintf(said, size, "%s", out.len ? out.data : "");
	buf_done(&main);
	buf_done(&out);
	diags_done(&ds);
	return rc;
}

#define STEP "group = [ \"chat\" ];"

static void sound(void **state)
{
	struct config *c;
	char said[4000];
	(void)state;
	assert_int_equal(
		load("chat = ( { id = \"leads\"; name = \"责任人群\"; transport = "
		     "\"feishu\"; token_credential = \"t\"; secret_credential = \"s\"; "
		     "keyword = \"催办\"; units = [ \"red\" ]; limits = { per_day = 9; }; },\n"
		     " { id = \"all\"; name = \"All\"; transport = \"dingtalk\"; "
		     "token_credential = \"d\"; limits = { person_minute = 3; }; },\n"
		     " { id = \"try\"; name = \"Try\"; } );\n",
			STEP, &c, said, sizeof said),
		RC_OK);
	assert_string_equal(said, "");
	assert_int_equal(c->n_chat_rooms, 3);
	const struct chat_room *r = c->chat_room[0];
	assert_int_equal(r->kind, TRANSPORT_FEISHU);
	assert_string_equal(r->as_person->name, "责任人群");
	assert_ptr_equal(r->as_person->room, r);
	assert_ptr_equal(config_person(c, "leads"), r->as_person);
	assert_int_equal(r->n_units, 1);
	assert_string_equal(r->unit[0]->id, "red");
	assert_int_equal(r->guard.person_minute, 100);
	assert_int_equal(r->guard.per_second, 5);
	assert_int_equal(r->guard.per_day, 9);
	assert_int_equal(c->chat_room[1]->guard.person_minute, 3);
	assert_int_equal(c->chat_room[2]->kind, TRANSPORT_SPOOL);
	assert_int_equal(c->chat_room[2]->guard.person_minute, 0);
	assert_int_equal(c->n_persons, 2);
	assert_string_equal(person_contact(r->as_person, CHANNEL_CHAT), "leads");
	assert_string_equal(person_contact(r->as_person, CHANNEL_EMAIL), "");
	assert_string_equal(person_contact(c->person[0], CHANNEL_CHAT), "");
	config_free(c);
}

#define ROOM(more) "chat = ( { id = \"leads\"; name = \"Leads\"; " more " } );\n"

static void faults(void **state)
{
	(void)state;
	static const struct {
		const char *name, *chat, *step, *want;
	} row[] = {
		{"no group", "allow_empty = false;\n", STEP,
			"t.cfg:34: warning: the ladder \"standard\" tells chat groups, but there "
			"are "
			"none (chat = ( { id = \"...\"; ... } ))\n"},
		{"no step", ROOM(""), "",
			"c.cfg:1: warning: no step of a ladder tells chat groups, so that none "
			"gets "
			"anything (add group = [ \"chat\" ] to the steps that it should get)\n"},
		{"no token", ROOM("transport = \"wecom\";"), STEP,
			"c.cfg:1: error: transport \"wecom\" needs token_credential\n"},
		{"secret for WeCom",
			ROOM("transport = \"wecom\"; token_credential = \"t\"; secret_credential = "
			     "\"s\";"),
			STEP,
			"c.cfg:1: error: secret_credential does not go together with transport = "
			"\"wecom\"\n"},
		{"token in the file", ROOM("token = \"abc\";"), STEP,
			"c.cfg:1: error: token is not accepted here (put it into a file of its own "
			"and name that in token_credential)\n"},
		{"address in the file", ROOM("url = \"https://x/?key=abc\";"), STEP,
			"c.cfg:1: error: url is not accepted here (put what stands behind key=, "
			"access_token= or hook/ into a file of its own and name that in "
			"token_credential)\n"},
		{"a person's id", "chat = ( { id = \"anna\"; name = \"x\"; } );\n", STEP,
			"c.cfg:1: error: \"anna\" is the id of a person already\n"},
		{"twice",
			"chat = ( { id = \"a\"; name = \"x\"; },\n { id = \"a\"; name = \"y\"; } "
			");\n",
			STEP, "c.cfg:2: error: \"a\" is there twice, first in c.cfg:1\n"},
		{"unknown unit", ROOM("units = [ \"rde\" ];"), STEP,
			"c.cfg:1: error: there is no unit \"rde\"; did you mean \"red\"?\n"},
		{"unit twice", ROOM("units = [ \"red\", \"red\" ];"), STEP,
			"c.cfg:1: error: units names \"red\" twice\n"},
		{"unknown transport", ROOM("transport = \"slack\";"), STEP,
			"c.cfg:1: error: transport is \"slack\", but has to be one of \"spool\", "
			"\"wecom\", \"dingtalk\", \"feishu\"\n"},
		{"a group by mail", ROOM(""), "group = [ \"email\" ];",
			"t.cfg:36: error: group is \"email\", but has to be one of \"chat\"\n"},
		{"a lead by chat", ROOM(""), STEP " deputy = [ \"chat\" ];",
			"t.cfg:36: error: deputy is \"chat\", but has to be one of \"email\", "
			"\"sms\"\n"},
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct config *c = NULL;
		char said[4000];
		enum rc rc = load(row[i].chat, row[i].step, &c, said, sizeof said);
		print_message("%s\n", row[i].name);
		assert_string_equal(said, row[i].want);
		assert_int_equal(rc, strstr(row[i].want, "error") ? RC_INVALID : RC_OK);
		if (!rc)
			config_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound),
		cmocka_unit_test(faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
