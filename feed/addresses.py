"""Which addresses a webhook may have, and which machines it may reach; asked when it is stored and again at each connection.

A webhook makes the portal call an address that a person typed: without this, it could be made to call what stands
behind its own firewall.
"""

import ipaddress
from urllib.parse import urlsplit

LONGEST = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is given out to the open internet; outside of it are site-local addresses and forms that wrap an IPv4 address.
OPEN_IPV6 = ipaddress.ip_network("2000::/3")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def problem_of(url: str, *, may_be_inside: bool) -> str:
    """Why this is no address for a webhook, or "". A name is resolved only when it is called."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not an address; write one such as https://registrar.example.edu/grades."
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        return f"Write an address of at most {LONGEST} plain characters; percent-encode the others."
    schemes = ("https", "http") if may_be_inside else ("https",)
    if parts.scheme not in schemes or not host:
        return f"Write an address that begins with {' or '.join(scheme + '://' for scheme in schemes)}."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "The address must not have a user name, a password or a part after #; messages are signed instead."
    if not may_be_inside and (literal := _literal(host)) and not is_public(literal):
        return "This address is inside a network; webhooks go to public addresses only."
    return ""


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether the address is on the open internet, also when an IPv4 address is wrapped into it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or _nat64(address)
        if inner is not None:
            return is_public(inner)
        if address not in OPEN_IPV6:
            return False
    return address.is_global and not address.is_multicast


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
