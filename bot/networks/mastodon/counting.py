"""How Mastodon counts a text, by its client library: by what people see as one sign, an address as 23, a handle without its server."""

from mastodon import Mastodon

ROOM = 34  # what leads a reply: an @, a name of 30 signs at most (as Mastodon has them), a space; and a warning cut to two


def length(text: str) -> int:
    return Mastodon.get_status_length(text)
