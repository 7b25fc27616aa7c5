"""Reads YAML text into places that know their file, line and key, and gathers every fault in one go."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import yaml

MAX_CHARACTERS = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 12
MAX_FAULTS = 200

# libyaml is many times faster; both give the same events and lines
_Loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LineError(ValueError):
    """One fault of one file; its text is one line that says where, what was expected and what was found."""

    def __init__(self, file: str, line: int, key: str, expected: str, found: str) -> None:
        super().__init__(file, line, key, expected, found)
        self.file, self.line, self.key, self.expected, self.found = file, line, key, expected, found

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " + (f"{self.key}: " if self.key else "")
        return f"{where}expected {self.expected}, found {self.found}"


class FileErrors(ValueError):
    """Every fault of the files, in the order of the lines."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.line)))
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@dataclass
class Faults:
    """Collects faults, up to MAX_FAULTS, as errors of the given kind."""

    kind: type[LineError]
    errors: list[LineError] = field(default_factory=list)

    def add(self, file: str, line: int, key: str, expected: str, found: str) -> None:
        error = self.kind(file, line, key, expected, found)
        # a place may be read twice: the same fault is told once
        if len(self.errors) < MAX_FAULTS and all(str(known) != str(error) for known in self.errors):
            self.errors.append(error)


@dataclass(frozen=True)
class Scalar:
    """A plain scalar is text whatever it looks like: `no`, `12` and `2024-01-01` are what was typed."""

    text: str
    line: int
    quoted: bool = False


@dataclass(frozen=True)
class Listing:
    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True)
class Table:
    entries: tuple[tuple[Scalar, Node], ...]
    line: int


@dataclass(frozen=True)
class Absent:
    """What stands for a missing or refused value: it reads as empty and adds no second fault."""

    line: int


Node = Scalar | Listing | Table | Absent


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint in brackets, or nothing when no known word is close."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:60], list(by_lower), n=1, cutoff=0.6)
    return f" (did you mean {by_lower[close[0]]}?)" if close else ""


def shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


def _described(node: Node) -> str:
    if isinstance(node, Scalar):
        return shown(node.text) if node.text or node.quoted else "nothing"
    return {Listing: "a list", Table: "a mapping", Absent: "nothing"}[type(node)]


@dataclass(frozen=True)
class Place:
    """A value at a key of a file. Readers note a fault and answer with an empty value, so that reading goes on."""

    file: str
    key: str
    line: int
    node: Node
    faults: Faults

    def refuse(self, expected: str, found: str | None = None) -> None:
        self.faults.add(self.file, self.line, self.key, expected, found or _described(self.node))

    def text(self, limit: int) -> str:
        """Never blank, on one line, at most `limit` characters; "" after a fault."""
        if isinstance(self.node, Absent):
            return ""
        text = " ".join(self.node.text.split()) if isinstance(self.node, Scalar) else ""
        if text and len(text) <= limit:
            return text
        self.refuse("text" if not text else f"at most {limit} characters", f"{len(text)}" if text else None)
        return ""

    def number(self, least: int) -> int:
        if isinstance(self.node, Absent):
            return least
        text = self.node.text if isinstance(self.node, Scalar) else ""
        # at most nine ASCII digits: int() takes other digits, underscores and endless lengths
        if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least:
            return int(text)
        self.refuse(f"a whole number from {least}")
        return least

    def one_of(self, known: Sequence[str]) -> str:
        """One of the known words, or "" after a fault."""
        if isinstance(self.node, Absent):
            return ""
        if isinstance(self.node, Scalar) and self.node.text in known:
            return self.node.text
        hint = nearest(self.node.text, known) if isinstance(self.node, Scalar) else ""
        self.refuse(f"one of {', '.join(known)}", _described(self.node) + hint)
        return ""

    def items(self, *, empty: bool = False) -> tuple[Place, ...]:
        if isinstance(self.node, Absent):
            return ()
        if not isinstance(self.node, Listing) or not (self.node.items or empty):
            self.refuse("a list", None if not isinstance(self.node, Listing) else "an empty list")
            return ()
        return tuple(self._at(f"{self.key}[{index}]", item.line, item) for index, item in enumerate(self.node.items))

    def distinct(self, read: Callable[[Place], str], same: Callable[[str], str] = str, *, empty: bool = False) -> tuple[str, ...]:
        """The list's values by `read`, refusing one that is already listed, as compared by `same`."""
        first: dict[str, str] = {}
        for item in self.items(empty=empty):
            value = read(item)
            key = same(value)
            if key in first:
                item.refuse("no repetition", f"{shown(value)} again")
            elif value:
                first[key] = value
        return tuple(first.values())

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Place]:
        """Exactly these keys: unknown and missing ones are refused, missing ones read as empty."""
        known = (*required, *optional)
        found = {key: place for key, place in self.entries() if self._is_known(key, place, known)}
        if isinstance(self.node, Table):
            for key in required:
                if key not in found:
                    self.refuse(f"the key {key}", "nothing")
        absent = {key: self._at(self._under(key), self.line, Absent(self.line)) for key in known}
        return absent | found

    def entries(self) -> Iterator[tuple[str, Place]]:
        """Every key with its value, refusing a key that stands twice."""
        if not isinstance(self.node, Table):
            if not isinstance(self.node, Absent):
                self.refuse("a mapping")
            return
        seen: dict[str, int] = {}
        for key, node in self.node.entries:
            place = self._at(self._under(key.text), key.line, node)
            if key.text in seen:
                there = f"that of line {seen[key.text]} again"
                self.faults.add(self.file, key.line, place.key, "no second key", there)
            else:
                seen[key.text] = key.line
                yield key.text, place

    def holds(self, key: str) -> bool:
        return isinstance(self.node, Table) and any(name.text == key for name, _ in self.node.entries)

    def _is_known(self, key: str, place: Place, known: Sequence[str]) -> bool:
        if key not in known:
            found = shown(key) + nearest(key, known)
            self.faults.add(self.file, place.line, self.key, f"only {', '.join(known)}", found)
        return key in known

    def _under(self, key: str) -> str:
        name = shown(key)[1:-1]
        return f"{self.key}.{name}" if self.key else name

    def _at(self, key: str, line: int, node: Node) -> Place:
        # a filled scalar may stand lines below its key; a collection is best named by its key's line
        own_line = node.line if isinstance(node, Scalar) and node.text else line
        return Place(self.file, key, own_line, node, self.faults)


def read(file: str, text: str, faults: Faults) -> Place | None:
    """The file's root, or None after a fault that makes it unreadable. Never raises, whatever the text."""
    if len(text) > MAX_CHARACTERS:
        faults.add(file, 1, "", f"at most {MAX_CHARACTERS} characters", str(len(text)))
        return None
    try:
        root = _composed(yaml.parse(text.encode().decode(), Loader=_Loader))
    except _UnreadableError as fault:
        faults.add(file, fault.line, "", fault.expected, fault.found)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(file, mark.line + 1 if mark else 1, "", "valid YAML", error.problem or "a fault")
    except (yaml.YAMLError, UnicodeError) as error:
        faults.add(file, 1, "", "valid YAML", shown(str(error)))
    else:
        return Place(file, "", 1, root, faults)
    return None


class _UnreadableError(Exception):
    def __init__(self, line: int, expected: str, found: str) -> None:
        self.line, self.expected, self.found = line, expected, found


def _composed(events: Iterable[yaml.Event]) -> Node:
    """Builds the nodes without recursion, so that no nesting can exhaust the stack."""
    open_nodes: list[tuple[yaml.Event, list[Node]]] = []
    roots: list[Node] = []
    for count, event in enumerate(events):
        _check(event, count, len(open_nodes), len(roots))
        target = open_nodes[-1][1] if open_nodes else roots
        if isinstance(event, yaml.ScalarEvent):
            target.append(Scalar(event.value, _line(event), event.style not in (None, "")))
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event, []))
        elif isinstance(event, yaml.CollectionEndEvent):
            start, nodes = open_nodes.pop()
            (open_nodes[-1][1] if open_nodes else roots).append(_collection(start, nodes))
    return roots[0] if roots else Scalar("", 1)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _check(event: yaml.Event, count: int, depth: int, roots: int) -> None:
    line = _line(event)
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent):
        raise _UnreadableError(line, "no aliases", shown(f"*{anchor}"))
    if anchor is not None:
        raise _UnreadableError(line, "no anchors", shown(f"&{anchor}"))
    if tag is not None:
        raise _UnreadableError(line, "no YAML tags", shown(str(tag)))
    if depth > MAX_DEPTH:
        raise _UnreadableError(line, f"at most {MAX_DEPTH} levels", "more")
    if count > MAX_NODES:
        raise _UnreadableError(line, f"at most {MAX_NODES} nodes", "more")
    if roots and isinstance(event, yaml.DocumentStartEvent):
        raise _UnreadableError(line, "one document", "a second one")


def _collection(start: yaml.Event, nodes: list[Node]) -> Node:
    line = _line(start)
    if isinstance(start, yaml.SequenceStartEvent):
        return Listing(tuple(nodes), line)
    pairs: list[tuple[Scalar, Node]] = []
    for key, value in zip(nodes[::2], nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise _UnreadableError(key.line, "a key", _described(key))
        pairs.append((key, value))
    return Table(tuple(pairs), line)
