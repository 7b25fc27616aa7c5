"""Reads FLOW's sections about answers and about the crisis room; without them their defaults hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

from flows.answers import ALWAYS, CHECK_NAMES, CRISIS, ORDINARY, PRIVATE, PUBLIC, Answers, Condition, Rule, Stage, Subject
from flows.crisis_rules import CrisisRules, Question
from flows.document import Absent, Place, Table, shown
from flows.fields import LABEL_LIMIT, by_language, check_name, duration_of, listed_in, name_of, roles_of, severity_of, yes_or_no
from flows.flow import KINDS, ROLES
from flows.severity import SEVERITY_WORDS, Severity

QUESTION_LIMIT = 150
CONTACT_LIMIT = 100

_ANSWERS = ("stages", "statement_stages", "blocking", "public_turns", "remind_after", "expires_after", "callbacks")
_MORE_ANSWERS = ("off", "links", "contacts", "rule")
_ROOM = ("questions", "authority_within", "update_every", "nag_every", "first_answer", "customers_first", "life_tags")
_CONDITIONS = ("tags", "severity", "kinds", "findings", "about", "where")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


def read_answers(place: Place, tags: tuple[str, ...]) -> Answers:
    if isinstance(place.node, Absent):
        return Answers()
    fields = place.fields(_ANSWERS, _MORE_ANSWERS)
    callbacks = fields["callbacks"].fields(("roles", "within"))
    remind_after, expires_after = duration_of(fields["remind_after"]), duration_of(fields["expires_after"])
    if expires_after and expires_after <= remind_after:
        fields["expires_after"].refuse("more than remind_after")
    blocking = _checks(fields["blocking"], "a check", CHECK_NAMES)
    off = _checks(fields["off"], "a non-blocking check", tuple(name for name in CHECK_NAMES if name not in blocking))
    looked_for = tuple(name for name in CHECK_NAMES if name not in off)
    return Answers(
        stages=_covering(fields["stages"], _stages(fields["stages"], lambda when: _condition(when, tags, looked_for))),
        statement_stages=_stages(fields["statement_stages"], None),
        blocking=frozenset(blocking),
        off=frozenset(off),
        links=fields["links"].distinct(_host, empty=True),
        contacts=fields["contacts"].distinct(lambda contact: contact.text(CONTACT_LIMIT), empty=True),
        public_turns=fields["public_turns"].number(1),
        remind_after=remind_after,
        expires_after=expires_after,
        callback_roles=roles_of(callbacks["roles"]),
        callback_within=duration_of(callbacks["within"]),
        rule=_rule(fields["rule"]),
    )


def read_crisis_room(place: Place, tags: tuple[str, ...]) -> CrisisRules:
    if isinstance(place.node, Absent):
        return CrisisRules()
    fields = place.fields(_ROOM)
    clocks = fields["first_answer"].fields(SEVERITY_WORDS)
    return CrisisRules(
        questions=tuple(_question(name, question) for name, question in fields["questions"].entries()),
        authority_within=duration_of(fields["authority_within"]),
        update_every=duration_of(fields["update_every"]),
        nag_every=duration_of(fields["nag_every"]),
        first_answer={Severity.parse(word): duration_of(time) for word, time in clocks.items()},
        customers_first=yes_or_no(fields["customers_first"]),
        life_tags=listed_in(fields["life_tags"], tags, "a known tag", empty=True),
    )


def _stages(place: Place, condition: Callable[[Place], Condition] | None) -> tuple[Stage, ...]:
    """Without a reader of conditions every stage is for everything."""
    stages = tuple(_stage(name, stage, condition) for name, stage in place.entries())
    if isinstance(place.node, Table) and not stages:
        place.refuse("at least one stage")
    return stages


def _stage(name: str, place: Place, condition: Callable[[Place], Condition] | None) -> Stage:
    check_name(name, place)
    fields = place.fields(("label", "roles"), ("quorum", "when") if condition else ("quorum",))
    when = condition(fields["when"]) if condition else ALWAYS
    return Stage(name, by_language(fields["label"], LABEL_LIMIT), roles_of(fields["roles"]), fields["quorum"].number(1), when)


def _condition(place: Place, tags: tuple[str, ...], looked_for: tuple[str, ...]) -> Condition:
    if isinstance(place.node, Absent):
        return ALWAYS
    fields = place.fields((), _CONDITIONS)
    if isinstance(place.node, Table) and not place.node.entries:
        place.refuse(f"one of {', '.join(_CONDITIONS)}")
    severity = fields["severity"]
    return Condition(
        tags=listed_in(fields["tags"], tags, "a known tag"),
        severity=None if isinstance(severity.node, Absent) else severity_of(severity),
        kinds=fields["kinds"].distinct(lambda kind: kind.one_of(KINDS)),
        findings=listed_in(fields["findings"], looked_for, "an active check"),
        about=fields["about"].one_of((CRISIS, ORDINARY)),
        where=fields["where"].one_of((PUBLIC, PRIVATE)),
    )


def _covering(place: Place, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Nothing may leave without anybody's yes: the plainest draft of each sort must meet a stage too."""
    for crisis, private in product((True, False), repeat=2):
        plainest = Subject(frozenset(), Severity.LOW, "", frozenset(), crisis, private)
        if stages and not any(stage.when.holds(plainest) for stage in stages):
            sort = f"{PRIVATE if private else PUBLIC} {CRISIS if crisis else ORDINARY}"
            place.refuse("a stage for every draft", f"none for a {sort} one without tag or finding")
    return stages


def _checks(place: Place, what: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return listed_in(place, names, what, empty=True)


def _host(place: Place) -> str:
    host = place.text(CONTACT_LIMIT)
    if host and not _HOST.fullmatch(host):
        place.refuse("a host (help.example.com)", shown(host))
    return host


def _rule(place: Place) -> Rule | None:
    if isinstance(place.node, Absent):
        return None
    fields = place.fields(("name", "severity", "sample"))
    sample = fields["sample"].number(0)
    if sample > 100:
        fields["sample"].refuse("at most 100 percent")
    return Rule(name_of(fields["name"]), severity_of(fields["severity"]), sample)


def _question(name: str, place: Place) -> Question:
    check_name(name, place)
    fields = place.fields(("label", "role", "within"))
    return Question(name, by_language(fields["label"], QUESTION_LIMIT), fields["role"].one_of(ROLES), duration_of(fields["within"]))
