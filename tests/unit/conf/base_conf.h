/* The smallest configuration that uses every section; tests change one thing in it. */
#ifndef TESTS_BASE_CONF_H
#define TESTS_BASE_CONF_H

/* Line numbers are part of what the tests expect: one setting a line. */
static const char BASE_CONF[] = /* 1 */
	"organisation = \"Bureau\";\n"
	"domain = \"r.example.org\";\n"
	"quiet = [ \"12:00-14:30\", \"18:30-08:00\" ];\n"
	"persons = (\n"
	" { id = \"anna\"; name = \"Anna\"; email = \"anna@bureau.org\"; phone = \"+86 138 0013 8000\"; },\n"
	" { id = \"bert\"; name = \"Bert\"; email = \"bert@bureau.org\"; }\n"
	");\n"
	"offices = (\n"
	" { id = \"desk\"; name = \"Desk\"; clerk = \"bert\"; open = \"08:30\"; noon = \"12:00-14:30\"; }\n"
	");\n" /* 10 */
	"units = (\n"
	" { id = \"red\"; name = \"Red\"; lead = \"anna\"; },\n"
	" { id = \"blue\"; name = \"Blue\"; lead = \"bert\"; }\n"
	");\n"
	"leaders = [ \"bert\" ];\n"
	"admins = [ \"bert\" ];\n"
	"rosters = (\n"
	" { year = 2024; repeats = true; months = (\n"
	"  { month = 1; unit = \"red\"; }, { month = 2; unit = \"red\"; }, { month = 3; unit = \"red\"; },\n"
	"  { month = 4; unit = \"red\"; }, { month = 5; unit = \"red\"; }, { month = 6; unit = \"red\"; },\n"
	"  { month = 7; unit = \"red\"; },\n" /* 21 */
	"  { month = 8; units = [ \"red\", \"blue\" ]; },\n"
	"  { month = 9; unit = \"red\"; }, { month = 10; unit = \"red\"; }, { month = 11; unit = \"red\"; },\n"
	"  { month = 12; unit = \"red\"; }\n"
	" ); }\n"
	");\n"
	"occasions = (\n"
	" { id = \"fire-day\"; name = \"Fire\"; rule = \"FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=9\"; },\n"
	" { id = \"qingming\"; name = \"Qingming\"; solar_term = \"qingming\"; confirm = true; },\n"
	" { id = \"drive\"; name = \"Drive\"; from = \"05-01\"; to = \"06-30\"; },\n" /* 30 */
	" { id = \"once\"; name = \"Once\"; dates = [ \"2024-05-01/2024-06-30\" ]; }\n"
	");\n"
	"ladders = (\n"
	" { id = \"standard\"; steps = (\n"
	"  { id = \"start\"; anchor = \"period\"; workday = 1; lead = [ \"email\", \"sms\" ]; template = \"start\"; },\n"
	"  { id = \"t-1\"; anchor = \"due\"; workdays = -1; lead = [ \"email\" ]; clerk = [ \"email\" ]; template = \"due\"; }\n"
	" ); },\n"
	" { id = \"after\"; steps = (\n"
	"  { id = \"ask\"; anchor = \"end\"; ask = true; lead = [ \"email\" ]; template = \"ask\"; }\n"
	" ); }\n" /* 40 */
	");\n"
	"rules = (\n"
	" { id = \"monthly\"; name = \"Report\"; kind = \"monthly\"; day = 20; office = \"desk\"; ladder = \"standard\"; },\n"
	" { id = \"days\"; name = \"Day\"; kind = \"after\"; days = 2; occasions = [ \"fire-day\", \"qingming\" ]; office = \"desk\"; ladder = \"after\"; },\n"
	" { id = \"letter\"; name = \"Letter\"; kind = \"once\"; date = \"2024-06-14\"; owed_by = \"red\"; office = \"desk\"; },\n"
	" { id = \"half\"; name = \"Half\"; kind = \"count\"; target = 2; per = \"half-year\"; owed_by = \"bureau\"; office = \"desk\"; }\n"
	");\n"
	"workdays = {\n"
	" known_through = \"2024-12-31\";\n"
	" notices = ( { number = \"No. 1\"; off = [ \"2024-05-01/2024-05-05\" ]; work = [ \"2024-05-11\" ]; } );\n" /* 50 */
	"};\n"
	"email = { transport = \"spool\"; };\n"
	"sms = { transport = \"spool\"; };\n";

#endif
