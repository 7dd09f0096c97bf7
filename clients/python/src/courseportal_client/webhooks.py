"""For receivers of webhooks: is this message the portal's, and of now?"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from courseportal_client.errors import BadSignature

HEADER = "CoursePortal-Signature"
TOLERANCE = 300  # seconds between the portal's clock and ours; an older message may be one that somebody recorded


def verified(body: bytes, headers: Mapping[str, str], secret: str, *, tolerance: int = TOLERANCE) -> dict[str, Any]:
    """The message, once its signature and its age have been checked. Raises BadSignature.

    `body` is what came over the wire, byte for byte. The same message may come twice: its "id" tells.
    """
    given = next((value for name, value in headers.items() if name.lower() == HEADER.lower()), "")
    parts = [part.strip().partition("=") for part in given.split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    if not (stamp.isascii() and stamp.isdigit()):
        raise BadSignature(f"The header {HEADER} is missing or has no moment in it.")
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), value.encode()) for name, _, value in parts if name == "v1"):
        raise BadSignature("The message was not signed with this secret, or was changed on its way.")
    if abs(time.time() - int(stamp)) > tolerance:
        raise BadSignature(f"The message was signed more than {tolerance} seconds ago.")
    message: dict[str, Any] = json.loads(body)
    return message
