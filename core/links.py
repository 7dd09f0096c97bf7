"""Addresses that people give us to show as links."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from core.errors import DomainError

MAX_LINK = 500
is_web_address = URLValidator(schemes=["http", "https"])


def check_link(url: str, *, field: str = "url") -> str:
    """The address without blanks around it. Refuses (DomainError) whatever is not http or https."""
    url = url.strip()
    if len(url) > MAX_LINK:
        raise DomainError(f"The link has {len(url):,} characters; at most {MAX_LINK} fit.", field=field)
    try:
        is_web_address(url)
    except ValidationError:
        raise DomainError(
            "This is not a link that can be opened: it must start with http:// or https:// and name a site.", field=field
        ) from None
    return url
