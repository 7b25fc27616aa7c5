"""What there is: people, posts and media, comments below them, and conversations; with Meta's own rules of who may write what, and when."""

import itertools
import json
from collections import deque
from dataclasses import dataclass, field

from tests.fakes.slack.clock import Clock

from .errors import GraphError, not_there, too_fast

DAY = 86_400.0
NEWEST_TOLD = 20  # messages of a conversation of which more than the id is told


@dataclass
class Limits:
    """`calls` in an hour, of the page's use case; `private_replies` in an hour, to Instagram's comments."""

    comment: int = 8_000
    caption: int = 2_200
    message: int = 2_000
    direct_bytes: int = 1_000
    private_within: float = 7 * DAY
    window: float = DAY
    private_replies: int = 750
    calls: int | None = None


@dataclass
class Person:
    """`id` is scoped to the page (PSID), or to the Instagram account (IGSID): the same in comments and in messages."""

    id: str
    name: str
    handle: str


@dataclass
class Entry:
    """A post, a medium or a comment. `below` is what it stands under: a comment, a post, a medium. No author: it is ours."""

    id: str
    network: str
    author: Person | None
    text: str
    at: float
    kind: str = "comment"  # post, medium, comment
    root: str = ""  # the post or medium
    parent: str = ""  # the comment that it answers, as it was chosen
    hidden: bool = False
    answered_in_private: bool = False
    tagged: bool = False
    ours_below: bool = True  # whether it is ours, or stands below something of ours
    attachment: dict[str, str] | None = None


@dataclass
class Message:
    id: str
    network: str
    person: Person
    by_us: bool
    text: str
    at: float
    about: str = ""  # the comment that it answers in private
    answers: str = ""
    deleted: bool = False
    attachments: list[dict[str, object]] = field(default_factory=list)


class World:
    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock, self.limits = clock, limits
        self.page_id, self.page_name = "104567890123456", "Meridia"
        self.instagram_id, self.instagram_name = "17841405309211844", "meridia"
        self.token, self.app_id, self.app_secret, self.verify_token = (
            "EAAGm0PX4ZCpsBAF4kEpAgEt0kEn",
            "1555666777888",
            "5up3r53cr3t4pp5ecr3t",
            "v3r1fy-m3",
        )
        self.scopes = [
            "pages_read_engagement",
            "pages_read_user_content",
            "pages_manage_engagement",
            "pages_manage_metadata",
            "pages_messaging",
            "instagram_basic",
            "instagram_manage_comments",
            "instagram_manage_messages",
        ]
        self.expires_at, self.data_access_expires_at = 0, int(clock.now() + 90 * DAY)
        self.tells_authors = True  # of comments: without Business Asset User Profile Access there is no `from`
        self.people: dict[tuple[str, str], Person] = {}
        self.entries: dict[str, Entry] = {}
        self.messages: dict[str, Message] = {}
        self.calls: deque[float] = deque()
        self.private_replies: deque[float] = deque()
        self._numbers = itertools.count(1)
        self.post = self.add_post("facebook", None, "We are looking into an incident.")
        self.medium = self.add_post("instagram", None, "We are looking into an incident.")

    def number(self) -> int:
        return next(self._numbers)

    def person(self, network: str, handle: str, name: str = "") -> Person:
        base = 24_000_000_000_000 if network == "facebook" else 17_900_000_000_000_000
        fresh = Person(str(base + len(self.people) + 1), name or handle.title(), handle)
        return self.people.setdefault((network, handle), fresh)

    def add_post(self, network: str, author: Person | None, text: str, *, ours_below: bool = True, tagged: bool = False) -> Entry:
        number = self.number()
        post_id = f"{self.page_id}_{5_000_000 + number}" if network == "facebook" else str(17_895_000_000_000_000 + number)
        kind = "post" if network == "facebook" else "medium"
        entry = Entry(post_id, network, author, text, self.clock.now(), kind, post_id, ours_below=ours_below, tagged=tagged)
        self.entries[post_id] = entry
        return entry

    def add_comment(self, network: str, author: Person | None, text: str, below: str) -> Entry:
        """Raises GraphError."""
        above = self.entry(below, "post")
        most = self.limits.comment if network == "facebook" else self.limits.caption
        if not text or len(text) > most:
            raise GraphError(100, f"(#100) Comment text must be between 1 and {most} characters long")
        number = self.number()
        root = self.entries[above.root]
        comment_id = f"{root.id.rpartition('_')[2]}_{800_000 + number}" if network == "facebook" else str(17_870_000_000_000_000 + number)
        parent = above.id if above.kind == "comment" else ""
        if network == "instagram" and above.parent:
            parent = above.parent  # its threads are flat: an answer to an answer stands below the comment at their head
        ours_below = above.ours_below
        entry = Entry(comment_id, network, author, text, self.clock.now(), "comment", root.id, parent, ours_below=ours_below)
        self.entries[comment_id] = entry
        return entry

    def add_message(self, network: str, person: Person, text: str, *, by_us: bool, about: str = "", answers: str = "") -> Message:
        number = self.number()
        message_id = f"m_Kx{number:04d}-aZ_q9W" if network == "facebook" else f"aWdfZAG1faXRlbToxOklHTWVzc2FnZA{number:04d}"
        message = Message(message_id, network, person, by_us, text, self.clock.now(), about, answers)
        self.messages[message_id] = message
        return message

    def entry(self, external_id: str, method: str = "get") -> Entry:
        if external_id not in self.entries:
            raise not_there(external_id, method)
        return self.entries[external_id]

    def conversation(self, network: str, person_id: str) -> list[Message]:
        """The newest first."""
        said = [one for one in self.messages.values() if one.network == network and one.person.id == person_id and not one.deleted]
        return list(reversed(said))

    def send(self, network: str, recipient: dict[str, str], text: str) -> Message:
        """The Send API: once to a comment or a post of theirs, or within the window after their last message."""
        self._measure(network, text)
        if "id" in recipient:
            return self._answer(network, recipient["id"], text)
        return self._answer_in_private(network, recipient.get("comment_id") or recipient.get("post_id") or "", text)

    def _measure(self, network: str, text: str) -> None:
        if network == "facebook" and len(text.encode("utf-16-le")) // 2 >= self.limits.message:
            raise GraphError(100, f"(#100) Length of param message[text] must be less than {self.limits.message}")
        if network == "instagram" and len(text.encode()) > self.limits.direct_bytes:
            raise GraphError(100, "(#100) Length of param message[text] must be less than or equal to 1000")

    def _answer(self, network: str, person_id: str, text: str) -> Message:
        person = next((one for (of, _), one in self.people.items() if of == network and one.id == person_id), None)
        if person is None:
            raise GraphError(100, "(#100) No matching user found", subcode=2018001)
        theirs = [one.at for one in self.messages.values() if one.person is person and not one.by_us]
        if not theirs or self.clock.now() - max(theirs) > self.limits.window:
            raise GraphError(
                10, "(#10) This message is sent outside of allowed window.", subcode=2018278 if network == "facebook" else 2534022
            )
        return self.add_message(network, person, text, by_us=True)

    def _answer_in_private(self, network: str, external_id: str, text: str) -> Message:
        comment = self.entries.get(external_id)
        if comment is None or comment.author is None or not comment.ours_below:
            raise GraphError(100, "(#100) Invalid comment_id parameter", subcode=2018292)
        if comment.answered_in_private:
            raise GraphError(10900, "(#10900) Activity already replied to")
        if self.clock.now() - comment.at > self.limits.private_within:
            raise GraphError(10903, "(#10903) This user cannot reply to this activity")
        if network == "instagram":
            self._count(self.private_replies, self.limits.private_replies, 613)
        comment.answered_in_private = True
        return self.add_message(network, comment.author, text, by_us=True, about=external_id)

    def count_call(self) -> None:
        if self.limits.calls is not None:
            self._count(self.calls, self.limits.calls, 80001)

    def _count(self, calls: deque[float], most: int, code: int) -> None:
        now = self.clock.now()
        while calls and now - calls[0] > 3600:
            calls.popleft()
        if len(calls) >= most:
            refused = too_fast(code)
            use = {"type": "pages", "call_count": 100, "total_cputime": 3, "total_time": 4}
            use["estimated_time_to_regain_access"] = max(1, round((3600 - (now - calls[0])) / 60))
            refused.headers["X-Business-Use-Case-Usage"] = json.dumps({self.page_id: [use]})
            raise refused
        calls.append(now)
