"""Understands what follows /crisis when it is about the crisis itself: hold, facts, statement, attestations, clocks, call-backs. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handlers.typed import Help, number, unknown
from storage.attestations import CUSTOMERS_FIRST, POSTS_STOPPED

HOLDS = ("silent", "holding", "off")
KINDS = ("holding", "full")


@dataclass(frozen=True)
class SetHold:
    hold: str


@dataclass(frozen=True)
class Excuse:
    """Without a reason it asks for one."""

    number: int
    reason: str = ""


@dataclass(frozen=True)
class ShowBoard:
    pass


@dataclass(frozen=True)
class AddFact:
    """Without a text it asks for one."""

    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class AskFact:
    """What became of one: by form."""

    number: int


@dataclass(frozen=True)
class ConfirmFact:
    """An empty answer confirms what stands."""

    number: int
    answer: str = ""
    source: str = ""


@dataclass(frozen=True)
class UnknownFact:
    number: int


@dataclass(frozen=True)
class RetractFact:
    number: int
    reason: str = ""


@dataclass(frozen=True)
class AssignFact:
    number: int
    owner: str
    at: str


@dataclass(frozen=True)
class ShowStatements:
    pass


@dataclass(frozen=True)
class ShowStatement:
    number: int


@dataclass(frozen=True)
class WriteStatement:
    kind: str


@dataclass(frozen=True)
class Attest:
    """By form; `subject` spares the one question about an account."""

    gate: str
    subject: str = ""


@dataclass(frozen=True)
class WithdrawAttestation(Attest):
    pass


@dataclass(frozen=True)
class SetAware:
    at: str


@dataclass(frozen=True)
class AuthorityTold:
    pass


@dataclass(frozen=True)
class PromiseUpdate:
    at: str


@dataclass(frozen=True)
class GiveUpdate:
    pass


@dataclass(frozen=True)
class ListCallbacks:
    pass


@dataclass(frozen=True)
class AskCallback:
    """For a case, by form."""

    number: int


@dataclass(frozen=True)
class EndCallback:
    number: int
    outcome: str


OfHold = SetHold | Excuse
OfFacts = ShowBoard | AddFact | AskFact | ConfirmFact | UnknownFact | RetractFact | AssignFact
OfStatements = ShowStatements | ShowStatement | WriteStatement
OfAttestations = Attest | WithdrawAttestation
OfClocks = SetAware | AuthorityTold | PromiseUpdate | GiveUpdate
OfCallbacks = ListCallbacks | AskCallback | EndCallback
OfRoom = OfHold | OfFacts | OfStatements | OfAttestations | OfClocks | OfCallbacks
Understood = OfRoom | Help


def _hold(rest: Sequence[str]) -> Understood:
    if not rest:
        return ShowBoard()
    what = rest[0].lower()
    if what in HOLDS:
        return SetHold(what)
    case = number(rest[1]) if len(rest) > 1 else None
    if what == "except" and case is not None:
        return Excuse(case, " ".join(rest[2:]))
    return unknown(f"hold {what}", [*(f"hold {one}" for one in HOLDS), "hold except 7"])


def _facts(_: Sequence[str]) -> Understood:
    return ShowBoard()


def _fact(rest: Sequence[str]) -> Understood:
    what = rest[0].lower() if rest else "add"
    if what == "add":
        return AddFact(*_sourced(rest[1:]))
    fact = number(what)
    if fact is None:
        return unknown(f"fact {what}", ["fact add", "fact 7 confirm"])
    return _of_fact(fact, rest[1:])


def _of_fact(fact: int, rest: Sequence[str]) -> Understood:
    act = rest[0].lower() if rest else ""
    match act:
        case "":
            return AskFact(fact)
        case "confirm":
            return ConfirmFact(fact, *_sourced(rest[1:]))
        case "unknown":
            return UnknownFact(fact)
        case "retract":
            return RetractFact(fact, " ".join(rest[1:]))
        case "assign" if len(rest) > 2:
            return AssignFact(fact, rest[1].removeprefix("@"), " ".join(rest[2:]))
    return unknown(f"fact {fact} {act}", [f"fact {fact} {one}" for one in ("confirm", "unknown", "retract", "assign")])


def _sourced(words: Sequence[str]) -> tuple[str, str]:
    """(what is said, where it comes from): what follows the word "source"."""
    at = next((place for place, word in enumerate(words) if word.lower().rstrip(":") == "source"), len(words))
    return " ".join(words[:at]), " ".join(words[at + 1 :])


def _statement(rest: Sequence[str]) -> Understood:
    if not rest:
        return ShowStatements()
    what = rest[0].lower()
    statement = number(what)
    if statement is not None:
        return ShowStatement(statement)
    return WriteStatement(what) if what in KINDS else unknown(f"statement {what}", [f"statement {kind}" for kind in KINDS])


def _attest(rest: Sequence[str]) -> Understood:
    what, subject = (rest[0].lower() if rest else ""), " ".join(rest[1:])
    gates = {"customers": CUSTOMERS_FIRST, "posts": POSTS_STOPPED}
    if what == "withdraw" and len(rest) > 1 and rest[1].lower() in gates:
        return WithdrawAttestation(gates[rest[1].lower()], " ".join(rest[2:]))
    if what in gates:
        return Attest(gates[what], subject if what == "posts" else "")
    return unknown(f"attest {what}".strip(), ["attest customers", "attest posts", "attest withdraw customers"])


def _aware(rest: Sequence[str]) -> Understood:
    return SetAware(" ".join(rest)) if rest else unknown("aware", ["aware 08:00"])


def _authority(rest: Sequence[str]) -> Understood:
    told = bool(rest) and rest[0].lower() == "told"
    return AuthorityTold() if told else unknown(" ".join(["authority", *rest[:1]]), ["authority told"])


def _update(rest: Sequence[str]) -> Understood:
    what = rest[0].lower() if rest else ""
    if what == "done":
        return GiveUpdate()
    if what == "at" and len(rest) > 1:
        return PromiseUpdate(" ".join(rest[1:]))
    return unknown(f"update {what}".strip(), ["update at 18:00", "update done"])


def _callbacks(_: Sequence[str]) -> Understood:
    return ListCallbacks()


def _callback(rest: Sequence[str]) -> Understood:
    callback = number(rest[0]) if rest else None
    if callback is not None and len(rest) > 1 and rest[1].lower() == "done":
        return EndCallback(callback, " ".join(rest[2:]))
    case = number(rest[1]) if len(rest) > 1 and rest[0].lower() == "for" else None
    return (
        AskCallback(case)
        if case is not None
        else unknown(" ".join(["callback", *rest[:2]]), [f"callback {callback or 7} done", "callback for 7"])
    )


VERBS: Mapping[str, Callable[[Sequence[str]], Understood]] = {
    "hold": _hold,
    "facts": _facts,
    "fact": _fact,
    "statement": _statement,
    "attest": _attest,
    "aware": _aware,
    "authority": _authority,
    "update": _update,
    "callbacks": _callbacks,
    "callback": _callback,
}
