"""Configurations that are large: so many units, each of which owes so many things a month."""

from daemon import today


def write(config, n_units, n_rules):
    units = [f'{{ id = "u-{u}"; name = "Unit {u}"; lead = "p-{u}"; preparer = "q-{u}"; }}'
             for u in range(n_units)]
    names = [f"{who}-{u}" for u in range(n_units) for who in "pq"] + ["clerk"]
    people = [f'{{ id = "{n}"; name = "Person {n}"; email = "{n}@localhost"; }}' for n in names]
    rules = [f'{{ id = "monthly-{r}"; kind = "monthly"; name = "Report {r}"; day = {r % 28 + 1};'
             ' office = "desk"; owed_by = "every-unit"; ladder = "silent"; }' for r in range(n_rules)]
    config.write("rules.cfg", "rules = (\n" + ",\n".join(rules) + "\n);\n")
    config.write("people.cfg", "persons = (\n" + ",\n".join(people) + "\n);\n"
                 "units = (\n" + ",\n".join(units) + "\n);\n")
    config.write("deadlined.cfg", f'''
include = [ "workdays.cfg", "test.cfg", "people.cfg", "rules.cfg" ];
organisation = "Bureau"; zone = "Asia/Shanghai"; domain = "deadlined.localhost";
start = "{today()}";
offices = ( {{ id = "desk"; name = "Desk"; place = "1"; clerk = "clerk";
               open = "08:00"; close = "17:30"; }} );
email = {{ transport = "spool"; from = "deadlined@localhost"; }};
sms = {{ transport = "spool"; }};
''')
