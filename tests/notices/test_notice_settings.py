"""What is configured to wake people is checked at the start, in one line for each setting, and no line repeats a secret."""

import subprocess
import sys

import pytest

from bot.settings import SettingsError, read_settings
from tests.builders import ROOT

FROM = {"TOCSIN_MAIL_FROM": "tocsin@example.com"}
TWILIO = {"TOCSIN_NOTICE_WEBHOOKS": "twilio=https://api.twilio.com/x.json"}
NUMBER = {"TOCSIN_TWILIO_FROM": "+34910000000"}
ACCOUNT = {"TOCSIN_NOTICE_KEYS": "twilio=AC1:hunter2"}


def refused(**given):
    with pytest.raises(SettingsError) as error:
        read_settings(_env_file=None, **given)
    return str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "http://u:hunter2@mail.example.com",
        "smtp://u:hunter2@",
        "smtp://u:hunter2",
        "smtp://hunter2@mail.example.com",
        "smtp://u:p@hunter2@mail.example.com",
        "smtp://u:p/hunter2@mail.example.com",
        "smtp://u:hunter2@mail.example.com:notaport",
        "smtp://u:hunter2@mail.example.com:99999",
        "smtp://u:hunter2@mail.example.com/inbox",
        "smtp://u:hunter2@mail example.com",
    ],
)
def test_an_address_of_a_mail_server_that_cannot_be_used_is_refused_in_one_line(url):
    said = refused(TOCSIN_SMTP_URL=url, **FROM)
    assert said.startswith("TOCSIN_SMTP_URL: ") and said.count("\n") == 0
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("TOCSIN_MAIL_FROM", {"TOCSIN_SMTP_URL": "smtps://u:hunter2@mail.example.com"}),
        ("TOCSIN_MAIL_FROM", {"TOCSIN_MAIL_FROM": "nobody"}),
        ("TOCSIN_MAIL_FROM", {"TOCSIN_MAIL_FROM": "a@b.example, c@d.example"}),
        ("TOCSIN_MAIL_FROM", {"TOCSIN_MAIL_FROM": "a@b.example>"}),
        ("TOCSIN_MAIL_FROM", {"TOCSIN_MAIL_FROM": "Tocsin\r\nBcc: x@y.example <a@b.example>"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "opsgenie=https://api.example.com"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "https://ntfy.sh"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=http://ntfy.sh"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=http://localhost.example.com"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=https://u:hunter2@ntfy.sh"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=https://ntfy.sh?auth=hunter2"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=https://"}),
        ("TOCSIN_NOTICE_WEBHOOKS", {"TOCSIN_NOTICE_WEBHOOKS": "ntfy=file:///etc/passwd"}),
        ("TOCSIN_NOTICE_KEYS", {"TOCSIN_NOTICE_KEYS": "hunter2"}),
        ("TOCSIN_NOTICE_KEYS", {"TOCSIN_NOTICE_KEYS": "slack=hunter2"}),
        ("TOCSIN_NOTICE_KEYS", {"TOCSIN_NOTICE_KEYS": "ntfy=hunter2\r\nx"}),
        ("TOCSIN_NOTICE_KEYS", {**TWILIO, **NUMBER}),
        ("TOCSIN_NOTICE_KEYS", {**TWILIO, **NUMBER, "TOCSIN_NOTICE_KEYS": "twilio=hunter2"}),
        ("TOCSIN_TWILIO_FROM", {**TWILIO, **ACCOUNT}),
        ("TOCSIN_TWILIO_FROM", {"TOCSIN_TWILIO_FROM": "910 000 000"}),
        ("TOCSIN_NOTICE_SECRET", {"TOCSIN_NOTICE_SECRET": "hunter2"}),
        ("TOCSIN_NOTICE_SECRET", {"TOCSIN_NOTICE_SECRET": "whsec_hunter2!"}),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_one_line(name, given):
    said = refused(**given)
    assert said.startswith(f"{name}: ") and said.count("\n") == 0
    assert "hunter2" not in said


@pytest.mark.parametrize("sender", ["tocsin@example.com", "Tocsin <tocsin@example.com>", "Équipe de crise <a.b+c@example.com>"])
@pytest.mark.parametrize("url", ["smtp://u:p%40%3A%2F@mail.example.com:587", "smtps://mail.example.com", "smtp://u%40x:p@[::1]:25"])
def test_a_mail_server_is_taken_as_it_is_written(url, sender):
    given = read_settings(_env_file=None, TOCSIN_SMTP_URL=url, TOCSIN_MAIL_FROM=sender)
    assert given.smtp_url.get_secret_value() == url
    assert "p%40" not in repr(given)


def test_services_on_this_machine_need_no_encryption():
    given = {**TWILIO, **NUMBER, **ACCOUNT}
    given["TOCSIN_NOTICE_WEBHOOKS"] += ", ntfy=http://127.0.0.1:8080, pagerduty=http://[::1]:80/v2/enqueue"
    assert set(read_settings(_env_file=None, **given).notice_webhooks) == {"twilio", "ntfy", "pagerduty"}


def test_an_empty_setting_is_none():
    given = read_settings(_env_file=None, TOCSIN_SMTP_URL="", TOCSIN_NOTICE_SECRET="", TOCSIN_NOTICE_WEBHOOKS="", TOCSIN_NOTICE_KEYS="")
    assert (given.smtp_url, given.notice_secret, given.notice_webhooks, given.notice_keys) == (None, None, {}, {})


def test_nobody_pays_for_a_door_that_is_shut():
    code = "import sys; from bot.notices import couriers; from bot.settings import read_settings; couriers(read_settings(_env_file=None)); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not {"aiosmtplib", "aiohttp"} & set(loaded)
