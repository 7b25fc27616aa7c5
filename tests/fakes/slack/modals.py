"""People at work in modals and Home tabs: fill in, submit, close, click inside."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from . import payloads
from .acting import Acting
from .calls import SlackError
from .controls import CannotActError, action, chosen, find_control, values_in
from .delivery import Ack
from .methods.views import checked_view, push_view, store_view
from .state import Json


@dataclass(frozen=True)
class Submission:
    """What the person sees after pressing Submit: closed, errors, updated, pushed, cleared, or trouble."""

    ack: Ack
    outcome: str
    errors: dict[str, str] = field(default_factory=dict)
    view: Json | None = None
    detail: str | None = None


class Modals(Acting):
    """The acts of people on views."""

    def views_open(self, user: str) -> list[Json]:
        """The modals before a person, topmost last."""
        return [deepcopy(self.state.views[view_id]) for view_id in self.state.stacks.get(user, [])]

    def home_of(self, user: str) -> Json | None:
        view_id = self.state.homes.get(user)
        return deepcopy(self.state.views[view_id]) if view_id else None

    async def submit(self, user: str, view: Json | str | None = None, values: Json | None = None) -> Submission:
        """Fill the topmost modal (or `view`) and press Submit. `values` are keyed by action_id or block_id."""
        who, on_top = self._person(user), self._modal(user, view)
        if not on_top["submit"]:
            raise CannotActError("this modal has no Submit button")
        for name, value in (values or {}).items():
            self._fill(on_top, name, value)
        on_top["state"] = {"values": values_in(on_top["blocks"], self.state.typed.get(on_top["id"], {}))}
        self._require_all(on_top)
        trigger = self.state.new_trigger(user, on_top["id"])
        payload = payloads.submission(self.state, who, on_top, trigger.id, self._response_urls(user, on_top))
        ack = await self.delivery.send("interactive", payload)
        return self._after(user, on_top, ack)

    def type_in(self, user: str, name: str, value: Any) -> None:
        """Put something into an input of the topmost modal (its action_id or block_id); the app hears nothing of it yet."""
        self._fill(self._modal(user, None), name, value)

    async def close_view(self, user: str, view: Json | str | None = None, *, everything: bool = False) -> Ack | None:
        """Press Cancel, or the X that closes the whole stack; the app hears it if it asked to."""
        who, on_top = self._person(user), self._modal(user, view)
        stack = self.state.stacks[user]
        cleared = everything or bool(on_top["clear_on_close"])
        self.state.stacks[user] = [] if cleared else stack[: stack.index(on_top["id"])]
        if not on_top["notify_on_close"]:
            return None
        return await self.delivery.send("interactive", payloads.closing(self.state, who, on_top, cleared=cleared))

    async def click_in_view(self, user: str, action_id: str, value: Any = None, view: Json | str | None = None) -> Ack:
        """Press a button or choose in a select of the topmost modal, else of the Home tab."""
        who, shown = self._person(user), self._shown(user, view)
        block, control = find_control(shown["blocks"], action_id)
        typed = self._remember(shown["id"], block, control, value)
        shown["state"] = {"values": values_in(shown["blocks"], typed)}
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise CannotActError(f"{action_id} stands in an input block without dispatch_action: Slack sends nothing")
        acted = action(block, control, value, self.state.clock.now())
        trigger = self.state.new_trigger(user, shown["id"] if shown["type"] == "modal" else None)
        return await self.delivery.send("interactive", payloads.view_actions(self.state, who, shown, [acted], trigger.id))

    async def suggest(self, user: str, action_id: str, typed: str) -> list[Json]:
        """Type into an external select of the open view; the options that the app answers."""
        who, shown = self._person(user), self._shown(user, None)
        block, _control = find_control(shown["blocks"], action_id)
        place = {"container": {"type": "view", "view_id": shown["id"]}, "view": deepcopy(shown)}
        payload = payloads.suggestion(self.state, who, place, action_id, block["block_id"], typed)
        ack = await self.delivery.send("interactive", payload)
        return list((ack.body or {}).get("options", [])) if ack.acknowledged else []

    def _modal(self, user: str, view: Json | str | None) -> Json:
        stack = self.state.stacks.get(user, [])
        wanted = view["id"] if isinstance(view, dict) else view or (stack[-1] if stack else None)
        if wanted not in stack:
            raise CannotActError(f"{user} has no such modal open")
        return self.state.views[wanted]

    def _shown(self, user: str, view: Json | str | None) -> Json:
        if self.state.stacks.get(user):
            return self._modal(user, view)
        if user not in self.state.homes:
            raise CannotActError(f"{user} has neither a modal nor a Home tab")
        return self.state.views[self.state.homes[user]]

    def _fill(self, view: Json, name: str, value: Any) -> None:
        for block in view["blocks"]:
            if block["type"] == "input" and name in (block["block_id"], block["element"]["action_id"]):
                typed = self.state.typed.setdefault(view["id"], {})
                typed.setdefault(block["block_id"], {})[block["element"]["action_id"]] = chosen(block["element"], value)
                return
        raise CannotActError(f"there is no input {name!r}")

    @staticmethod
    def _require_all(view: Json) -> None:
        for block in view["blocks"]:
            if block["type"] == "input" and not block.get("optional"):
                put = view["state"]["values"][block["block_id"]][block["element"]["action_id"]]
                if not any(content for name, content in put.items() if name != "type"):
                    raise CannotActError(f"{block['block_id']} is required")

    def _response_urls(self, user: str, view: Json) -> list[Json]:
        made = []
        for block in view["blocks"]:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            put = view["state"]["values"][block["block_id"]][element["action_id"]]
            channel = put.get("selected_conversation") or put.get("selected_channel")
            if channel:
                address = self.base_url.removesuffix("/api/") + f"/response/{self.state.new_response_url(channel, user).id}"
                ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
                made.append({**ids, "response_url": address})
        return made

    def _after(self, user: str, view: Json, ack: Ack) -> Submission:
        if not ack.acknowledged:
            return Submission(ack, "trouble", view=deepcopy(view), detail=ack.reason)
        body = ack.body if isinstance(ack.body, dict) else {}
        try:
            return self._respond(user, view, ack, body)
        except SlackError as refused:
            return Submission(ack, "trouble", view=deepcopy(view), detail=str(refused.answer))

    def _respond(self, user: str, view: Json, ack: Ack, body: Json) -> Submission:
        act = body.get("response_action")
        if act == "errors":
            return self._errors(view, ack, body.get("errors", {}))
        if act == "update":
            changed = store_view(self.state, checked_view(body.get("view"), "modal"), view["id"])
            return Submission(ack, "updated", view=deepcopy(changed))
        if act == "push":
            return Submission(ack, "pushed", view=deepcopy(push_view(self.state, user, checked_view(body.get("view"), "modal"))))
        if act not in (None, "clear"):
            return Submission(ack, "trouble", view=deepcopy(view), detail=f"unknown response_action {act!r}")
        stack = self.state.stacks.get(user, [])
        self.state.stacks[user] = [] if act == "clear" else [one for one in stack if one != view["id"]]
        return Submission(ack, "cleared" if act else "closed")

    @staticmethod
    def _errors(view: Json, ack: Ack, errors: dict[str, str]) -> Submission:
        """Errors stand under inputs; one for a block that is none is trouble, and the person sees no reason."""
        inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        if not errors or set(errors) - inputs:
            return Submission(ack, "trouble", view=deepcopy(view), detail=f"errors for no input: {sorted(set(errors) - inputs)}")
        return Submission(ack, "errors", errors=dict(errors), view=deepcopy(view))
