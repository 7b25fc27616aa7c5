"""What trusted activities have told of conversations: where their service is, of which team they are, how people are called there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.teams.payloads import PERSONAL, Json, place_of

KEPT = 20_000  # conversations and accounts; more than any house has
_T = TypeVar("_T")


@dataclass(frozen=True)
class Team:
    """`team_id` is what Teams calls it (19:…), `group_id` what Entra does; "" where nobody said."""

    team_id: str
    group_id: str = ""


@dataclass(frozen=True)
class Services:
    """In memory; `kept` is what is worth writing down. After a start without it Teams' common address serves until a conversation tells
    its own, and nobody can be asked about a channel whose team has not been heard of.
    """

    _urls: dict[str, str] = field(default_factory=dict)  # conversation or tenant → its service
    _teams: dict[str, Team] = field(default_factory=dict)  # channel → its team
    _people: dict[str, str] = field(default_factory=dict)  # account in Entra → the id that Teams calls people by
    _tenants: dict[str, str] = field(default_factory=dict)  # account → its tenant
    _chats: dict[str, str] = field(default_factory=dict)  # account → their conversation with us

    def note(self, activity: Json) -> None:
        """Only of an activity whose sender was proved to be Teams: an address that is learnt here gets our token."""
        conversation, channel_data = _part(activity, "conversation"), _part(activity, "channelData")
        place, tenant = place_of(activity)[0], _tenant(conversation, channel_data)
        self._note_address(str(activity.get("serviceUrl") or ""), place, tenant)
        self._note_team(place, _part(channel_data, "team"))
        self._note_person(_part(activity, "from"), tenant, place if conversation.get("conversationType") == PERSONAL else "")

    def meet(self, account: str, teams_id: str) -> None:
        """Somebody whom we were told of otherwise."""
        if account and teams_id:
            _keep(self._people, account, teams_id)

    def url_of(self, conversation_id: str, tenant: str = "") -> str:
        """Empty where nobody has told."""
        return self._urls.get(conversation_id) or self._urls.get(tenant, "")

    def team_of(self, channel_id: str) -> Team | None:
        return self._teams.get(channel_id)

    def learn(self, channel_id: str, team: Team) -> None:
        """What Teams told of a team of ours when it was asked."""
        _keep(self._teams, channel_id, team)

    def teams(self) -> Iterator[Team]:
        """Every team that we have heard of, once."""
        return iter({one.team_id: one for one in self._teams.values()}.values())

    def chat_with(self, account: str) -> str:
        return self._chats.get(account, "")

    def begun(self, account: str, conversation_id: str, url: str) -> None:
        """Their own chat with us, as the service itself has told."""
        _keep(self._chats, account, conversation_id)
        if url:
            _keep(self._urls, conversation_id, url)

    def ended(self, account: str) -> None:
        self._chats.pop(account, None)

    def tenant_of(self, account: str) -> str:
        return self._tenants.get(account, "")

    @property
    def called(self) -> Mapping[str, str]:
        """Account in Entra → the id by which a mention makes it ring for them."""
        return self._people

    def kept(self) -> Json:
        """As JSON, for `restore`."""
        teams = {channel: [team.team_id, team.group_id] for channel, team in self._teams.items()}
        return {
            "urls": dict(self._urls),
            "teams": teams,
            "people": dict(self._people),
            "tenants": dict(self._tenants),
            "chats": dict(self._chats),
        }

    def restore(self, kept: Json) -> None:
        """What was told since the start stays."""
        for known, name in ((self._urls, "urls"), (self._people, "people"), (self._tenants, "tenants"), (self._chats, "chats")):
            _recall(known, {about: str(what) for about, what in _part(kept, name).items()})
        teams = _part(kept, "teams").items()
        _recall(self._teams, {channel: Team(*map(str, team)) for channel, team in teams if isinstance(team, list) and len(team) == 2})

    def _note_address(self, url: str, place: str, tenant: str) -> None:
        if url:
            for about in (place, tenant):
                if about:
                    _keep(self._urls, about, url)

    def _note_team(self, place: str, team: Json) -> None:
        team_id, known = str(team.get("id") or ""), self._teams.get(place)
        if team_id and place.startswith("19:"):
            group_id = str(team.get("aadGroupId") or (known.group_id if known else ""))
            _keep(self._teams, place, Team(team_id, group_id))

    def _note_person(self, sender: Json, tenant: str, chat: str) -> None:
        account, teams_id = str(sender.get("aadObjectId") or sender.get("id") or ""), str(sender.get("id") or "")
        if not account or teams_id.startswith("28:"):  # a bot
            return
        for about, what in ((self._people, teams_id), (self._tenants, tenant), (self._chats, chat)):
            if what:
                _keep(about, account, what)


def _keep(known: dict[str, _T], name: str, what: _T) -> None:
    """The one that was told of longest ago makes room."""
    known.pop(name, None)
    known[name] = what
    if len(known) > KEPT:
        del known[next(iter(known))]


def _recall(known: dict[str, _T], kept: dict[str, _T]) -> None:
    """What was told since the start is newer."""
    both = list({**{about: what for about, what in kept.items() if about not in known}, **known}.items())
    known.clear()
    known.update(both[-KEPT:])


def _tenant(conversation: Json, channel_data: Json) -> str:
    return str(_part(channel_data, "tenant").get("id") or conversation.get("tenantId") or "")


def _part(value: Mapping[str, object], name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
