/* One fault at a time put into a sound configuration, and every word that is said about it. */
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

static void load_text(const char *text, struct config **ret, struct diags *ds)
{
	struct conf_file file = {"t.cfg", text, strlen(text)};
	enum rc rc = conf_load(&file, 1, ret, ds);
	assert_int_equal(rc, ds->n_errors ? RC_INVALID : RC_OK);
}

static char *all_lines(struct diags *ds)
{
	struct buf out;
	char line[DIAG_TEXT_MAX + 400];
	buf_init(&out, 1 << 20);
	diags_sort(ds);
	for (size_t i = 0; i < ds->n; i++) {
		diag_line(&ds->item[i], NULL, line, sizeof line);
		buf_printf(&out, "%s\n", line);
	}
	return out.data;
}

static char *changed(const char *find, const char *until, const char *with)
{
	struct buf out;
	buf_init(&out, 1 << 20);
	const char *at = strstr(BASE_CONF, find);
	if (!at)
		fail_msg("\"%s\" is not in the base", find);
	const char *end = at + strlen(find);
	if (until) {
		end = strstr(at, until);
		assert_non_null(end);
		end += strlen(until);
	}
	buf_add(&out, BASE_CONF, (size_t)(at - BASE_CONF));
	buf_puts(&out, with);
	buf_puts(&out, end);
	return out.data;
}

static const struct {
	const char *name, *find, *until, *with, *want;
} CASE[] = {
	{"sound", "quiet = [", NULL, "quiet = [", ""},
	{"unknown top", "organisation =", NULL, "organization =",
		"t.cfg:1: error: unknown setting \"organization\"; did you mean \"organisation\"?\n"
		"t.cfg:1: error: organisation is missing\n"},
	{"unknown person key", "email = \"anna@bureau.org\"", NULL, "emial = \"anna@bureau.org\"",
		"t.cfg:5: error: unknown setting \"emial\"; did you mean \"email\"?\n"},
	{"unknown far", "email = \"anna@bureau.org\"", NULL, "zzzzzz = 1",
		"t.cfg:5: error: unknown setting \"zzzzzz\"\n"},
	{"person twice", "id = \"bert\"", NULL, "id = \"anna\"",
		"t.cfg:6: error: the person \"anna\" is there twice, first in t.cfg:5\n"
		"t.cfg:9: error: there is no person \"bert\"\n"
		"t.cfg:13: error: there is no person \"bert\"\n"
		"t.cfg:15: error: there is no person \"bert\"\n"
		"t.cfg:16: error: there is no person \"bert\"\n"},
	{"id with space", "id = \"red\"", NULL, "id = \"Red One\"",
		"t.cfg:12: error: \"Red One\" cannot be an id (use a-z, 0-9 and - inside, at most "
		"64)\n"
		"t.cfg:19: error: there is no unit \"red\"\n"
		"t.cfg:19: error: there is no unit \"red\"\n"
		"t.cfg:19: error: there is no unit \"red\"\n"
		"t.cfg:20: error: there is no unit \"red\"\n"
		"t.cfg:20: error: there is no unit \"red\"\n"
		"t.cfg:20: error: there is no unit \"red\"\n"
		"t.cfg:21: error: there is no unit \"red\"\n"
		"t.cfg:22: error: there is no unit \"red\"\n"
		"t.cfg:23: error: there is no unit \"red\"\n"
		"t.cfg:23: error: there is no unit \"red\"\n"
		"t.cfg:23: error: there is no unit \"red\"\n"
		"t.cfg:24: error: there is no unit \"red\"\n"
		"t.cfg:45: error: owed_by is \"red\", which is nobody (\"duty-unit\", "
		"\"every-unit\", \"bureau\" or the id of a unit)\n"},
	{"unknown person", "lead = \"anna\"", NULL, "lead = \"ana\"",
		"t.cfg:12: error: there is no person \"ana\"; did you mean \"anna\"?\n"},
	{"unknown unit", "unit = \"red\"", NULL, "unit = \"rde\"",
		"t.cfg:19: error: there is no unit \"rde\"; did you mean \"red\"?\n"},
	{"unknown units", "\"red\", \"blue\" ]", NULL, "\"red\", \"bleu\" ]",
		"t.cfg:22: error: there is no unit \"bleu\"; did you mean \"blue\"?\n"},
	{"unknown office", "office = \"desk\"", NULL, "office = \"dsk\"",
		"t.cfg:43: error: there is no office \"dsk\"; did you mean \"desk\"?\n"},
	{"unknown ladder", "ladder = \"standard\"", NULL, "ladder = \"standart\"",
		"t.cfg:43: error: there is no ladder \"standart\"; did you mean \"standard\"?\n"},
	{"unknown occasion", "\"fire-day\",", NULL, "\"fireday\",",
		"t.cfg:44: error: there is no occasion \"fireday\"; did you mean \"fire-day\"?\n"},
	{"unknown leader", "leaders = [ \"bert\" ]", NULL, "leaders = [ \"brt\" ]",
		"t.cfg:15: error: there is no person \"brt\"; did you mean \"bert\"?\n"},
	{"impossible date", "2024-06-14", NULL, "2024-02-30",
		"t.cfg:45: error: date is \"2024-02-30\", which is not a day (write it as "
		"\"2024-05-20\")\n"},
	{"bad span", "2024-05-01/2024-05-05", NULL, "2024-05-05/2024-05-01",
		"t.cfg:50: error: \"2024-05-05/2024-05-01\" is not a day and not a span of at most "
		"60 days (write it as \"2024-05-01\" or \"2024-05-01/2024-05-05\")\n"},
	{"off and work", "2024-05-11", NULL, "2024-05-04",
		"t.cfg:50: error: 2024-05-04 is a day off and a working day at once; see "
		"t.cfg:50\n"},
	{"work on weekday", "2024-05-11", NULL, "2024-05-10",
		"t.cfg:50: warning: 2024-05-10 is a working day anyway (work lists make-up days at "
		"weekends)\n"},
	{"month missing", "  { month = 7; unit = \"red\"; },\n", NULL, "",
		"t.cfg:18: warning: the roster of 2024 has no unit for month 7 (nobody is reminded "
		"of what these months owe)\n"},
	{"month 13", "month = 7", NULL, "month = 13",
		"t.cfg:18: warning: the roster of 2024 has no unit for month 7 (nobody is reminded "
		"of what these months owe)\n"
		"t.cfg:21: error: month is 13, but has to be from 1 to 12\n"},
	{"unit twice in month", "\"red\", \"blue\" ]", NULL, "\"red\", \"red\" ]",
		"t.cfg:22: error: \"red\" stands twice in month 8\n"},
	{"no lead", "lead = \"anna\"; ", NULL, "",
		"t.cfg:19: error: \"red\" is responsible in month 1, but has no lead (add lead = "
		"\"...\" here or to the unit)\n"
		"t.cfg:45: error: the unit \"red\" owes something, but has no lead\n"},
	{"unit and units", "month = 7; unit = \"red\";", NULL,
		"month = 7; unit = \"red\"; units = [ \"blue\" ];",
		"t.cfg:21: error: month 7 needs either unit or units (unit = \"...\" or units = [ "
		"\"...\", \"...\" ])\n"},
	{"neither", "month = 7; unit = \"red\";", NULL, "month = 7;",
		"t.cfg:21: error: month 7 needs either unit or units (unit = \"...\" or units = [ "
		"\"...\", \"...\" ])\n"},
	{"no contact", "email = \"bert@bureau.org\";", NULL, " ",
		"t.cfg:6: error: bert has neither email nor phone\n"},
	{"bad email", "bert@bureau.org", NULL, "bert@bureau",
		"t.cfg:6: error: \"bert@bureau\" is not a mail address (only name@domain in ASCII, "
		"nothing around it)\n"},
	{"email rcpt", "bert@bureau.org", NULL,
		"bert@bureau.org>\\x0d\\x0aRCPT TO:<evil@example.net",
		"t.cfg:6: error: email holds a control character or a line break\n"},
	{"email brackets", "bert@bureau.org", NULL, "<bert@bureau.org>",
		"t.cfg:6: error: \"<bert@bureau.org>\" is not a mail address (only name@domain in "
		"ASCII, nothing around it)\n"},
	{"email two at", "bert@bureau.org", NULL, "a@b@c.org",
		"t.cfg:6: error: \"a@b@c.org\" is not a mail address (only name@domain in ASCII, "
		"nothing around it)\n"},
	{"email non-ascii", "bert@bureau.org", NULL, "王@bureau.org",
		"t.cfg:6: error: \"王@bureau.org\" is not a mail address (only name@domain in "
		"ASCII, nothing around it)\n"},
	{"phone bare", "+86 138 0013 8000", NULL, "13800138000",
		"t.cfg:5: error: \"13800138000\" is not a telephone number (begin with + and the "
		"country, for example +86, then 8 to 15 digits in all)\n"},
	{"phone short", "+86 138 0013 8000", NULL, "+86 138",
		"t.cfg:5: error: \"+86 138\" is not a telephone number (begin with + and the "
		"country, for example +86, then 8 to 15 digits in all)\n"},
	{"phone letters", "+86 138 0013 8000", NULL, "+86 138 0013 800O",
		"t.cfg:5: error: \"+86 138 0013 800O\" is not a telephone number (begin with + and "
		"the country, for example +86, then 8 to 15 digits in all)\n"},
	{"name with LF", "name = \"Bert\"", NULL, "name = \"Be\\x0art\"",
		"t.cfg:6: error: name holds a control character or a line break\n"},
	{"name with VEVENT", "name = \"Bert\"", NULL, "name = \"Bert END:VEVENT\"", ""},
	{"name bidi", "name = \"Bert\"", NULL,
		"name = \"Be\xe2\x80\xae"
		"rt\"",
		"t.cfg:6: error: name holds a character that reverses the direction of writing\n"},
	{"points 101", "day = 20;", NULL, "day = 20; points = 101;",
		"t.cfg:43: error: points is 101, but has to be from 0 to 100\n"},
	{"points text", "day = 20;", NULL, "day = 20; points = \"2\";",
		"t.cfg:43: error: points is a whole number without quotes\n"},
	{"day 32", "day = 20;", NULL, "day = 32;",
		"t.cfg:43: error: day is 32, but has to be from 1 to 31\n"},
	{"no day", "day = 20; ", NULL, "", "t.cfg:43: error: the rule \"monthly\" needs day\n"},
	{"window", "\"12:00-14:30\", \"18", NULL, "\"12:00-25:30\", \"18",
		"t.cfg:3: error: \"12:00-25:30\" is not a part of the day (write it as "
		"\"21:00-07:30\")\n"},
	{"window whole day", "\"18:30-08:00\"", NULL, "\"14:00-12:30\"",
		"t.cfg:3: error: quiet leaves no minute of the day for reminders\n"},
	{"rules empty", "rules = (\n", "\"desk\"; }\n);", "rules = ( );",
		"t.cfg:1: error: there are no rules, so nobody would be reminded of anything (if "
		"that is meant, set allow_empty = true)\n"},
	{"kind unknown", "kind = \"once\"", NULL, "kind = \"one\"",
		"t.cfg:45: error: kind is \"one\", but has to be one of \"monthly\", \"after\", "
		"\"once\", \"count\"\n"},
	{"kind mix", "kind = \"once\";", NULL, "kind = \"once\"; days = 2;",
		"t.cfg:45: error: days does not go together with kind = \"once\"\n"},
	{"nil monthly", "day = 20;", NULL, "day = 20; nil = true;",
		"t.cfg:43: error: nil does not go together with kind = \"monthly\"\n"},
	{"period ladder on after", "ladder = \"after\"", NULL, "ladder = \"standard\"",
		"t.cfg:44: error: step \"start\" of the ladder \"standard\" counts from a month, "
		"but \"days\" has none (use a ladder without anchor = \"period\")\n"
		"t.cfg:44: error: \"days\" waits for an answer about \"qingming\", but its ladder "
		"never asks (add a step with ask = true, or confirm = false)\n"},
	{"end ladder on monthly", "ladder = \"standard\"", NULL, "ladder = \"after\"",
		"t.cfg:43: error: step \"ask\" of the ladder \"after\" counts from an activity, "
		"but \"monthly\" has none (use a ladder without anchor = \"end\")\n"},
	{"never asks", "ask = true; ", NULL, "",
		"t.cfg:44: error: \"days\" waits for an answer about \"qingming\", but its ladder "
		"never asks (add a step with ask = true, or confirm = false)\n"},
	{"leader sms", "lead = [ \"email\" ]; clerk", NULL, "leader = [ \"sms\" ]; clerk",
		"t.cfg:36: error: leaders get no SMS\n"},
	{"channel unknown", "lead = [ \"email\" ]; clerk", NULL, "lead = [ \"mail\" ]; clerk",
		"t.cfg:36: error: lead is \"mail\", but has to be one of \"email\", \"sms\"\n"},
	{"step twice", "id = \"t-1\"", NULL, "id = \"start\"",
		"t.cfg:36: error: the step \"start\" is there twice, first in line 35\n"},
	{"step nobody", "lead = [ \"email\" ]; clerk = [ \"email\" ];", NULL, "",
		"t.cfg:36: error: the step \"t-1\" tells nobody (for example lead = [ \"email\" "
		"])\n"},
	{"step time", "workdays = -1;", NULL, "workdays = -1; time = \"9:00\";",
		"t.cfg:36: error: time is \"9:00\", which is not a time of day (write it as "
		"\"09:00\")\n"},
	{"step 24", "workdays = -1;", NULL, "workdays = -1; time = \"24:00\";",
		"t.cfg:36: error: time goes from \"00:00\" to \"23:59\"\n"},
	{"step mix", "workdays = -1;", NULL, "days = -1;",
		"t.cfg:36: error: days does not go together with anchor = \"due\"\n"},
	{"step day and workday", "workday = 1;", NULL, "workday = 1; day = 3;",
		"t.cfg:35: error: the step \"start\" needs either day or workday\n"},
	{"recur refused", "FREQ=YEARLY;BYMONTH=11", NULL, "FREQ=MONTHLY;BYMONTH=11",
		"t.cfg:28: error: FREQ=MONTHLY: only FREQ=YEARLY is accepted\n"},
	{"recur never", "BYMONTH=11;BYMONTHDAY=9", NULL, "BYMONTH=2;BYMONTHDAY=30",
		"t.cfg:28: error: month 2 never has a day 30\n"},
	{"solar term", "solar_term = \"qingming\"", NULL, "solar_term = \"chunfen\"",
		"t.cfg:29: error: there is no solar term \"chunfen\" (known: \"qingming\", "
		"\"dongzhi\")\n"},
	{"two ways", "to = \"06-30\";", NULL, "to = \"06-30\"; rule = \"FREQ=YEARLY\";",
		"t.cfg:30: error: the occasion \"drive\" has to say its day in one way (one of "
		"rule, solar_term, from and to, dates)\n"},
	{"from without to", " to = \"06-30\";", NULL, "",
		"t.cfg:30: error: from and to belong together\n"},
	{"from 02-30", "from = \"05-01\"", NULL, "from = \"02-30\"",
		"t.cfg:30: error: from or to is not a day of the year (write them as from = "
		"\"05-01\"; to = \"06-30\")\n"},
	{"two in a year", "\"2024-05-01/2024-06-30\" ]", NULL, "\"2024-05-01\", \"2024-07-01\" ]",
		"t.cfg:31: error: two of the dates end in 2024 (make it an occasion of its own)\n"},
	{"noon outside", "noon = \"12:00-14:30\"; }", NULL, "noon = \"12:00-19:30\"; }",
		"t.cfg:9: error: noon does not lie between open and close\n"},
	{"zone", "domain =", NULL, "zone = \"Asia/Jincheng\";\ndomain =",
		"t.cfg:2: error: unknown time zone \"Asia/Jincheng\"\n"},
	{"domain", "r.example.org", NULL, "r_example.org",
		"t.cfg:2: error: \"r_example.org\" is not a domain name (write it as "
		"\"reminders.example.org\")\n"},
	{"language", "domain =", NULL, "language = \"de\";\ndomain =",
		"t.cfg:2: error: language is \"de\", but has to be one of \"zh_CN\", \"en\"\n"},
	{"known through", "known_through = \"2024-12-31\"", NULL, "known_through = \"2024-06-30\"",
		"t.cfg:18: warning: working days are known through 2024-06-30 only, the roster is "
		"of 2024 (enter the yearly notice)\n"},
	{"no known through", " known_through = \"2024-12-31\";\n", NULL, "",
		"t.cfg:48: error: known_through is missing\n"},
	{"inline password", "email = {", NULL, "email = { password = \"x\";",
		"t.cfg:52: error: password is not accepted here (put it into a file of its own and "
		"name that in password_credential)\n"},
	{"smtp without host", "email = { transport = \"spool\"", NULL,
		"email = { transport = \"smtp\"",
		"t.cfg:52: error: transport \"smtp\" needs host\n"},
	{"smtp plain password", "email = { transport = \"spool\"", NULL,
		"email = { transport = \"smtp\"; host = \"mx.bureau.org\"; tls = \"none\"; user = "
		"\"u\"; password_credential = \"p\"",
		"t.cfg:52: error: the password would be sent without encryption (tls = "
		"\"starttls\" or \"wrapped\")\n"},
	{"smtp placeholder", "email = { transport = \"spool\"", NULL,
		"email = { transport = \"smtp\"; host = \"mx.bureau.org\"; from = \"a@x.invalid\"",
		"t.cfg:52: warning: mails would come from the placeholder a@x.invalid (write the "
		"bureau's own address)\n"},
	{"sms no url", "sms = { transport = \"spool\"", NULL, "sms = { transport = \"http\"",
		"t.cfg:53: error: transport \"http\" needs url\n"},
	{"sms plain http", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"http://sms.example.org/?p={{to}}&t={{text}}\"; method = \"GET\"; success = { "
		"regex = \"ok\"; }",
		"t.cfg:53: error: names and numbers would be sent without encryption (use https, "
		"or set allow_http = true)\n"},
	{"sms placeholder in host", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://{{to}}.example.org/?t={{text}}\"; success = { regex = \"ok\"; }",
		"t.cfg:53: error: url has a placeholder in its host or path (only values after the "
		"\"?\" may change)\n"},
	{"sms unknown placeholder", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{tto}}&t={{text}}\"; success = { regex = \"ok\"; }",
		"t.cfg:53: error: there is no placeholder {{tto}}; did you mean {{to}}?\n"
		"t.cfg:53: error: {{to}} stands nowhere in the request\n"},
	{"sms secret unset", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}&s={{secret}}\"; success = { "
		"regex = \"ok\"; }",
		"t.cfg:53: error: {{secret}} is used, but password_credential is not set\n"},
	{"sms header crlf", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"; success = { regex = \"ok\"; "
		"}; headers = ( { name = \"A\"; value = \"b\\x0d\\x0aC: d\"; } )",
		"t.cfg:53: error: value holds a control character or a line break\n"},
	{"sms header name", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"; success = { regex = \"ok\"; "
		"}; headers = ( { name = \"A:\"; value = \"b\"; } )",
		"t.cfg:53: error: \"A:\" is not the name of a header\n"},
	{"sms status only", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"",
		"t.cfg:53: warning: success of an SMS is judged by the HTTP code alone (many "
		"gateways answer 200 to what they refuse; add pointer and values, or regex)\n"},
	{"sms regex", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"; success = { regex = \"(ok\"; "
		"}",
		"t.cfg:53: error: regex is not an extended regular expression: Unmatched ( or "
		"\\(\n"},
	{"sms pointer", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"; success = { pointer = "
		"\"code\"; values = [ \"0\" ]; }",
		"t.cfg:53: error: pointer is \"code\", which is not a JSON pointer (RFC 6901: "
		"\"/data/0/code\")\n"},
	{"sms kannel fields", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"kannel\"; url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"; "
		"user = \"u\"; password_credential = \"p\"; body = \"x\"",
		"t.cfg:53: error: body does not go together with transport = \"kannel\"\n"},
	{"sms sign brackets", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; sign = \"【局】\"",
		"t.cfg:53: error: sign is written without its brackets 【】\n"},
	{"sms aliyun lacks", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"aliyun\"; region = \"x\"",
		"t.cfg:53: error: region does not go together with transport = \"aliyun\"\n"
		"t.cfg:53: error: transport \"aliyun\" needs user\n"
		"t.cfg:53: error: transport \"aliyun\" needs password_credential\n"
		"t.cfg:53: error: transport \"aliyun\" needs sign\n"
		"t.cfg:53: error: transport \"aliyun\" needs template\n"
		"t.cfg:53: warning: the gateway's template gets no variables: every SMS says the "
		"same (variables = ( { name = \"unit\"; text = \"{{your_unit}}\"; } ))\n"},
	{"sms tencent lacks", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"tencent\"; sign = \"s\"; template = \"1\"; user = \"u\"; "
		"password_credential = \"p\"; region = \"\"; variables = ( { name = \"a\"; text = "
		"\"{{your_unit}}\"; } )",
		"t.cfg:53: error: transport \"tencent\" needs app_id\n"
		"t.cfg:53: error: transport \"tencent\" needs region\n"},
	{"sms mas lacks", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"mas\"; url = \"https://mas.example.org/sms/norsubmit\"; "
		"user "
		"= \"u\"; password_credential = \"p\"; template = \"x\"; add_serial = \"1a\"",
		"t.cfg:53: error: template does not go together with transport = \"mas\"\n"
		"t.cfg:53: error: transport \"mas\" needs enterprise\n"
		"t.cfg:53: error: transport \"mas\" needs sign_code\n"
		"t.cfg:53: error: add_serial is \"1a\", but has to be digits\n"},
	{"sms mas without url", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"mas\"", "t.cfg:53: error: transport \"mas\" needs url\n"},
	{"sms cloud query", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"mas\"; url = \"https://mas.example.org/sms?a={{to}}\"; user "
		"= "
		"\"u\"; password_credential = \"p\"; enterprise = \"e\"; sign_code = \"c\"",
		"t.cfg:53: error: url has a query, which transport \"mas\" writes itself\n"},
	{"sms cloud plain", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"mas\"; url = \"http://mas.example.org/sms\"; user = \"u\"; "
		"password_credential = \"p\"; enterprise = \"e\"; sign_code = \"c\"",
		"t.cfg:53: error: names and numbers would be sent without encryption (use https, "
		"or set allow_http = true)\n"},
	{"sms prefixes", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; allow_prefixes = [ \"+86\", \"86\" ]",
		"t.cfg:53: error: allow_prefixes has \"86\", which is not + and digits (for "
		"example [ \"+86\" ])\n"},
	{"sms receipts of http", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = "
		"\"https://sms.example.org/?p={{to}}&t={{text}}\"; success = { regex = \"ok\"; }; "
		"receipts = true",
		"t.cfg:53: error: receipts does not go together with transport = \"http\"\n"},
	{"sms aliyun sound", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"aliyun\"; user = \"LTAI\"; password_credential = \"p\"; "
		"sign = "
		"\"s\"; template = \"SMS_1\"; allow_prefixes = [ \"+86\" ]; receipts = false; "
		"variables = ( { name = \"unit\"; text = \"{{your_unit}}\"; } )",
		""},
	{"sms mas sound", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"mas\"; url = \"http://10.1.1.1:1992/sms/norsubmit\"; "
		"allow_http = true; user = \"u\"; password_credential = \"p\"; enterprise = \"e\"; "
		"sign_code = \"c\"; add_serial = \"01\"",
		""},
	{"variables of another gateway", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"kannel\"; url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"; "
		"user = \"u\"; password_credential = \"p\"; variables = ( { name = \"unit\"; "
		"text = \"{{unit}}\"; } )",
		"t.cfg:53: error: variables need a gateway with templates (transport \"aliyun\", "
		"\"tencent\" or \"mas-template\")\n"},
	{"variable twice", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"unit\"; text = "
		"\"{{unit}}\"; },\n{ name = \"unit\"; text = \"{{title}}\"; } )",
		"t.cfg:54: error: variable unit is there twice, first at t.cfg:53\n"},
	{"variable name", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"2nd\"; text = "
		"\"{{unit}}\"; } )",
		"t.cfg:53: error: \"2nd\" is not the name of a variable (letters, digits and _; no "
		"digit first)\n"},
	{"variable name in Chinese", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"单位\"; text = "
		"\"{{unit}}\"; } )",
		"t.cfg:53: error: \"单位\" is not the name of a variable (letters, digits and _; "
		"no "
		"digit first)\n"},
	{"variable max", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"unit\"; text = "
		"\"{{unit}}\"; max = 501; } )",
		"t.cfg:53: error: max is 501, but has to be from 1 to 500\n"},
	{"variable without text", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"unit\"; } )",
		"t.cfg:53: error: text is missing\n"},
	{"variable mistyped", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"unit\"; text = "
		"\"{{untit}}\"; } )",
		"t.cfg:53: error: there is no name 'untit' for templates\n"},
	{"variable with a link", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"spool\"; variables = ( { name = \"page\"; text = "
		"\"{{link}}\"; } )",
		"t.cfg:53: error: variable page: gateways refuse an address of the web in a "
		"variable\n"},
	{"loopback url", "sms = { transport = \"spool\"", NULL,
		"base_url = \"http://127.0.0.1:8080\";\nsms = { transport = \"kannel\"; url = "
		"\"http://127.0.0.1:13013/cgi-bin/sendsms\"; user = \"u\"; password_credential = "
		"\"p\"",
		"t.cfg:53: warning: base_url points to this machine, so SMS carry no link (set it "
		"to a name that telephones can reach)\n"},
	{"base url", "domain =", NULL, "base_url = \"example.org\";\ndomain =",
		"t.cfg:2: error: base_url is \"example.org\", which is not a web address (write it "
		"as \"https://name.example.org\")\n"},
	{"two rosters", "rosters = (\n", NULL,
		"rosters = ( { year = 2024; months = ( { month = 1; unit = \"red\"; } ); },\n",
		"t.cfg:17: warning: the roster of 2024 has no unit for month 2, 3, 4, 5, 6, 7, 8, "
		"9, 10, 11, 12 (nobody is reminded of what these months owe)\n"
		"t.cfg:18: error: there are two rosters of 2024; see t.cfg:17\n"},
	{"confirmed too early", "repeats = true;", NULL,
		"repeats = true; confirmed = [ \"2024-03\" ];",
		"t.cfg:18: error: 2024-03 needs no confirmation: the roster is of 2024\n"},
	{"confirmed", "repeats = true;", NULL,
		"repeats = true; confirmed = [ \"2025-03\", \"2025-02\" ];", ""},
	{"effective from", "repeats = true;", NULL, "repeats = true; effective_from = \"2024-13\";",
		"t.cfg:18: error: \"2024-13\" is not a month (write it as \"2024-03\")\n"},
	{"no roster", "rosters = (\n", "\n ); }\n);\n", "",
		"t.cfg:1: error: rules ask for the unit on duty, but there is no roster (add "
		"rosters "
		"= ( { year = ...; months = ( ... ); } ))\n"},
	{"no admins", "admins = [ \"bert\" ];\n", NULL, "",
		"t.cfg:1: warning: no admin can be reached by mail: failures would go unnoticed "
		"(admins = [ \"...\" ], one of them with email)\n"},
	{"placeholder", "bert@bureau.org", NULL, "bert@x.invalid",
		"t.cfg:6: warning: placeholder contacts in persons, 1 in all: bert (nothing but "
		"the "
		"spool transport sends to them)\n"},
	{"sample rule", "day = 20;", NULL, "day = 20; sample = true;",
		"t.cfg:43: warning: samples in rules, 1 in all: monthly (replace it and take "
		"sample = "
		"true out)\n"},
	{"person is list",
		"persons = (\n { id = \"anna\"; name = \"Anna\"; email = \"anna@bureau.org\"; "
		"phone = \"+86 138 0013 8000\"; },",
		NULL, "persons = ( 5,",
		"t.cfg:4: error: each entry of persons is a group (write it as { name = value; ... "
		"})\n"
		"t.cfg:11: error: there is no person \"anna\"\n"},
	{"float", "day = 20;", NULL, "day = 20.5;",
		"t.cfg:43: error: day is a whole number without quotes\n"},
	{"forms empty", "day = 20;", NULL, "day = 20; forms = [ ];",
		"t.cfg:43: error: forms names no form ([ \"paper\" ], [ \"electronic\" ] or "
		"both)\n"},
	{"forms wrong", "day = 20;", NULL, "day = 20; forms = [ \"papier\" ];",
		"t.cfg:43: error: forms is \"papier\", but has to be one of \"paper\", "
		"\"electronic\"\n"},
	{"deliverable twice", "day = 20;", NULL,
		"day = 20; deliverables = ( { id = \"a\"; name = \"A\"; }, { id = \"a\"; name = "
		"\"B\"; } );",
		"t.cfg:43: error: the deliverable \"a\" is there twice, first in line 43\n"},
	{"once whose month", "date = \"2024-06-14\"; owed_by = \"red\";", NULL, "",
		"t.cfg:45: error: nobody can tell whose month the rule \"letter\" belongs to (add "
		"date, or period = \"2024-12\", or owed_by)\n"},
	{"reserved unit", "id = \"blue\"", NULL, "id = \"bureau\"",
		"t.cfg:13: error: a unit cannot be called \"bureau\"\n"
		"t.cfg:22: error: there is no unit \"blue\"\n"},
	{"clerk missing", " clerk = \"bert\"; open", NULL, "open",
		"t.cfg:43: error: \"monthly\" reminds the clerk of \"desk\", but there is none "
		"(add clerk to the office)\n"},
	{"days 1e9", "days = 2;", NULL, "days = 1000000000;",
		"t.cfg:44: error: days is 1000000000, but has to be from 0 to 366\n"},
	{"negative", "days = 2;", NULL, "days = -2;",
		"t.cfg:44: error: days is -2, but has to be from 0 to 366\n"},
	{"include type", "domain =", NULL, "include = \"x.cfg\";\ndomain =",
		"t.cfg:2: error: include is a list of texts (write it as [ \"...\", \"...\" ])\n"},
	{"months", "day = 20;", NULL, "day = 20; months = [ 1, 13 ];",
		"t.cfg:43: error: months has an entry that is not a month from 1 to 12, or one "
		"twice\n"},
	{"anchor unknown", "anchor = \"due\"", NULL, "anchor = \"end-of-month\"",
		"t.cfg:36: error: anchor is \"end-of-month\", but has to be one of \"period\", "
		"\"due\", \"end\"\n"},
	{"allow empty", "rules = (\n", "\"desk\"; }\n);", "allow_empty = true;\nrules = ( );", ""},
	{"sms http sound", "sms = { transport = \"spool\"", NULL,
		"sms = { transport = \"http\"; url = \"https://sms.example.org/send\"; headers = ( "
		"{ name = \"Authorization\"; value = \"Bearer {{secret}}\"; } ); "
		"password_credential = \"t\"; body = "
		"\"{\\\"to\\\":\\\"{{to}}\\\",\\\"text\\\":\\\"{{text}}\\\"}\"; success = { "
		"status = \"200,202-204\"; pointer = \"/code\"; values = [ \"0\" ]; }; "
		"temporary_values = [ \"7\" ]; id_pointer = \"/data/0/id\"; idempotency_header = "
		"\"Idempotency-Key\"; idempotency_window = 3600",
		""},
	{"lead by phone only", "email = \"bert@bureau.org\";", NULL,
		"phone = \"+86 138 0013 8001\";",
		"t.cfg:1: warning: no admin can be reached by mail: failures would go unnoticed "
		"(admins = [ \"...\" ], one of them with email)\n"
		"t.cfg:6: warning: leads whom the ladder \"after\" cannot reach, 1 in all: bert "
		"(add the email or phone that its steps use)\n"},
	{"sample occasion", "id = \"drive\";", NULL, "id = \"drive\"; sample = true;",
		"t.cfg:30: warning: samples in occasions, 1 in all: drive (replace it and take "
		"sample = true out)\n"},
	{"hours backwards", "open = \"08:30\";", NULL, "open = \"18:30\";",
		"t.cfg:9: error: close is not after open\n"
		"t.cfg:9: error: noon does not lie between open and close\n"},
	{"leader twice", "leaders = [ \"bert\" ]", NULL, "leaders = [ \"bert\", \"bert\" ]",
		"t.cfg:15: error: leaders names \"bert\" twice\n"},
	{"smtp on this machine", "email = { transport = \"spool\"", NULL,
		"email = { transport = \"smtp\"; host = \"127.0.0.1\"; tls = \"none\"; user = "
		"\"u\"; password_credential = \"p\"; from = \"a@bureau.org\"",
		""},
	{"smtp without password", "email = { transport = \"spool\"", NULL,
		"email = { transport = \"smtp\"; host = \"mx.bureau.org\"; user = \"u\"; from = "
		"\"a@bureau.org\"",
		"t.cfg:52: error: user needs password_credential\n"},
	{"sample indicator", "day = 20;", NULL,
		"day = 20; indicators = ( { name = \"I\"; months = [ 3 ]; sample = true; } );",
		"t.cfg:43: warning: samples in indicators, 1 in all: I (replace it and take sample "
		"= true out)\n"},
	{"owed by nobody",
		"id = \"letter\"; name = \"Letter\"; kind = \"once\"; date = \"2024-06-14\"; "
		"owed_by = \"red\";",
		NULL,
		"id = \"letter\"; name = \"Letter\"; kind = \"once\"; date = \"2024-06-14\"; "
		"owed_by = \"every-unite\";",
		"t.cfg:45: error: owed_by is \"every-unite\"; did you mean \"every-unit\"?\n"},
	{"season", "noon = \"12:00-14:30\"; }", NULL,
		"noon = \"12:00-14:30\"; seasons = ( { from = \"05-01\"; to = \"09-31\"; } ); }",
		"t.cfg:9: error: from or to is not a day of the year (write them as from = "
		"\"05-01\"; to = \"09-30\")\n"},
	{"leave", "email = \"bert@bureau.org\"; }", NULL,
		"email = \"bert@bureau.org\"; leave = [ \"2024-05-01\", "
		"\"2024-06-01/2024-06-05\" ]; }",
		""},
	{"leave of 401 days", "email = \"bert@bureau.org\"; }", NULL,
		"email = \"bert@bureau.org\"; leave = [ \"2024-05-01/2025-06-05\", \"tomorrow\" ]; }",
		"t.cfg:6: error: \"2024-05-01/2025-06-05\" is not a day and not a span of at most 400 "
		"days (write it as \"2024-05-01\" or \"2024-05-01/2024-05-05\")\n"
		"t.cfg:6: error: \"tomorrow\" is not a day and not a span of at most 400 days (write "
		"it as \"2024-05-01\" or \"2024-05-01/2024-05-05\")\n"},
	{"leave twice", "email = \"bert@bureau.org\"; }", NULL,
		"email = \"bert@bureau.org\"; leave = [ \"2024-05-01/2024-05-05\", \"2024-05-05\" ]; }",
		"t.cfg:6: error: leave \"2024-05-05\" overlaps the one before, or is not in order (the "
		"earliest first)\n"},
	{"handover of a month", "{ month = 7; unit = \"red\"; }", NULL,
		"{ month = 7; unit = \"red\"; handover = { from = \"2024-07-12\"; unit = \"blue\"; "
		"}; }",
		""},
	{"handover to the same unit", "{ month = 7; unit = \"red\"; }", NULL,
		"{ month = 7; unit = \"red\"; handover = { from = \"2024-07-12\"; unit = \"red\"; "
		"}; }",
		"t.cfg:21: error: the handover changes nothing\n"},
	{"handover in another month", "{ month = 7; unit = \"red\"; }", NULL,
		"{ month = 7; unit = \"red\"; handover = { from = \"2024-08-12\"; lead = \"bert\"; "
		"}; }",
		"t.cfg:21: error: the handover is not in month 7 of 2024 (a handover before or after "
		"it is another row's)\n"},
	{"handover to nobody", "{ month = 7; unit = \"red\"; }", NULL,
		"{ month = 7; unit = \"red\"; handover = { from = \"2024-07-12\"; }; }",
		"t.cfg:21: error: the handover names nobody (lead = \"...\" or, for a month, unit = "
		"\"...\")\n"},
	{"handover of two units", "units = [ \"red\", \"blue\" ]; }", NULL,
		"units = [ \"red\", \"blue\" ]; handover = { from = \"2024-08-12\"; lead = "
		"\"bert\"; }; }",
		"t.cfg:22: error: a handover needs a row with one unit (give each unit of the month a "
		"row of its own)\n"},
	{"handover of a unit", "name = \"Red\"; lead = \"anna\"; }", NULL,
		"name = \"Red\"; lead = \"anna\"; handover = { from = \"2024-07-12\"; lead = "
		"\"bert\"; }; }",
		""},
	{"handover of a unit to a unit", "name = \"Blue\"; lead = \"bert\"; }", NULL,
		"name = \"Blue\"; lead = \"bert\"; handover = { from = \"2024-07-12\"; unit = "
		"\"red\"; }; }",
		"t.cfg:13: error: the handover of a unit names another unit (a month's row may name a "
		"unit: months = ( ... ))\n"},
	{"handover without a day", "name = \"Red\"; lead = \"anna\"; }", NULL,
		"name = \"Red\"; lead = \"anna\"; handover = { lead = \"bert\"; }; }",
		"t.cfg:12: error: from is missing\n"},
	{"roster twice listed day", "off = [ \"2024-05-01/2024-05-05\" ]", NULL,
		"off = [ \"2024-05-01/2024-05-05\", \"2024-05-05\" ]",
		"t.cfg:50: warning: 2024-05-05 is listed twice; see t.cfg:50\n"},
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(CASE); i++) {
		struct config *c = NULL;
		struct diags ds = {0};
		char *text = changed(CASE[i].find, CASE[i].until, CASE[i].with);
		load_text(text, &c, &ds);
		char *got = all_lines(&ds);
		if (strcmp(got, CASE[i].want) != 0)
			fail_msg("%s:\nwant %sgot  %s", CASE[i].name, CASE[i].want, got);
		free(got);
		free(text);
		config_free(c);
		diags_done(&ds);
	}
}

/* What a sound configuration becomes. */
static void test_values(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	char day[DATE_TEXT_SIZE];
	load_text(BASE_CONF, &c, &ds);
	assert_int_equal(ds.n, 0);
	assert_string_equal(c->organisation, "Bureau");
	assert_string_equal(c->language, "zh_CN");
	assert_string_equal(zone_name(c->zone), "Asia/Shanghai");
	assert_true(date_is_none(c->start));
	assert_int_equal(c->n_quiet, 2);
	assert_int_equal(c->quiet[1].from, 18 * 60 + 30);
	assert_int_equal(c->quiet[1].to, 8 * 60);
	assert_int_equal(c->n_persons, 2);
	assert_string_equal(c->person[0]->phone, "+8613800138000");
	assert_string_equal(c->person[1]->phone, "");
	assert_false(c->person[0]->placeholder);
	assert_int_equal(c->person[1]->src.line, 6);
	assert_string_equal(c->person[1]->src.file, "t.cfg");
	const struct office *o = config_office(c, "desk");
	assert_ptr_equal(o->clerk, c->person[1]);
	assert_int_equal(o->n_hours, 1);
	assert_int_equal(o->hours[0].close, 17 * 60 + 30);
	assert_int_equal(o->hours[0].noon_open, 14 * 60 + 30);
	assert_string_equal(o->short_name, "Desk");
	assert_int_equal(c->n_rosters, 1);
	assert_int_equal(c->roster[0]->n_duties, 13);
	assert_string_equal(c->roster[0]->duty[8].unit->id, "blue");
	assert_int_equal(c->roster[0]->duty[8].src.line, 22);
	const struct rule *r = config_rule(c, "monthly");
	assert_int_equal(r->kind, RULE_MONTHLY);
	assert_int_equal(r->months, 0x1ffe);
	assert_true(r->day_included);
	assert_int_equal(r->forms, BIT(FORM_ELECTRONIC));
	assert_int_equal(r->n_deliverables, 1);
	assert_string_equal(r->deliverable[0].id, "monthly");
	assert_string_equal(r->deliverable[0].name, "Report");
	assert_int_equal(r->ladder->n_steps, 2);
	assert_int_equal(r->ladder->step[0].minute, 9 * 60);
	assert_int_equal(
		r->ladder->step[0].channels[ROLE_LEAD], BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS));
	r = config_rule(c, "days");
	assert_int_equal(r->n_occasions, 2);
	assert_true(r->occasion[1]->confirm);
	assert_int_equal(r->occasion[1]->kind, OCCASION_TERM);
	r = config_rule(c, "letter");
	assert_int_equal(r->owed_by, OWED_UNIT);
	assert_string_equal(r->unit->id, "red");
	assert_string_equal(r->period, "letter");
	assert_string_equal(date_format(r->date, day), "2024-06-14");
	r = config_rule(c, "half");
	assert_int_equal(r->owed_by, OWED_BUREAU);
	assert_true(r->per_half_year);
	assert_int_equal(config_occasion(c, "once")->n_dates, 1);
	assert_int_equal(c->workdays.n_off, 5);
	assert_int_equal(c->workdays.n_work, 1);
	assert_string_equal(c->email.from_address, "deadlined@r.example.org");
	assert_int_equal(c->sms.max_units, 134);
	config_free(c);
	diags_done(&ds);
}

static void test_gateway_values(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	char *text = changed("sms = { transport = \"spool\"; };", NULL,
		"sms = { transport = \"http\"; url = \"https://s.example.org/?a={{to}}\";\n"
		"body = \"{{text}}\"; success = { status = \"202\"; pointer = \"/code\";\n"
		"values = [ \"0\", \"ok\" ]; }; permanent_values = [ \"9\" ]; sign = \"Bureau\"; "
		"};");
	load_text(text, &c, &ds);
	assert_int_equal(ds.n, 0);
	assert_int_equal(c->sms.kind, TRANSPORT_HTTP);
	assert_string_equal(c->sms.method, "POST");
	assert_string_equal(c->sms.success_status, "202");
	assert_int_equal(c->sms.n_success_values, 2);
	assert_string_equal(c->sms.success_values[1], "ok");
	assert_string_equal(c->sms.permanent_values[0], "9");
	config_free(c);
	diags_done(&ds);
	free(text);
}

static void test_cloud(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	char *text = changed("sms = { transport = \"spool\"; };", NULL,
		"sms = { transport = \"tencent\"; user = \"AKID\"; password_credential = \"p\";\n"
		"sign = \"s\"; template = \"1110\"; app_id = \"1400\"; receipts = false;\n"
		"allow_prefixes = [ \"+86\", \"+852\" ]; variables = ( { name = \"a\"; text = "
		"\"{{unit}}\"; } ); };");
	load_text(text, &c, &ds);
	assert_int_equal(ds.n, 0);
	assert_int_equal(c->sms.kind, TRANSPORT_TENCENT);
	assert_string_equal(c->sms.url, "https://sms.tencentcloudapi.com/");
	assert_string_equal(c->sms.template_code, "1110");
	assert_string_equal(c->sms.app_id, "1400");
	assert_string_equal(c->sms.region, "ap-guangzhou");
	assert_false(c->sms.receipts);
	assert_int_equal(c->sms.n_allow_prefix, 2);
	assert_string_equal(c->sms.allow_prefix[1], "+852");
	config_free(c);
	diags_done(&ds);
	free(text);
	text = changed("sms = { transport = \"spool\"; };", NULL,
		"sms = { transport = \"mas-template\"; url = \"https://mas.example.org/t\"; user = "
		"\"u\"; password_credential = \"p\";\n"
		"template = \"t\"; enterprise = \"局\"; sign_code = \"Ab1\"; add_serial = \"01\"; "
		"variables = ( { name = \"a\"; text = \"{{unit}}\"; } ); };");
	load_text(text, &c, &ds);
	assert_int_equal(ds.n, 0);
	assert_int_equal(c->sms.kind, TRANSPORT_MAS_TEMPLATE);
	assert_string_equal(c->sms.enterprise, "局");
	assert_string_equal(c->sms.sign_code, "Ab1");
	assert_string_equal(c->sms.add_serial, "01");
	assert_true(c->sms.receipts);
	config_free(c);
	diags_done(&ds);
	free(text);
}

static void test_variables(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	char *text = changed("sms = { transport = \"spool\"; };", NULL,
		"sms = { transport = \"spool\"; variables = (\n"
		"{ name = \"unit\"; text = \"{{unit}}\"; },\n"
		"{ name = \"what_2\"; text = \"{{title}} {{due}}\"; max = 20; } ); };");
	load_text(text, &c, &ds);
	assert_int_equal(ds.n, 0);
	assert_int_equal(c->sms.n_variables, 2);
	assert_string_equal(c->sms.variable[0].name, "unit");
	assert_int_equal(c->sms.variable[0].max, 35);
	assert_string_equal(c->sms.variable[1].text, "{{title}} {{due}}");
	assert_int_equal(c->sms.variable[1].max, 20);
	assert_int_equal(c->sms.variable[1].src.line, 55);
	config_free(c);
	diags_done(&ds);
	free(text);
}

/* A file with broken syntax takes its names with it: what refers to them is not blamed. */
static void test_partial(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	char *rest = changed("persons = (", "\n);\n", "");
	struct conf_file file[] = {
		{"main.cfg", rest, strlen(rest)},
		{"people.cfg", "persons = ( { id = \"anna\" name } );", 35},
	};
	assert_int_equal(conf_load(file, 2, &c, &ds), RC_INVALID);
	char *got = all_lines(&ds);
	assert_string_equal(got,
		"people.cfg:1: error: the syntax is wrong here (look for a missing ; "
		"or , or = in this line or the one before)\n");
	free(got);
	diags_done(&ds);
	file[1] = (struct conf_file){"people.cfg", "persons： ( );", 14};
	assert_int_equal(conf_load(file, 2, &c, &ds), RC_INVALID);
	assert_int_equal(ds.n, 1);
	assert_string_equal(ds.item[0].file, "people.cfg");
	free(rest);
	diags_done(&ds);
}

/* Lists of several files are one list; single settings may stand in one file only. */
static void test_several_files(void **state)
{
	(void)state;
	struct config *c = NULL;
	struct diags ds = {0};
	const char *more =
		"persons = ( { id = \"cleo\"; name = \"C\"; email = \"c@bureau.org\"; } );";
	struct conf_file file[] = {
		{"main.cfg", BASE_CONF, strlen(BASE_CONF)}, {"more.cfg", more, strlen(more)}};
	assert_int_equal(conf_load(file, 2, &c, &ds), RC_OK);
	assert_int_equal(c->n_persons, 3);
	assert_string_equal(c->person[2]->src.file, "more.cfg");
	config_free(c);
	c = NULL;
	file[1] =
		(struct conf_file){"more.cfg", "domain = \"a.org\";\ninclude = [ \"b.cfg\" ];", 39};
	assert_int_equal(conf_load(file, 2, &c, &ds), RC_INVALID);
	char *got = all_lines(&ds);
	assert_string_equal(got, "more.cfg:1: error: domain is set twice, first in main.cfg:2\n"
				 "more.cfg:2: error: include stands in the main file only\n");
	free(got);
	diags_done(&ds);
}

static void test_today(void **state)
{
	(void)state;
	static const struct {
		const char *today;
		size_t n;
	} when[] = {{"2024-05-01", 0}, {"2025-01-01", 1}};
	struct config *c = NULL;
	struct diags ds = {0};
	load_text(BASE_CONF, &c, &ds);
	for (size_t i = 0; i < COUNT(when); i++) {
		struct date d;
		assert_true(date_parse(when[i].today, 10, &d));
		conf_check_today(c, d, &ds);
		assert_int_equal(ds.n_warnings, when[i].n);
	}
	config_free(c);
	diags_done(&ds);
}

/* The ceilings hold however many faults there are, and in reasonable time. */
static void test_many_faults(void **state)
{
	(void)state;
	struct buf text;
	struct config *c = NULL;
	struct diags ds = {0};
	buf_init(&text, 1 << 20);
	buf_puts(&text, BASE_CONF);
	char *at = strstr(text.data, "units = (\n");
	buf_truncate(&text, (size_t)(at - text.data));
	buf_puts(&text, "units = (\n");
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "%s{ id = \"u-%d\"; name = \"U\"; lead = \"p-%d\"; }",
			i ? ",\n" : "", i, i);
	buf_puts(&text, ");\n");
	load_text(text.data, &c, &ds);
	assert_true(ds.n_errors >= 5000);
	assert_int_equal(ds.n, DIAGS_MAX);
	buf_done(&text);
	diags_done(&ds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_gateway_values),
		cmocka_unit_test(test_cloud),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_today),
		cmocka_unit_test(test_many_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
