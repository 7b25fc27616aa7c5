"""What is fetched is bounded and comes from public places: a site cannot send us into our own network."""

import gzip
import zlib

import pytest

from bot.networks.press.faults import FeedAway
from bot.networks.press.fetching import MOST, REDIRECTS, Fetching
from bot.networks.press.places import addresses
from tests.fakes.press import Site, running


@pytest.fixture
async def fetching():
    one = Fetching()
    yield one
    await one.close()


@pytest.fixture
def site():
    with running(Site()) as one:
        yield one


async def test_a_redirection_on_the_same_machine_is_followed(fetching, site):
    site.pages["/old"] = (301, {"Location": "/feed.xml"}, b"")
    fetched = await fetching.fetch(f"{site.url}/old")
    assert b"<rss" in fetched.body and fetched.url == f"{site.url}/feed.xml"


async def test_redirections_end(fetching, site):
    site.pages["/round"] = (302, {"Location": "/round"}, b"")
    with pytest.raises(FeedAway, match="too_many_redirects"):
        await fetching.fetch(f"{site.url}/round")
    assert len(site.requests) == REDIRECTS + 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://user:word@127.0.0.1/"])
async def test_a_redirection_leads_to_the_web_or_nowhere(fetching, site, target):
    site.pages["/old"] = (302, {"Location": target}, b"")
    with pytest.raises(FeedAway, match=r"bad_redirect|bad_address"):
        await fetching.fetch(f"{site.url}/old")


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "[fd00::1]", "0.0.0.0"])
async def test_a_feed_on_this_machine_leads_no_further(fetching, site, host):
    site.pages["/old"] = (302, {"Location": f"http://{host}/latest/meta-data"}, b"")
    with pytest.raises(FeedAway, match="private_address"):
        await fetching.fetch(f"{site.url}/old")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "localhost", "127.1", "2130706433", "0x7f.1",
    ],
)  # fmt: skip
async def test_no_public_feed_leads_to_a_private_address_however_it_is_written(host):
    with pytest.raises(FeedAway, match=r"private_address|unknown_host"):
        await addresses(host, 80, at_home=False)


@pytest.mark.parametrize("host", ["93.184.215.14", "2606:4700:4700::1111"])
async def test_what_is_public_may_be_asked(host):
    assert await addresses(host, 443, at_home=False) == [host]


async def test_too_much_is_not_read_to_its_end(fetching, site):
    site.pages["/feed.xml"] = (200, {}, b"x" * (MOST + 1))
    with pytest.raises(FeedAway, match="too_long"):
        await fetching.fetch(site.feed)


async def test_what_unpacks_to_too_much_is_not_unpacked(fetching, site):
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(bomb.compress(b"\0" * 1_000_000) for _ in range(200)) + bomb.flush()
    assert len(packed) < MOST / 10
    site.pages["/feed.xml"] = (200, {"Content-Encoding": "gzip"}, packed)
    with pytest.raises(FeedAway, match="too_long"):
        await fetching.fetch(site.feed)


@pytest.mark.parametrize(
    ("coding", "body"), [("br", b"x"), ("gzip", b"not gzip"), ("gzip", gzip.compress(b"<rss/>" * 9_999, mtime=0)[:40])]
)
async def test_what_cannot_be_unpacked_is_no_feed(fetching, site, coding, body):
    site.pages["/feed.xml"] = (200, {"Content-Encoding": coding}, body)
    with pytest.raises(FeedAway, match=r"encoding|cut_off"):
        await fetching.fetch(site.feed)


async def test_what_is_cut_off_is_not_taken_for_the_whole(fetching, site):
    site.pages["/feed.xml"] = (200, {"Content-Length": "10000", "Connection": "close"}, b"<rss/>")
    with pytest.raises(FeedAway):
        await fetching.fetch(site.feed)


async def test_a_site_that_does_not_answer_is_left_in_time(fetching, site, monkeypatch):
    monkeypatch.setattr("bot.networks.press.fetching.TOTAL", 0.3)
    site.pages["/feed.xml"] = (200, {"Content-Length": "10000"}, b"<rss/>")
    with pytest.raises(FeedAway, match="timeout"):
        await fetching.fetch(site.feed)


async def test_an_unknown_host_and_a_closed_port_are_told_apart(fetching):
    with pytest.raises(FeedAway, match="unknown_host"):
        await fetching.fetch("https://no-such-host.invalid/feed.xml")
    with pytest.raises(FeedAway, match="no_connection"):
        await fetching.fetch("http://127.0.0.1:9/feed.xml")
