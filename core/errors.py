"""What an action raises when it refuses; pages and the API turn these into words for a person."""


class DomainError(Exception):
    """A rule of the course refused the act; nothing was changed.

    `field` names the input at fault, where one is; `code` is stable for API clients.
    """

    def __init__(self, message: str, *, field: str | None = None, code: str = "refused"):
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


class StaleVersion(DomainError):  # noqa: N818 - named for the state, as Django's DoesNotExist is
    """Somebody (perhaps the same person in another tab) saved since this copy was read.

    `current` is the object as it now stands, so that a page can show both texts.
    """

    def __init__(self, message: str, *, current):
        super().__init__(message, code="stale_version")
        self.current = current
