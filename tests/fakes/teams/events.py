"""What happens to teams and people: the bot is added or removed, somebody joins or leaves, and the bot is told."""

from . import activities
from .acting import Acting
from .delivery import Answer
from .state import Conversation, Team


class Events(Acting):
    """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events"""

    async def add_bot(self, team: Team, by: str) -> list[Answer]:
        """Somebody installs the bot in a team."""
        team.has_bot = True
        person = self._person(by)
        general = team.channels[team.id]
        added = activities.members_changed(self.state, person, team, added=(self.state.bot,))
        return [await self.delivery.send(added), await self.delivery.send(activities.installed(self.state, person, general, "add"))]

    async def remove_bot(self, team: Team, by: str) -> list[Answer]:
        """From now on the bot may neither write nor look there."""
        person = self._person(by)
        general = team.channels[team.id]
        team.has_bot = False
        removed = activities.members_changed(self.state, person, team, removed=(self.state.bot,))
        return [await self.delivery.send(removed), await self.delivery.send(activities.installed(self.state, person, general, "remove"))]

    async def add_to_chat(self, chat: Conversation, by: str) -> list[Answer]:
        """Somebody adds the bot to a chat of several people."""
        chat.bot_is_in, person = True, self._person(by)
        told = (activities.bot_added(self.state, person, chat), activities.installed(self.state, person, chat, "add"))
        return [await self.delivery.send(one) for one in told]

    async def remove_from_chat(self, chat: Conversation, by: str) -> Answer:
        chat.bot_is_in, person = False, self._person(by)
        return await self.delivery.send(activities.installed(self.state, person, chat, "remove"))

    async def install(self, user: str) -> list[Answer]:
        """Somebody installs the bot for themselves."""
        person, chat = self._person(user), self._own_chat(user)
        person.has_app = True
        told = (activities.bot_added(self.state, person, chat), activities.installed(self.state, person, chat, "add"))
        return [await self.delivery.send(one) for one in told]

    async def uninstall(self, user: str) -> Answer:
        person = self._person(user)
        person.has_app = False
        return await self.delivery.send(activities.installed(self.state, person, self._own_chat(user), "remove"))

    async def join(self, user: str, team: Team) -> Answer:
        person = self._person(user)
        team.members.append(person)
        return await self.delivery.send(activities.members_changed(self.state, person, team, added=(person.account,)))

    async def leave(self, user: str, team: Team) -> Answer:
        person = self._person(user)
        team.members.remove(person)
        return await self.delivery.send(activities.members_changed(self.state, person, team, removed=(person.account,)))

    def _own_chat(self, user: str) -> Conversation:
        return self.state.chat(self._person(user))
