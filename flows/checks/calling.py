"""Finds where somebody is spoken to by name: after a greeting or a title, or set off in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from flows.checks.plain import plain
from flows.checks.reading import Reading
from flows.checks.words import shipped_words
from flows.flow import LANGUAGES

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я][\w'’-]{1,30}"
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Mx|Doctor|Professor|Prof)\.?|[Ss]eñora?|[Ss]eñorita|[Ss]r\.?|[Ss]ra\.?|[Ss]rta\.?|[Dd]on|[Dd]oña|[Dd]octora?"
    r"|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|M\.|Mr|Mme|Mlle|[Dd]octeure?|[Mm]aître)"
)
_CALLED = re.compile(rf"(?<![\w@#/.-])(?P<title>{_TITLE} )?(?!{_TITLE} )(?P<name>{_NAME})")
_SURNAME = re.compile(rf" (?:(?:de|del|de la|van|von) )?(?P<name>{_NAME})")
_SENTENCE = re.compile(r"[.!?…:\n](?=\s)|\n|[.!?…]$|\A|[¡¿]")
_SET_OFF = re.compile(r"\s*(?:[,.!?:;…)\n–—-]|$|[^\w\s,.;:!?'\"«»“”()/&@#%€$£-])")  # a mark, the end, an emoji
_LISTED = re.compile(rf"\s*,?\s*(?:and|y|e|et|&|or|o|ou)?\s+(?:[a-zà-ÿ]{{1,5}} )?(?:{_TITLE} )?{_NAME}")
_AND_I = re.compile(r" (?:and I|y yo|et moi)\b| (?:à votre (?:écoute|service)|a su servicio|at your service|speaking|al habla)\b")
_ACTS = re.compile(r" (?:vous|te|les?|lo|la|is|has|will|was|can|va|est|a|se|os|ya) \w")  # "Voilà, Marie vous rappelle"
_MANY = re.compile(rf"(?P<name>{_NAME}),\s*(?:and |y |et )?(?:la |el |{_TITLE} )*$")
_QUOTE = "\"«“„'"
MOST = 80  # capital letters looked at
_WORDS = 4  # between the beginning of a sentence and a name that no comma sets off


@dataclass(frozen=True)
class Called:
    """A name [start, end) of the draft that somebody is called by."""

    start: int
    end: int
    doubtful: bool


@cache
def given_names() -> frozenset[str]:
    """Of all languages, since customers have names of any."""
    known = [words for name in LANGUAGES if (words := shipped_words(name))]
    names = frozenset().union(*(words.listed("given_names") for words in known), nicknames(), *nicknames().values())
    return frozenset(one for one in names if len(one) > 2 and not any(one in words.listed("everyday") for words in known))


@cache
def nicknames() -> Mapping[str, frozenset[str]]:
    """Name → its short forms, of all languages."""
    found: dict[str, frozenset[str]] = {}
    for words in filter(None, map(shipped_words, LANGUAGES)):
        for name, short in words.nicknames.items():
            found[name] = found.get(name, frozenset()) | short
    return found


def called_in(text: str, reading: Reading) -> Iterator[Called]:
    read_to = 0
    for number, match in enumerate(_CALLED.finditer(text)):
        if number >= MOST:
            return
        place = _Place(text, match, reading)
        if match.start("name") >= read_to and (found := place.called()):
            read_to = found.end
            yield found


@dataclass(frozen=True)
class _Place:
    text: str
    match: re.Match[str]
    reading: Reading

    def called(self) -> Called | None:
        start, end = self.match.start("name"), self._end()
        quoted = self.text[max(0, self.match.start() - 2) : self.match.start()].rstrip()[-1:] in tuple(_QUOTE)
        if quoted or self._is_signature(end) or self._is_listed(end) or self._is_third(end):
            return None
        if self.match["title"]:
            return Called(start, end, False) if self._title_set_off(end) else None
        return self._untitled(start, end)

    def _untitled(self, start: int, end: int) -> Called | None:
        before = self._before()
        folded = plain(before).folded.strip(" ,¡¿«(")
        set_off = bool(_SET_OFF.match(self.text, end)) or self.text[end : end + 5].startswith((" and ", " y ", " et "))
        known = self._is_known(start, end)
        if not folded:
            cried = re.match(r"\s?[,!]\s*\S", self.text[end:])  # at the end of all it signs: "… by Friday. Ana!"
            return Called(start, end, True) if known and cried else None
        if self._is_greeting(folded) and not self._is_common(start, end) and (set_off or known):
            return Called(start, end, False)
        if not known or not set_off or self._introduces(folded):
            return None
        comma = before.rstrip().endswith(",")
        loose = len(before.split()) <= _WORDS and not self._governed(folded) and self._greets(folded)
        return Called(start, end, not comma) if comma or loose else None

    def _end(self) -> int:
        """With the surname, where the first word is a given name or stands after a title."""
        end = self.match.end("name")
        more = _SURNAME.match(self.text, end)
        named = self.match["title"] or self._plain(self.match["name"]) in given_names()
        return more.end() if more and named and not self._is_common_word(more["name"]) else end

    def _before(self) -> str:
        """What stands in the same sentence before the name."""
        text = self.text[max(0, self.match.start() - 160) : self.match.start()]
        ends = [one.end() for one in _SENTENCE.finditer(text)]
        return text[ends[-1] if ends else 0 :].lstrip()

    def _plain(self, word: str) -> str:
        return plain(word).folded

    def _is_known(self, start: int, end: int) -> bool:
        first = self._plain(self.text[start:end].split()[0])
        return first in given_names() and (first not in self.reading.words.listed("not_names"))

    def _is_common(self, start: int, end: int) -> bool:
        return self._is_common_word(self.text[start:end].split()[0])

    def _is_common_word(self, word: str) -> bool:
        small = self._plain(word)
        return small in self.reading.words.listed("not_names") or (small in self.reading.words.listed("everyday"))

    def _is_greeting(self, said: str) -> bool:
        """A greeting and at most a few words: "Hi", "Oh no", "Mille pardons", "Bien le bonjour"."""
        words = said.split()
        if not 1 <= len(words) <= _WORDS or self._governed(said):
            return False
        expression, at = self.reading.phrased("greetings").expression, 0
        while expression and at < len(said) and (match := expression.match(said, at)):
            at = len(said) - len(said[match.end() :].lstrip(" ,¡¿!."))
        return at >= len(said)

    def _greets(self, said: str) -> bool:
        """Begins with a greeting, as "Thanks for waiting Lucy" does and "Lo mira Javier" does not."""
        expression = self.reading.phrased("greetings").expression
        return bool(expression and expression.match(said))

    def _governed(self, said: str) -> bool:
        """The word before belongs to a third person: by, from, with, my colleague, is."""
        last = said.rsplit(maxsplit=1)[-1] if said.split() else ""
        return last in self.reading.words.listed("governing")

    def _introduces(self, said: str) -> bool:
        """The agent's own name: I'm, soy, ici, un saludo de."""
        return any(said.endswith(one) for one in self.reading.words.listed("introducing"))

    def _title_set_off(self, end: int) -> bool:
        """A title begins or ends a phrase when somebody is addressed; inside one it speaks of a third person."""
        before = self._before().rstrip(" ")
        if self._governed(plain(before).folded):
            return False
        begins = not before or before[-1] in ",¡¿:" or len(before.split()) <= 2
        return begins and bool(re.match(r"\s*(?:[,.!?:;…\n]|$)", self.text[end:]))

    def _is_listed(self, end: int) -> bool:
        """One of several names: Tom, Ruby, Mrs Fielding and now me."""
        near = _MANY.search(self.text[max(0, self.match.start() - 60) : self.match.start()])
        if near and self._plain(near["name"]) in given_names():
            return True
        follows = _LISTED.match(self.text, end)
        return bool(follows) and ":" in self.text[max(0, self.match.start() - 12) : self.match.start()]

    def _is_third(self, end: int) -> bool:
        """A place named after a saint, a colleague and I, who is at your service."""
        acts = _ACTS.match(self.text, end) and self.text[: self.match.start()].rstrip().endswith(",")
        return bool(self.match["name"].startswith(("Saint-", "Sainte-")) or _AND_I.match(self.text, end) or acts)

    def _is_signature(self, end: int) -> bool:
        """At the end, on its own line or sentence or after a farewell, with nothing but a team's name behind it."""
        rest = self.text[end:]
        if len(rest.strip()) > 60 or re.search(r"[.!?…]\s*\S", rest):
            return False
        before = self.text[: self.match.start()].rstrip(" ")
        said = plain(before[-60:].rstrip(" ,;:–—-")).folded
        apart = not before or before[-1] in "\n.!?…–—|," or self._introduces(said) or self._ends_in_farewell(said)
        if apart and before and self._is_team(rest):
            return True
        closed = rest.strip()[:1] in ("!", "?") or (rest.strip()[:1] == "." and before[-1:] == ",")
        return bool(before) and apart and not closed and (not rest.strip() or (before[-1] != "," and rest.lstrip()[:1] in ",.(|–—-\n"))

    def _is_team(self, rest: str) -> bool:
        """What agents put behind their names: del equipo de seguros, from the claims team, service client."""
        said = plain(rest).folded.strip(" ,(|–—-\n")
        expression = self.reading.phrased("teams").expression
        return bool(expression and expression.match(said))

    def _ends_in_farewell(self, said: str) -> bool:
        return any(hit.end == len(said) for hit in self.reading.phrased("farewells").within(plain(said).whole))
