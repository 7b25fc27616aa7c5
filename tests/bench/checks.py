"""Measures the checks of drafts on the labelled sentences that the project ships (`--sealed` once, at the very end), and their speed."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.checks import CHECKS, Draft, Fact, Recent, Surroundings, check
from tests.bench.progress import finish, say, table, watched

SETS = Path(__file__).parent / "check_sets"
LANGUAGES = ("en", "es", "fr")
ALLOWED = ("meridia.example", "help.meridia.example")
RECENT, LETTERS, RUNS = 10_000, 280, 600
GOALS = {"precision": 0.95, "recall": 0.85}
P99_MS = 50.0
Row = Mapping[str, Any]


def rows(language: str, half: str) -> Iterator[Row]:
    for line in (SETS / f"{language}.{half}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def draft_of(row: Row) -> Draft:
    return Draft(row["draft"], row["language"], private=row["private"])


def surroundings_of(row: Row, recent: Recent | None = None) -> Surroundings:
    facts = tuple(row.get("facts") or ())
    return Surroundings(
        customer_text=row["customer"],
        customer_turns=tuple(row["customer"].split("\n")),
        name=row.get("name"),
        facts=tuple(Fact(text) for text in facts),
        recent=recent or Recent(row.get("recent") or ()),
        allowed_hosts=ALLOWED,
        own_contacts=facts if row["check"] == "personal_data" else (),
    )


def judged(row: Row) -> bool:
    return bool(check(draft_of(row), surroundings_of(row), only=(row["check"],)))


def quality(labelled: Sequence[Row], label: str, *, show_misses: bool) -> dict[str, list[tuple[bool, bool]]]:
    """Check → (found, true) for each sentence."""
    found: dict[str, list[tuple[bool, bool]]] = {}
    for row in watched(labelled, label):
        verdict = judged(row)
        found.setdefault(row["check"], []).append((verdict, row["finding"]))
        if show_misses and verdict != row["finding"]:
            say(f"{row['check']} {row['language']} {'missed' if row['finding'] else 'wrong'}: {row['draft']} << {row['customer']!r}")
    return found


def scored(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    right = sum(found and true for found, true in pairs)
    told, real = sum(found for found, _ in pairs), sum(true for _, true in pairs)
    return {"precision": round(right / told, 4) if told else 0.0, "recall": round(right / real, 4) if real else 0.0}


def long_drafts(labelled: Sequence[Row]) -> list[str]:
    """Drafts of exactly so many letters, joined from real ones."""
    chance, texts = random.Random(7), [row["draft"] for row in labelled]
    return [" ".join(chance.sample(texts, 8))[:LETTERS].ljust(LETTERS, ".") for _ in range(RUNS)]


def replies(labelled: Sequence[Row]) -> Recent:
    """Ten thousand replies as a crisis makes them: many alike, none the same."""
    chance, texts = random.Random(11), [row["draft"] for row in labelled]
    return Recent(f"{' '.join(chance.sample(texts, 2))} {chance.randrange(10**6)}" for _ in range(RECENT))


def speed(labelled: Sequence[Row]) -> dict[str, float]:
    recent, spent = replies(labelled), []
    chosen = random.Random(3).choices(labelled, k=RUNS)
    for row in chosen[:30]:
        check(draft_of(row), surroundings_of(row, recent))  # word lists and models are loaded at the first use
    for row, text in watched(list(zip(chosen, long_drafts(labelled), strict=True)), f"{RUNS} drafts against {RECENT} replies"):
        draft, surroundings = Draft(text, row["language"], network_limit=280), surroundings_of(row, recent)
        started = time.perf_counter()
        check(draft, surroundings)
        spent.append(1_000 * (time.perf_counter() - started))
    spent.sort()
    return {"p50_ms": round(spent[len(spent) // 2], 2), "p99_ms": round(spent[int(len(spent) * 0.99)], 2)}


def show(title: str, scores: Mapping[str, Mapping[str, float]]) -> None:
    lines = []
    for name in [one for one in CHECKS if one in scores]:
        numbers = scores[name]
        met = all(numbers[key] >= goal for key, goal in GOALS.items())
        lines.append((name, f"{numbers['precision']:.3f}", f"{numbers['recall']:.3f}", "met" if met else "missed"))
    table(title, ("check", "precision", "recall", ""), lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sealed", action="store_true", help="open the sealed halves: once, when all work is done")
    parser.add_argument("--only", nargs="*", default=[], help="measure only these checks")
    parser.add_argument("--misses", action="store_true", help="show each sentence judged wrongly (dev halves only)")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    asked = parser.parse_args()
    half = "sealed" if asked.sealed else "dev"
    say(f"sentences: {half} halves, {', '.join(asked.languages)}")
    labelled = {name: [row for row in rows(name, half) if not asked.only or row["check"] in asked.only] for name in asked.languages}
    together: dict[str, list[tuple[bool, bool]]] = {}
    by_language: dict[str, Any] = {}
    for name, each in labelled.items():
        found = quality(each, name, show_misses=asked.misses and half == "dev")
        by_language[name] = {key: scored(pairs) for key, pairs in found.items()}
        show(name, by_language[name])
        for key, pairs in found.items():
            together.setdefault(key, []).extend(pairs)
    scores = {name: scored(together[name]) for name in CHECKS if name in together}
    show("all languages", scores)
    times = speed([row for each in labelled.values() for row in each])
    say(f"a draft of {LETTERS} letters against {RECENT} replies: p50 {times['p50_ms']} ms, p99 {times['p99_ms']} ms (goal {P99_MS})")
    finish({"checks": scores, **times, "languages": by_language, "half": half})


if __name__ == "__main__":
    main()
