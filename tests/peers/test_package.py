"""The Debian package in a booted Debian 12: installed, set up, used for a year, upgraded, removed, purged.

Mail goes out through a real Postfix in there, SMS through a small gateway.
"""

import datetime
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from daemon import Config, once, today  # noqa: E402
from peers.booted import ROOT, Booted, missing  # noqa: E402
from peers.postfix import PostfixInside  # noqa: E402
from peers.probe import BUILD  # noqa: E402

INSIDE = ROOT / "tests" / "peers" / "inside"
# Reminders of today shall not hang on days that nobody knows yet.
YEAR = (today() + datetime.timedelta(days=30)).year + 1
NOTICE = f"晋市城函〔{YEAR}〕7号"
MONTHLY = """
	{ id = "monthly"; name = "联点共建材料"; kind = "monthly"; day = 20; office = "wenmingban";
	  ladder = "silent"; basis = "晋市城函〔2024〕70号附件1备注第2项"; }"""


def annex():
    """The annex as it is pasted; May and June have changed places, July has a new name."""
    text = (ROOT / "tests/golden/import-annex/table.txt").read_text(encoding="utf-8")
    may, june = "5 月\t十大队\t十大队责任人\n", "6 月\t机动大队\t机动大队责任人\n"
    assert may + june in text and "8 月\t机关、数字化\t" in text and "新任责任人" in text
    return text.replace(may + june, "5" + june[1:] + "6" + may[1:])


def fill_in(c, postfix):
    c.ladder(lead=["email", "sms"])
    c.write_rules(once("reply-1"), MONTHLY)
    c.edit("people.cfg", r"lead-brigade-8@localhost", "lead-brigade-8@example.invalid")
    c.write("workdays.cfg", re.sub(f'(, )?"{YEAR}-[^"]*"', "", c.read("workdays.cfg")))
    c.edit("workdays.cfg", "2099-12-31", f"{YEAR - 1}-12-31")
    c.mail_to(postfix.port, tls="starttls", ca_file="/etc/deadlined/relay-ca.crt", user=postfix.user,
              password_credential="secrets_smtp-password")
    c.sms_to("http://127.0.0.1:8180/send", password_credential="secrets_sms-token")
    c.edit("deadlined.cfg", r'"secrets_sms-token";',
           '"secrets_sms-token"; headers = ( { name = "Authorization"; value = "Bearer {{secret}}"; } );')


def packages(folder):
    """The package, and the same as a later version."""
    build = folder / "build"
    subprocess.run(["make", "-s", "-C", ROOT, f"B={build}", "deb"], check=True, timeout=600,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deb, = (build / "deb").glob("deadlined_*.deb")
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True, timeout=60)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", r"\g<0>+later", control.read_text(), flags=re.M))
    later = folder / "later.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, later], check=True, timeout=60,
                   stdout=subprocess.DEVNULL)
    return deb, later


class Packaged(Booted):
    def __init__(self, deb):
        self.deb = deb

    def install(self):
        shutil.copy(self.deb, self.root / "first.deb")
        done = subprocess.run(["chroot", self.root, "dpkg", "-i", "/first.deb"], capture_output=True, text=True,
                              timeout=120, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def found():
    why = missing()
    if why:
        pytest.skip(why)
    folder = pathlib.Path(BUILD) / "peers" / "package"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        deb, later = packages(folder)
        with Packaged(deb) as b, Config() as c:
            postfix = PostfixInside(b.root).put()
            fill_in(c, postfix)
            shutil.copytree(c.folder, b.root / "settings")
            (b.root / "annex.txt").write_text(annex(), encoding="utf-8")
            (b.root / "story.json").write_text(json.dumps(
                {"year": YEAR, "notice": NOTICE, "smtp-password": postfix.password, "sms-token": "t0ken"}))
            shutil.copy(later, b.root / "new.deb")
            yield json.loads(b.run((INSIDE / "package.py").read_text()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_nothing_starts_by_itself(found):
    assert found["enabled"] == ["disabled", "disabled"] and found["active"] == ["inactive", "inactive"]
    assert found["users"] == ["deadlined", "deadlined-web"] and found["secrets"] == "0o700"
    assert "error" not in found["check"]


def test_set_up(found):
    assert found["started"]
    assert not [f for f in found["findings"] if re.search("the relay|does not work|written to files", f)]
    assert re.search(r"[一-鿿]", found["chinese"])


def test_reminder_through_postfix(found):
    assert found["told"], found["maillog"]
    mail, = (email.message_from_string(m, policy=email.policy.default) for m in found["mails"])
    assert mail["Delivered-To"] == "lead-brigade-10@localhost"
    assert "督办函答复" in mail["Subject"] and "责任人" in mail["To"]
    # The password came from systemd; nobody else has one.
    assert "with ESMTPSA" in mail["Received"] and "sasl_username=relay" in found["maillog"]


def test_evidence_names_what_postfix_said(found):
    queued = re.search(r"([0-9A-F]+): to=<lead-brigade-10@localhost>.* status=sent", found["maillog"])[1]
    mail, = (m for m in found["evidence"]["messages"] if m["channel"] == "email")
    assert mail["gateway_id"] == queued and mail["reason"] == f"250 2.0.0 Ok: queued as {queued}"
    assert sorted(r["kind"] for r in found["evidence"]["rows"]) == ["claimed", "claimed", "sent", "sent"]
    assert found["evidence"]["chain"]["holds"]
    assert f"queued as {queued}" in found["evidence_text"] and "chain of hashes holds" in found["evidence_text"]


def test_sms_too(found):
    text, = found["sms"]
    assert text["to"] == "+8610011110028" and "督办函答复" in text["text"], text
    assert found["sms_refused"] == []
    sms, = (m for m in found["evidence"]["messages"] if m["channel"] == "sms")
    assert (sms["state"], sms["gateway_id"]) == ("sent", "gw-1") and "11110028" not in found["evidence_text"]


def lines(text, word):
    return [s for s in text.splitlines() if word in s]


def test_pasted_table(found):
    """As it stands in the notice: 12 months, two units in a cell, what differs, who is to be reached."""
    table = [s for s in found["imported"].splitlines() if re.match(r"[> ] +\d+  ", s)]
    assert [int(s[1:].split()[0]) for s in table] == list(range(1, 13))
    assert [int(s[1:].split()[0]) for s in table if s[0] == ">"] == [5, 6, 7]
    assert "机关 (机关责任人), 数字化 (数字化责任人)" in table[7]
    missing_people = found["imported"].partition("Contacts are still needed for\n")[2].partition("\n\n")[0]
    assert [s.split()[0] for s in missing_people.splitlines()] == ["八大队责任人", "新任责任人"]
    assert f"Written: /etc/deadlined/roster-{YEAR}.cfg" in found["imported"]


def test_difference_before_it_takes_effect(found):
    assert not lines(found["checked"], "error:")
    assert [s.split()[1] for s in lines(found["diff"], "  > ")] == [
        f"monthly/{YEAR}-05/brigade-10", f"monthly/{YEAR}-06/mobile"]
    assert lines(found["diff"], "now reminded: 机动大队责任人") and lines(found["diff"], "now reminded: 十大队责任人")
    assert found["reloaded"] and found["diff_after"] == "No obligation changes." and found["faults"] == []


def test_preflight_names_what_is_missing(found):
    early = "the duties of %s are those of an earlier year, and nobody has confirmed them"
    assert early in found["unsure"] and early not in found["sure"]
    assert lines(found["missing"], "八大队责任人 (lead-brigade-8) has a placeholder for a contact")
    assert lines(found["missing"], f"working days are known through {YEAR - 1}-12-31 only")
    assert lines(found["missing"], f"{YEAR}-03: 1 to mend before it begins")


def test_journal(found):
    act, sent = found["journal"], found["journal_sent"]
    assert act["MESSAGE"].startswith("reply-1/reply-1/brigade-10") and act["SYSLOG_IDENTIFIER"] == "deadlined"
    assert act["_SYSTEMD_UNIT"] == "deadlined.service" and act["PRIORITY"] == "5"
    assert sent["PERSON"] == "lead-brigade-10" and sent["MESSAGE_ID"] != act["MESSAGE_ID"]
    assert sent["OBLIGATION"] == act["OBLIGATION"]
    assert "Submission recorded" in found["explained"], found["explained"]


def test_upgrade_keeps_everything(found):
    assert found["runs_again"], found["upgrade"]
    assert "unnecessarily" not in found["upgrade"], found["upgrade"]
    assert found["mails_after"] == 0 and found["rows_kept"] and found["settings_kept"]


def test_removed_and_purged(found):
    assert found["stopped"] == "inactive" and found["kept"] == [True, True], found["remove"]
    assert found["left"] == [] and found["users_left"] == [], found["purge"]
