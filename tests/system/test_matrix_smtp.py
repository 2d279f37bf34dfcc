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
