"""What a search raises when it cannot be understood."""


class SearchError(Exception):
    """`position` counts characters from 0 and is at most the length of the text; `length` of them are at fault."""

    def __init__(self, position: int, message: str, *, length: int = 1):
        super().__init__(message)
        self.position = position
        self.message = message
        self.length = max(1, length)
