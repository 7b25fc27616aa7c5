"""Real mail on this machine: Dovecot (IMAP IDLE, LMTP, Sieve) and Postfix (SMTP, submission with a login, bounces), of Debian.

Both need root, and: apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd dovecot-sieve postfix
"""

import atexit
import base64
import itertools
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Self

from imapclient import IMAPClient

from tests.running_app import free_port
from tests.servers.mail_settings import DAEMONS, DOVECOT, OAUTH2, POSTFIX

MOST = 500  # numbers
NOTICES = 1.1  # seconds
numbers = itertools.count(1)
ISSUER, SCOPE, KEY = "https://login.test", "mail.access", b"only for tests: what signs tokens"  # a token opens both servers
MASTER = "/usr/lib/postfix/sbin/master"


def missing() -> str | None:
    """Why there is no mail here; None where there is."""
    if not all(map(shutil.which, ("dovecot", "postfix", "openssl"))) or not Path("/usr/lib/dovecot/lmtp").exists():
        return "Dovecot and Postfix are not installed (apt-get install dovecot-imapd dovecot-lmtpd dovecot-sieve postfix)"
    return None if os.geteuid() == 0 else "Dovecot and Postfix need root"


def ours(number: int) -> str:
    return f"help{number}@brand.test"


def customers(number: int) -> dict[str, str]:
    return {name: f"{name}{number}@customer.test" for name in ("anna", "bruno", "chloe")}


def password(address: str) -> str:
    return f"only-for-{address.partition('@')[0]}"


@cache
def shared() -> "MailServer":
    """One for all tests of this process, each with mailboxes of its own: `ours` and `customers` of a number that nobody had before."""
    users = {address: password(address) for number in range(1, MOST) for address in (ours(number), *customers(number).values())}
    server = MailServer(users).__enter__()
    atexit.register(server.__exit__)
    return server


@dataclass
class MailServer:
    """`users`: address → password. Postfix takes in whatever is for `domains`; whom Dovecot then does not know bounces, really."""

    users: dict[str, str]
    domains: tuple[str, ...] = ("brand.test", "customer.test")
    ports: dict[str, int] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        mask = os.umask(0o022)  # others than we must read these files, whoever closed theirs before
        try:
            return self._entered()
        finally:
            os.umask(mask)

    def _entered(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-mail-"))
        self.folder.chmod(0o755)
        self.ports = {name: free_port() for name in ("imap", "imaps", "smtp", "submission", "plain", "lmtp", "auth")}
        self._certificate()
        self._owned("mail", "nobody")
        self._owned("lib", "postfix")
        (self.folder / "spool").mkdir()
        self._write_settings()
        self.log = (self.folder / "out.log").open("wb")
        try:
            self._start("dovecot", "-F", "-c", str(self.folder / "dovecot.conf"))
            subprocess.run(["postfix", "-c", str(self.folder / "postfix"), "check"], check=True, stdout=self.log, stderr=self.log)
            # it becomes somebody else for a moment and forgets by whom it was started: an hour is enough for any test
            self._start(MASTER, "-c", str(self.folder / "postfix"), "-d", "-e", "3600")
            for name in ("imap", "imaps", "smtp", "submission"):
                self._wait_for(self.ports[name])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()
        self.log.close()
        for _ in range(20):  # their children end a moment later, and write until then
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.1)

    def _start(self, *command: str) -> None:
        """It ends when we do, even when we are killed."""
        with_us = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
        self.running.append(subprocess.Popen((*with_us, *command), stdout=self.log, stderr=self.log))

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError(self.said()) from None
                time.sleep(0.05)
            else:
                return

    def said(self) -> str:
        logs = (self.folder / name for name in ("out.log", "dovecot.log", "postfix.log"))
        return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs if log.exists())

    def _owned(self, name: str, by: str) -> None:
        (self.folder / name).mkdir()
        os.chown(self.folder / name, pwd.getpwnam(by).pw_uid, -1)

    def _certificate(self) -> None:
        self.certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        subprocess.run([*made, *names, "-keyout", key, "-out", self.certificate], check=True, capture_output=True)

    def _write_settings(self) -> None:
        nobody = pwd.getpwnam("nobody")
        ports = {f"{name}_port": port for name, port in self.ports.items()}
        facts = {
            "d": self.folder,
            "uid": nobody.pw_uid,
            "gid": nobody.pw_gid,
            "domains": " ".join(self.domains),
            "domain": self.domains[0],
            **ports,
        }
        (self.folder / "postfix").mkdir()
        (self.folder / "oauth2.conf").write_text(OAUTH2.format(d=self.folder, scope=SCOPE, issuer=ISSUER))
        key = self.folder / "keys" / "default" / "HS256" / "default"  # Dovecot looks by application, algorithm and key
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(KEY))
        (self.folder / "dovecot.conf").write_text(DOVECOT.format(**facts))
        (self.folder / "postfix" / "main.cf").write_text(POSTFIX.format(**facts))
        (self.folder / "postfix" / "master.cf").write_text(DAEMONS.format(**facts))
        (self.folder / "postfix" / "boxes").write_text("".join(f"@{domain} x\n" for domain in self.domains))
        self.let_in(self.users)

    def let_in(self, users: dict[str, str]) -> None:
        """Only these, with these passwords; Dovecot looks once a second (`NOTICES`)."""
        (self.folder / "users").write_text("".join(f"{user}:{{PLAIN}}{password}\n" for user, password in users.items()))

    def imap_url(self, user: str, password: str | None = None, port: int | None = None) -> str:
        return self._url("imap", user, password, port or self.ports["imap"])

    def smtp_url(self, user: str, password: str | None = None, port: int | None = None) -> str:
        return self._url("smtp", user, password, port or self.ports["submission"])

    def _url(self, scheme: str, user: str, password: str | None, port: int) -> str:
        return f"{scheme}://{user.replace('@', '%40')}:{password or self.users[user]}@127.0.0.1:{port}"

    def bring(self, message: EmailMessage | bytes, sender: str, to: str) -> None:
        """As another mail server would: over SMTP."""
        whole = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=20) as client:
            client.sendmail(sender, [to], whole)

    def deliver(self, whole: bytes, sender: str, to: str) -> None:
        """As Postfix hands over to Dovecot: once this is done it lies in the mailbox."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"]) as client:
            client.sendmail(sender, [to], whole)

    def opened(self, user: str) -> IMAPClient:
        """The user's own mail program."""
        client = IMAPClient("127.0.0.1", self.ports["imap"], ssl=False, timeout=60)
        client.login(user, self.users[user])
        return client

    def put(self, user: str, messages: list[bytes], mailbox: str = "INBOX") -> None:
        """Straight into a mailbox, without waiting for delivery."""
        with self.opened(user) as client:
            for message in messages:
                client.append(mailbox, message)

    def answer_by_itself(self, user: str, script: str) -> None:
        """A Sieve script that runs with each mail, such as a vacation answer."""
        home, nobody = self.folder / "mail" / user, pwd.getpwnam("nobody")
        home.mkdir(parents=True, exist_ok=True)
        (home / ".dovecot.sieve").write_text(script)
        for path in (home, home / ".dovecot.sieve"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
