"""A mail relay in this process: STARTTLS, AUTH, and answers that a test may script.

    with Relay(folder) as relay:
        relay.settings(config)       -> what email = { ... } of a configuration needs
        relay.rcpt = ["450 later"]   answers used up one by one, then 250
        relay.data = ["451 later"]   "HANG" takes the mail and says nothing,
                                     "SLOW" says yes after a second
        relay.mails                  every mail that came in whole, taken or not
"""

import asyncio
import email
import email.policy
import ssl
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from . import certs
from .probe import free_port

USER, PASSWORD = "relay", "geheim"


class Mail:
    def __init__(self, session, envelope, reply):
        self.bytes = envelope.content
        self.sender, self.to = envelope.mail_from, envelope.rcpt_tos
        self.reply = reply
        self.safe = session.ssl is not None and bool(session.authenticated)
        self.parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.id = self.parsed["message-id"].strip()  # it may be folded
        self.text = self.parsed.get_body(("plain",)).get_content().replace("\r\n", "\n")


class Relay:
    def __init__(self, folder, tls=True, days=3650):
        self.with_tls = tls
        self.ca, crt, key = certs.make(folder, days=days)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(crt, key)
        self.rcpt, self.data, self.mails, self.logins, self.tried = [], [], [], 0, []

    def __enter__(self):
        more = {}
        if self.with_tls:
            more = {"tls_context": self.context, "require_starttls": True,
                    "authenticator": self.check_login, "auth_required": True}
        warnings.filterwarnings("ignore", module="aiosmtpd")
        self.control = Controller(self, hostname="127.0.0.1", port=free_port(), **more)
        self.control.start()
        return self

    def __exit__(self, *_):
        self.control.stop()

    def check_login(self, server, session, envelope, mechanism, auth_data):
        self.logins += 1
        good = auth_data.login == USER.encode() and auth_data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    def settings(self, config, password=PASSWORD):
        config.mail_to(self.control.port, tls="starttls", ca_file=self.ca, user=USER,
                       password_credential=config.secret(password))

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tried.append(address)
        reply = self.rcpt.pop(0) if self.rcpt else "250 2.1.5 ok"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = self.data.pop(0) if self.data else "250 2.0.0 Ok: queued as A1"
        slow, reply = reply == "SLOW", "250 2.0.0 Ok" if reply == "SLOW" else reply
        self.mails.append(Mail(session, envelope, reply))
        if slow:
            await asyncio.sleep(1)
        if reply == "HANG":
            await asyncio.sleep(60)
        return reply

    def taken(self):
        return [m for m in self.mails if m.reply.startswith("250")]

    def wait(self, daemon, n, timeout=15):
        daemon.until(lambda: len(self.mails) >= n, timeout, f"mail {n}")
        return self.mails
