"""What a machine client signs in with: OAuth 2 client credentials, from which access tokens of an hour are got."""

import time
from dataclasses import dataclass, field
from typing import Any

SIGN_IN = "/oauth/token/"
EARLY = 60.0  # seconds before its end at which an access token is replaced, so that none ends on its way


@dataclass(slots=True)
class ClientCredentials:
    """Id and secret of a machine client, in place of a person's token."""

    client_id: str
    client_secret: str = field(repr=False)
    _token: str = field(default="", init=False, repr=False)
    _until: float = field(default=0.0, init=False, repr=False)

    @property
    def token(self) -> str:
        """The access token, or "" where a new one has to be got."""
        return self._token if time.monotonic() < self._until else ""

    def take(self, answer: dict[str, Any]) -> str:
        """Keep what the token endpoint answered."""
        self._token = answer["access_token"]
        self._until = time.monotonic() + float(answer["expires_in"]) - EARLY
        return self._token

    def forget(self) -> None:
        self._until = 0.0
