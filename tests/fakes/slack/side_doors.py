"""The addresses beside the Web API: response_url and the upload of files."""

from aiohttp import web

from .calls import Call, SlackError
from .faults import Faults
from .methods.chat import author, checked_blocks, content, rewrite
from .state import Channel, Ephemeral, Json, ResponseUrl, State, Token
from .web_api import json_body


class SideDoors:
    """Answers /response/ID and /upload/v1/ID."""

    def __init__(self, state: State, faults: Faults) -> None:
        self.state = state
        self.faults = faults
        self.answers: list[tuple[str, Json]] = []  # (response_url's id, what was posted there)

    async def upload(self, request: web.Request) -> web.Response:
        file = self.state.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404, text="no such upload")
        if self.faults.draw("upload"):
            return web.Response(status=500, text="Internal Server Error")
        body = await _uploaded(request)
        if len(body) != file["size"]:
            return web.Response(status=400, text=f"expected {file['size']} bytes, found {len(body)}")
        file["content"] = body
        return web.Response(text=f"OK - {len(body)}")

    async def respond(self, request: web.Request) -> web.Response:
        if fault := self.faults.draw("response_url"):
            status = int(fault[:3]) if fault[:3].isdigit() else 500
            return web.Response(status=status, text=fault, headers={"Retry-After": "1"} if status == 429 else None)
        try:
            self._respond(request.match_info["id"], await json_body(request))
        except SlackError as refused:
            return web.json_response(refused.answer, status=404 if str(refused).endswith("_url") else 400)
        return web.Response(text="ok")

    def _respond(self, url_id: str, body: Json) -> None:
        url = self._usable(url_id)
        channel = self.state.channels[url.channel]
        call = Call(self.state, Token("", set()), body, "")
        if call.flag("delete_original"):
            self._remove(url, channel)
        elif call.flag("replace_original") and url.message_ts:
            self._replace(url, channel, call)
        else:
            self._add(url, channel, call)
        url.uses += 1
        self.answers.append((url_id, body))

    def _usable(self, url_id: str) -> ResponseUrl:
        url = self.state.response_urls.get(url_id)
        if url is None:
            raise SlackError("invalid_url")
        if self.state.clock.now() > url.expires_at:
            raise SlackError("expired_url")
        if url.uses >= self.state.limits.response_url_uses:
            raise SlackError("used_url")
        return url

    def _add(self, url: ResponseUrl, channel: Channel, call: Call) -> None:
        threaded = {"thread_ts": call.args["thread_ts"]} if call.args.get("thread_ts") else {}
        message = {**author(call), **content(call), **threaded}
        if call.args.get("response_type", "ephemeral") == "in_channel":
            self.state.add_message(channel, message)
            return
        message = {"type": "message", **message, "ts": self.state.next_ts(channel)}
        self.state.ephemerals.append(Ephemeral(channel.id, url.user, message))

    def _original(self, url: ResponseUrl, channel: Channel) -> Json:
        shown = (e.message for e in self.state.ephemerals if e.channel == channel.id and e.message["ts"] == url.message_ts)
        message = channel.message(url.message_ts or "") or next(shown, None)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _replace(self, url: ResponseUrl, channel: Channel, call: Call) -> None:
        message = self._original(url, channel)
        text = call.args.get("text")
        rewrite(message, checked_blocks(call), str(text) if text is not None else None, None)
        if message["ts"] in channel.versions:
            channel.versions[message["ts"]].append(dict(message))

    def _remove(self, url: ResponseUrl, channel: Channel) -> None:
        message = self._original(url, channel)
        if message in channel.messages:
            channel.remove(message)
        self.state.ephemerals = [e for e in self.state.ephemerals if e.message is not message]


async def _uploaded(request: web.Request) -> bytes:
    """The bytes, sent as they are or as one part of a form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    part = next((value for value in form.values() if isinstance(value, web.FileField)), None)
    return part.file.read() if part else b""
