"""auth.*, apps.* and users.*: who is asking, and who works here."""

from tests.fakes.slack.calls import Call, SlackError, method, page
from tests.fakes.slack.state import Json, User


@method("auth.test", tier=4)
def auth_test(call: Call) -> Json:
    state = call.state
    base = {"url": f"https://{state.team_domain}.slack.com/", "team": "Fake Crisis", "team_id": state.team_id}
    if call.token.is_app:
        return {**base, "app_name": "Tocsin", "app_id": state.app_id}
    bot = state.users[state.bot_user]
    return {**base, "user": bot.name, "user_id": bot.id, "bot_id": state.bot_id, "is_enterprise_install": False}


@method("apps.connections.open", tier=1, scope="connections:write", app_token=True)
def open_connection(call: Call) -> Json:
    host = call.base_url.removeprefix("http://").removesuffix("/api/")
    return {"url": f"ws://{host}/link/?ticket={call.state.new_ticket()}&app_id={call.state.app_id}"}


def described(call: Call, user: User) -> Json:
    """A user object; the address is there only for a token with users:read.email."""
    profile = {"real_name": user.real_name, "display_name": user.name, "team": call.state.team_id}
    if user.email and "users:read.email" in call.token.scopes:
        profile["email"] = user.email
    return {
        "id": user.id,
        "team_id": call.state.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_admin": user.is_admin,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "profile": profile,
        **({"locale": user.locale} if call.flag("include_locale") else {}),
    }


@method("users.info", tier=4, scope="users:read")
def info(call: Call) -> Json:
    user = call.state.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": described(call, user)}


@method("users.lookupByEmail", tier=3, scope="users:read.email")
def lookup_by_email(call: Call) -> Json:
    asked = call.text("email").lower()
    for user in call.state.users.values():
        if user.email and user.email.lower() == asked and not user.deleted:
            return {"user": described(call, user)}
    raise SlackError("users_not_found")


@method("users.list", tier=2, scope="users:read")
def list_users(call: Call) -> Json:
    rows, meta = page(call, list(call.state.users.values()))
    return {"members": [described(call, user) for user in rows], "cache_ts": int(call.state.clock.now()), "response_metadata": meta}
