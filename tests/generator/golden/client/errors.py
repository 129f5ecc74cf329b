# Generated with openapi-python-client 0.29.1 from openapi/checkpoints.yaml by `make generate`.
# Do not edit: change the spec or generator/client, then run the command again.
"""What can go wrong between the wire and a model."""


class DecodeError(ValueError):
    """JSON that is not what the spec says.

    `path` says where, such as `Record.checkpointedItems[0].rid`, and `reason` what. Neither holds content.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class UnexpectedStatus(Exception):
    """An answer that is not a success. `error` is the decoded error body, or None where it is not one."""

    def __init__(self, status_code: int, content: bytes, error: object = None) -> None:
        super().__init__(status_code, content, error)
        self.status_code = status_code
        self.content = content
        self.error = error

    def __str__(self) -> str:
        return f"status {self.status_code}"
