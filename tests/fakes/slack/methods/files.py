"""files.*: the external upload flow, the only one that Slack still has."""

from tests.fakes.slack.calls import Call, SlackError, invalid_arguments, method
from tests.fakes.slack.state import Json, new_id

from .chat import author, open_for_posting, threaded


@method("files.getUploadURLExternal", tier=4, scope="files:write")
def upload_url(call: Call) -> Json:
    length = str(call.args.get("length") or "")
    if not length.isdigit() or int(length) == 0:
        raise invalid_arguments("must provide a positive integer [json-pointer:/length]")
    file_id = new_id("F")
    call.state.files[file_id] = {
        "id": file_id,
        "name": call.text("filename"),
        "size": int(length),
        "content": None,
        "shared": [],
        "alt_txt": str(call.args.get("alt_txt") or ""),
    }
    return {"upload_url": call.base_url.removesuffix("/api/") + f"/upload/v1/{file_id}", "file_id": file_id}


@method("files.completeUploadExternal", tier=4, scope="files:write")
def complete_upload(call: Call) -> Json:
    listed = call.structured("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise invalid_arguments("missing required field: files")
    files = [_uploaded(call, entry) for entry in listed]
    if call.args.get("channel_id"):
        _share(call, files)
    return {"files": [_described(file) for file in files]}


def _uploaded(call: Call, entry: Json) -> Json:
    file = call.state.files.get(str(entry.get("id")))
    if file is None or file["content"] is None:
        raise SlackError("file_not_found")
    file["title"] = entry.get("title") or file["name"]
    return file


def _described(file: Json) -> Json:
    return {"id": file["id"], "name": file["name"], "title": file["title"], "size": file["size"]}


def _share(call: Call, files: list[Json]) -> None:
    call.args["channel"] = call.args["channel_id"]
    channel = open_for_posting(call)
    text = str(call.args.get("initial_comment") or "")
    shared = {"subtype": "file_share", "text": text, "files": [_described(file) for file in files]}
    message = call.state.add_message(channel, {**author(call), **shared, **threaded(call, channel)})
    for file in files:
        file["shared"].append((channel.id, message["ts"]))
