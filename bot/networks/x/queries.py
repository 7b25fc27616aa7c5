"""What we ask the search, and the stream, for: the crisis's own words, those who quote us, those who name us."""

import re
from collections.abc import Iterator, Sequence

# https://docs.x.com/x-api/fundamentals/rate-limits: 512 characters a query of the search, 1,024 a rule of the stream, pay per use
QUERY_MOST, RULE_MOST = 512, 1024
TAG = "tocsin:"  # our rules among those of others in the same project
_HASHTAG = re.compile(r"#\w+")


def searches(words: Sequence[str], account: str, most: int = QUERY_MOST) -> Iterator[str]:
    """As few queries as hold all words; the account is ours, which is not listened to."""
    tail = f" -is:retweet -from:{account}"
    room = most - len(tail) - 2
    held: list[str] = []
    for term in dict.fromkeys(_term(word) for word in words):
        if held and len(" OR ".join([*held, term])) > room:
            yield f"({' OR '.join(held)}){tail}"
            held = []
        held.append(term)
    if held:
        yield f"({' OR '.join(held)}){tail}"


def quotes(handle: str, account: str) -> str:
    """Posts that quote one of ours: X keeps the address of what is quoted among the links."""
    return f'url:"{handle}/status" is:quote -is:retweet -from:{account}'


def rules(words: Sequence[str], handle: str, account: str) -> dict[str, str]:
    """Tag → rule."""
    named = {f"{TAG}named": f"@{handle} -is:retweet -from:{account}", f"{TAG}quoted": quotes(handle, account)}
    found = {f"{TAG}search:{number}": rule for number, rule in enumerate(searches(words, account, RULE_MOST), 1)}
    return named | found


def _term(word: str) -> str:
    return word if _HASHTAG.fullmatch(word) else f'"{word}"'
