# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""Errors between a response and its model."""


class DecodeError(ValueError):
    """Raised for JSON that isn't what the spec says.

    `path` is where, such as `Record.checkpointedItems[0].rid`, and `reason` is why. Neither has content of the JSON.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class UnexpectedStatus(Exception):
    """Raised for a response that isn't a success. `error` is the decoded body, or None if it isn't a known error."""

    def __init__(self, status_code: int, content: bytes, error: object = None) -> None:
        super().__init__(status_code, content, error)
        self.status_code = status_code
        self.content = content
        self.error = error

    def __str__(self) -> str:
        return f"status {self.status_code}"
