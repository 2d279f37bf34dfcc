"""SMTP: every way for a relay to behave at every stage, and what must become of the mail.

The cells are in smtp_matrix.tsv; here they all run at once against scripted relays.
"""

import concurrent.futures
import os
import ssl
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from peers import certs, probe, smtp_script  # noqa: E402

BEHAVIOURS = ["drop", "reset", "hang", "garbage", "slow", "endless"]
STAGES = ["banner", "ehlo", "starttls", "tls", "auth", "mail", "rcpt", "data", "body", "dot", "quit"]
PASSWORD = "Gehe1m&amp=4711"
LARGE = "Subject: x\r\n\r\n" + ("y" * 76 + "\r\n") * 26000


def read_cells():
    path = os.path.join(os.path.dirname(__file__), "smtp_matrix.tsv")
    with open(path, encoding="ascii") as f:
        return [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]


CELLS = read_cells()


def play(cell, folder, ca, context):
    stage, what, *_ = cell
    secure = stage in ("starttls", "tls", "auth")
    settings = {"tls": "starttls", "ca_file": ca} if secure else {}
    if stage == "auth":
        settings.update(user="relay", password=os.path.join(folder, "password"))
    offers = {"ehlo": "250 script.example.invalid"} if stage == "body" else {}
    action = getattr(smtp_script, what.upper()) if what.isalpha() else what
    mail = probe.mail(1, body=LARGE) if stage == "body" else probe.mail(1)
    lines = [{"wait": True}, {"run_ms": 700}] if stage == "quit" else []
    begun = time.monotonic()
    with smtp_script.SmtpScript(context=context if secure else None, with_auth=stage == "auth",
                                **offers, **{stage: action}) as server:
        result = probe.run([{"email": probe.smtp(server.port, **settings),
                             "options": probe.options(folder)}, mail, *lines])
    return result, server, time.monotonic() - begun


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("matrix"))
    ca, crt, key = certs.make(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    with open(os.open(os.path.join(folder, "password"), os.O_WRONLY | os.O_CREAT, 0o600), "w",
              encoding="ascii") as f:
        f.write(PASSWORD)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        jobs = {tuple(c): pool.submit(play, c, folder, ca, context) for c in CELLS}
    return {cell: job.result() for cell, job in jobs.items()}


def test_the_matrix_is_whole():
    """Every stage with every behaviour, and no cell twice."""
    have = {(c[0], c[1]) for c in CELLS}
    assert len(have) == len(CELLS) >= 70
    for stage in STAGES:
        for what in BEHAVIOURS:
            assert (stage, what) in have
        codes = {c[1][0] for c in CELLS if c[0] == stage and c[1][0].isdigit()}
        assert {"4", "5"} <= codes, stage


@pytest.mark.parametrize("cell", CELLS, ids=[f"{c[0]}: {c[1]}" for c in CELLS])
def test_cell(cell, played):
    stage, what, want, fault, code, too_big = cell
    result, server, took = played[tuple(cell)]
    o = result.outcome[1]
    assert (o["class"], o["fault"]) == (want, fault), o
    assert (o["code"], o["too_big"]) == (int(code), too_big == "yes"), o
    assert o["reason"] and o["reason"].isprintable() and PASSWORD not in o["reason"], o
    if int(code) >= 400 and "{" not in what:
        assert what in o["reason"]
    assert len(server.messages) == (stage in ("dot", "quit"))
    assert not server.messages or o["class"] != "retry" or int(code) >= 400
    assert took < 8 and result.stall_ms < 1500


TLS = {
    "trusted": ({}, "sent", "none"),
    "unknown CA": ({"trusted": False}, "retry", "config"),
    "expired": ({"days": -1}, "retry", "config"),
    "of another host": ({"names": "DNS:other.example.invalid"}, "retry", "config"),
    "TLS 1.0 only": ({"version": ssl.TLSVersion.TLSv1}, "retry", "config"),
    "TLS 1.1 only": ({"version": ssl.TLSVersion.TLSv1_1}, "retry", "config"),
    "TLS 1.2 only": ({"version": ssl.TLSVersion.TLSv1_2}, "sent", "none"),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("case", TLS)
def test_certificates(case, tmp_path):
    """What is not trusted gets neither login nor mail, and there is no going on in plain text."""
    how, want, fault = TLS[case]
    ca, crt, key = certs.make(str(tmp_path), **{k: v for k, v in how.items()
                                                if k in ("names", "days")})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if "version" in how:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = how["version"]
    context.load_cert_chain(crt, key)
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    trust = {"ca_file": ca} if how.get("trusted", True) else {}
    with smtp_script.SmtpScript(context=context, with_auth=True) as server:
        r = probe.run([{"email": probe.smtp(server.port, tls="starttls", user="relay",
                                            password=str(tmp_path / "password"), **trust),
                        "options": probe.options(tmp_path)}, probe.mail(1)])
    assert (r.outcome[1]["class"], r.outcome[1]["fault"]) == (want, fault), r.outcome[1]
    said = [c.split()[0] for c in server.commands]
    assert (b"AUTH" in said and b"MAIL" in said) == (want == "sent"), said
