"""The import law is only as good as what it forbids: every contract must break when somebody breaks it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "flows", "templates", "storage")
CONTRACTS = {one["id"]: one["name"] for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}
# (contract, a file of ours, what it must not import)
PLANTED = (
    ("inward", "flows/severity.py", "handlers.errors"),
    ("inward", "handlers/cases.py", "bot.voice"),
    ("inward", "storage/cases.py", "flows.severity"),
    ("inward", "templates/__init__.py", "storage.cases"),
    ("doors-through-handlers", "bot/voice.py", "storage.cases"),
    ("doors-through-handlers", "bot/networks/webhook.py", "flows.masking"),
    ("doors-apart", "bot/console/html.py", "bot.slack.markup"),
    ("doors-apart", "bot/slack/views.py", "bot.networks.replay"),
    ("networks-apart", "bot/networks/dry_run.py", "bot.networks.webhook"),
    ("networks-ports", "bot/networks/dry_run.py", "handlers.cases"),
    ("shared-desk", "bot/wire.py", "bot.clock"),
    ("settings-alone", "bot/settings.py", "templates"),
    ("neutral-core", "handlers/cases.py", "httpx"),
    ("neutral-core", "storage/cases.py", "slack_sdk"),
    ("home-of-sqlalchemy", "handlers/cases.py", "sqlalchemy"),
    ("home-of-jinja", "bot/console/html.py", "jinja2"),
    ("home-of-yaml", "bot/settings.py", "yaml"),
    ("notices-ports", "bot/notices/email.py", "handlers.cases"),
    ("home-of-mail", "bot/console/html.py", "aiosmtplib"),
    ("home-of-paint", "bot/console/html.py", "resvg_py"),
    ("home-of-paint", "bot/console/html.py", "matplotlib"),
    ("home-of-signatures", "bot/console/html.py", "itsdangerous"),
    ("home-of-slack", "bot/console/html.py", "slack_sdk"),
    ("home-of-networks", "bot/slack/views.py", "tweepy"),
    ("home-of-scheduler", "bot/networks/dry_run.py", "apscheduler"),
    ("home-of-uvicorn", "bot/web.py", "uvicorn"),
    ("home-of-terminal", "bot/console/html.py", "rich"),
    ("home-of-console", "bot/slack/views.py", "segno"),
    ("home-of-teams", "bot/slack/views.py", "microsoft_teams"),
    ("nobody-imports-app", "handlers/cases.py", "app"),
    ("nobody-imports-app", "bot/voice.py", "tests.builders"),
)


def lint(folder: Path) -> str:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def copy(folder: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "*.j2", "*.yaml"))


def breaches(report: str) -> dict[str, str]:
    """Contract → what its section among the broken ones says."""
    parts = re.split(r"^(.+)\n-{3,}$", report.partition("Broken contracts")[2], flags=re.MULTILINE)
    return {name.strip(): section for name, section in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the law says of a copy of the house in which everything forbidden was done once."""
    folder = tmp_path_factory.mktemp("outlaws")
    copy(folder)
    for _, file, imported in PLANTED:
        with (folder / file).open("a") as lines:
            lines.write(f"\nimport {imported}\n")
    return breaches(lint(folder))


def test_the_house_as_it_stands_keeps_every_contract(tmp_path: Path) -> None:
    copy(tmp_path)
    report = lint(tmp_path)
    assert f"{len(CONTRACTS)} kept, 0 broken" in report, report


@pytest.mark.parametrize(("contract", "file", "imported"), PLANTED, ids=[f"{one[0]}: {one[1]} imports {one[2]}" for one in PLANTED])
def test_a_forbidden_import_breaks_its_contract(broken: dict[str, str], contract: str, file: str, imported: str) -> None:
    importer = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package = imported if imported.split(".", maxsplit=1)[0] in ROOMS else imported.split(".", maxsplit=1)[0]
    assert re.search(rf"{re.escape(importer)} -> {re.escape(package)}\b", broken.get(CONTRACTS[contract], "")), broken.get(
        CONTRACTS[contract]
    )


def test_every_contract_has_been_broken_once() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)
