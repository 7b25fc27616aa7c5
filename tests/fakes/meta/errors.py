"""How the Graph API says no."""

from typing import Any


class GraphError(Exception):
    """`code` and `subcode` as "Handling errors" and "Common error codes" list them."""

    def __init__(self, code: int, message: str, *, subcode: int | None = None, status: int = 400, transient: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = {}
        self.answer: dict[str, Any] = {
            "error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3d4E5f", "is_transient": transient}
        }
        if subcode:
            self.answer["error"]["error_subcode"] = subcode


def not_there(external_id: str, method: str = "get") -> GraphError:
    said = (
        f"Unsupported {method} request. Object with ID '{external_id}' does not exist, cannot be loaded due to missing permissions, or does"
    )
    return GraphError(100, f"{said} not support this operation", subcode=33)


def token_dead(subcode: int = 463) -> GraphError:
    said = {460: "the user changed their password", 463: "Session has expired", 458: "The user has not authorized application"}
    return GraphError(190, f"Error validating access token: {said.get(subcode, 'invalid')}", subcode=subcode, status=401)


def too_fast(code: int = 32) -> GraphError:
    return GraphError(code, f"(#{code}) Page request limit reached", status=403)
