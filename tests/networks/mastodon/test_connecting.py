"""What is configured is connected, and costs nothing before."""

import subprocess
import sys

from bot.networks.mastodon import KIND, connect
from bot.settings import Settings
from tests.builders import ROOT

LIGHT = "import sys, bot.networks.mastodon; sys.exit(any(name in sys.modules for name in ('httpx', 'mastodon', 'nh3')))"


def configured(url="https://m.example"):
    return Settings(_env_file=None, MASTODON_URL=url, MASTODON_ACCESS_TOKEN="a-secret", TOCSIN_SEARCH="#leak, data breach")


def test_what_is_not_configured_is_not_read():
    assert subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, check=False).returncode == 0


async def test_connecting_calls_nobody_and_tells_no_secret():
    connected = connect(configured("http://127.0.0.1:9"), purse=None)
    assert connected.network.account == "127.0.0.1:9"
    assert connected.network.abilities == KIND.abilities
    assert connected.source.search == ("#leak", "data breach")
    assert connected.source.name == connected.network.name == KIND.name
    assert "a-secret" not in repr(connected)
    await connected.close()


def test_all_that_it_needs_makes_it_one_of_those_that_are_connected():
    assert KIND.name in configured().connected
