"""What a request is refused with, in the shape of OpenAI's errors."""

KINDS = {429: "rate_limit_error"}
"""Which in the middle of a stream is all that tells one that they may try again."""


class Refused(Exception):
    """`param` is the field that is wrong, "" for none in particular."""

    def __init__(self, status: int, message: str, param: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.param = status, message, param

    @property
    def body(self) -> dict[str, object]:
        """Return what OpenAI's clients read."""
        kind = KINDS.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param or None, "code": None}}
