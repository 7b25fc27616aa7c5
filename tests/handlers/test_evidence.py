"""An evidence pack: everything that was written, approved and sent, safe to open, and proven by itself."""

import csv
import hashlib
import json
import re
import stat
import tracemalloc
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.terminal import proof
from bot.terminal.pack import FolderThere, cell, export
from handlers.answers.drafts import Wording
from handlers.erasure import Erasure
from handlers.evidence import Evidence, NoSuchSubject
from storage import tables, timeline
from storage.timeline import Entry
from tests.builders import data_breach, mention

ATTACK = '=HYPERLINK("https://evil.example")<script>alert(1)</script>'
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


async def story(post):
    """A crisis with one case of it that was answered, and another case outside; the number of the first."""
    ana = await post.house.person("Ana", "agent", "manager")
    lea = await post.house.person("Lea", "lead")
    await post.house.crises.open(lea, "Breach & more")
    number = await post.house.case(f"{ATTACK} do you even read what people write to you here?", by="u1")
    await post.house.case("ordinary question", by="u2")
    await post.house.cases.note(ana, number, "+49 is her prefix")
    await post.house.facts.add(ana, "412 accounts", source="the logs")
    await post.house.holds.set(lea, "silent")
    await post.house.holds.excuse(ana, number, "her safety")
    await post.house.holds.set(lea, "off")
    await post.house.attestations.attest_posts_stopped(lea, "@meridia")
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(10)
    assert post.house.networks["x"].texts == [ANSWER]
    return number


def evidence(post):
    return Evidence(post.store, data_breach())


async def pack(post, folder, *, case=None, language="en"):
    assert await export(evidence(post), case, None if case else 0, folder, language) == 0
    return folder


def sheet(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def links(folder):
    return [json.loads(line) for line in (folder / "timeline.jsonl").read_text(encoding="utf-8").splitlines()]


async def test_a_pack_of_a_crisis_holds_everything_about_it_and_of_all_its_cases(post, tmp_path):
    number = await story(post)
    folder = await pack(post, tmp_path / "pack")
    assert {one["chain"] for one in links(folder)} == {"crisis:1", f"case:{number}"}
    (reply,) = sheet(folder, "replies")
    said = {name: reply[name] for name in ("case", "text", "written_by", "approved_by", "state", "url", "version")}
    assert said == {
        "case": str(number),
        "text": ANSWER,
        "written_by": "Ana",
        "approved_by": "Lea",
        "state": "sent",
        "url": "https://x.example/1",
        "version": "1",
    }
    assert [one["person"] for one in sheet(folder, "approvals")] == ["Lea"]
    assert [(one["hold"], one["set_by"]) for one in sheet(folder, "holds")] == [("silent", "Lea"), ("off", "Lea")]
    assert [one["reason"] for one in sheet(folder, "exceptions")] == ["her safety"]
    assert "412 accounts" in [one["text"] for one in sheet(folder, "facts")]
    assert [one["subject"] for one in sheet(folder, "attestations")] == ["'@meridia"]
    assert [one["text"] for one in sheet(folder, "versions")] == [ANSWER]
    assert len(sheet(folder, "mentions")) == 1, "what is outside the crisis stays outside the pack"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_the_report_tells_the_story_in_order_and_escapes_what_strangers_wrote(post, tmp_path, language):
    number = await story(post)
    html = (await pack(post, tmp_path / "pack", case=number, language=language) / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html and "&lt;script&gt;alert(1)" in html and "Breach &amp; more" in html
    assert html.index("alert(1)") < html.index("her prefix") < html.rindex("yours too. Ana")
    assert html.startswith(f'<!doctype html>\n<html lang="{language}">') and html.rstrip().endswith("</html>")
    assert not re.search(r"(?:src|href)\s*=|@import|url\(", html), "it loads nothing"


async def test_files_are_ours_alone_and_a_folder_that_is_there_is_not_touched(post, tmp_path):
    folder = await pack(post, tmp_path / "pack", case=await story(post))
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with pytest.raises(FolderThere):
        await pack(post, folder)


async def test_the_manifest_names_every_file_as_sha256sum_reads_it(post, tmp_path):
    folder = await pack(post, tmp_path / "pack", case=await story(post))
    lines = dict(reversed(line.split("  ")) for line in (folder / "MANIFEST").read_text().splitlines())
    assert set(lines) == {file.name for file in folder.iterdir()} - {"MANIFEST"}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == told for name, told in lines.items())


async def test_the_chain_can_be_recomputed_by_the_formula_of_the_readme_alone(post, tmp_path):
    await story(post)
    before = {}
    for one in links(await pack(post, tmp_path / "pack")):
        payload = json.dumps(one["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(bytes.fromhex(one["salt"]) + payload.encode()).hexdigest() == one["commitment"]
        link = "\x1f".join(str(one[name]) for name in ("chain", "seq", "at", "act", "person_id", "door", "commitment"))
        last = before.get(one["chain"], bytes(32))
        assert hashlib.sha256(last + link.encode()).hexdigest() == one["hash"]
        before[one["chain"]] = bytes.fromhex(one["hash"])
    assert len(before) == 2


@pytest.fixture
async def folder(post, tmp_path):
    return await pack(post, tmp_path / "pack", case=await story(post))


def change_link(folder, **values):
    """As somebody would who also mends the MANIFEST."""
    file = folder / "timeline.jsonl"
    lines = links(folder)
    lines[1] |= values
    file.write_text("".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in lines), encoding="utf-8")
    mend(folder)


def mend(folder):
    files = sorted(file for file in folder.iterdir() if file.name != "MANIFEST")
    (folder / "MANIFEST").write_text("".join(f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in files))


def test_an_untouched_pack_is_proven(folder, capsys):
    assert proof.verify_pack(folder, "en") == 0
    assert "every chain is whole" in capsys.readouterr().out


@pytest.mark.parametrize(
    "values", [{"act": "forged"}, {"payload": {"text": "forged"}}, {"person_id": 99}, {"seq": 7}, {"at": "2020-01-01T00:00:00+00:00"}]
)
def test_a_changed_link_is_found_even_when_the_manifest_was_mended(folder, values, capsys):
    change_link(folder, **values)
    assert proof.verify_pack(folder, "en") == 1
    assert "breaks at link" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["", "{}", "[]", "no json", '{"chain": "case:1"}', "null"])
def test_what_is_no_link_is_said_plainly(folder, line, capsys):
    (folder / "timeline.jsonl").write_text(line + "\n", encoding="utf-8")
    mend(folder)
    assert proof.verify_pack(folder, "en") == 1
    assert "timeline.jsonl" in capsys.readouterr().out


def test_a_changed_added_or_missing_file_is_named(folder, capsys):
    (folder / "mentions.csv").write_text("x")
    (folder / "more.txt").write_text("x")
    (folder / "facts.csv").unlink()
    assert proof.verify_pack(folder, "en") == 1
    told = capsys.readouterr().out
    assert all(name in told for name in ("mentions.csv", "more.txt", "facts.csv")) and "replies.csv" not in told


def test_a_folder_that_is_no_pack_is_said(tmp_path, capsys):
    assert proof.verify_pack(tmp_path, "en") == 1
    assert str(tmp_path) in capsys.readouterr().err


async def test_a_pack_of_somebody_who_was_erased_holds_nothing_of_theirs_and_is_still_proven(post, tmp_path):
    number = await story(post)
    await Erasure(post.store, post.house.board).erase(await Erasure(post.store, post.house.board).find("x", "u1"))
    folder = await pack(post, tmp_path / "pack", case=number)
    assert proof.verify_pack(folder, "en") == 0
    assert not [
        file.name
        for file in folder.iterdir()
        if any(one in file.read_text(encoding="utf-8") for one in ("evil.example", "yours too", "u1", "prefix"))
    ]
    assert "erased for privacy" in (folder / "report.html").read_text(encoding="utf-8")


async def test_what_is_not_there_cannot_be_exported(post, tmp_path):
    for case in (99, None):
        with pytest.raises(NoSuchSubject):
            await export(evidence(post), case, None if case else 0, tmp_path / "pack", "en")
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@anna", "'@anna"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        (True, "true"),
        ({"en": "=1"}, '{"en": "=1"}'),
    ],
)
def test_a_cell_is_never_a_formula(value, shown):
    assert cell(value) == shown


def test_a_moment_in_a_cell_carries_its_zone():
    assert cell(datetime.fromisoformat("2026-11-20T09:00:00+00:00")) == "2026-11-20T09:00:00+00:00"


async def test_a_long_story_does_not_fill_the_memory(post, tmp_path):
    number, links_ = await post.house.case("one"), 4_000
    async with post.store.begin() as work:
        for _ in range(4):
            await timeline.append(work, [Entry(f"case:{number}", "noted", {"text": "x" * 3_000}) for _ in range(links_ // 4)])
        await work.commit()
    tracemalloc.start()
    folder = await pack(post, tmp_path / "pack", case=number)
    assert proof.verify_pack(folder, "en") == 0
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (folder / "report.html").stat().st_size > 10_000_000
    assert most < 12_000_000, f"{most:,} bytes"


async def test_the_pack_is_of_one_moment(post, tmp_path):
    """What is written while a pack is made is in none of its files, or in all."""
    number = await post.house.case("one")
    async with evidence(post).of_case(number) as dossier:
        first = [one async for one in dossier.links()]
        await post.house.mentions.receive([mention("later")])
        async with post.store.begin() as work:
            await timeline.append(work, [Entry(f"case:{number}", "noted", {"text": "later"})])
            await work.commit()
        assert len([one async for one in dossier.story()]) == len(first)
    async with post.store.read() as work:
        assert (
            await work.scalar(sa.select(sa.func.count()).select_from(tables.timeline).where(tables.timeline.c.chain == f"case:{number}"))
            == len(first) + 1
        )
