"""What #tag means: a tag that the viewer sees, with stars for letters, and a condition on its value."""

import re
from collections import Counter, defaultdict
from decimal import Decimal

from reviews.search.comparing import Given, values_condition
from reviews.search.errors import SearchError
from reviews.search.syntax import Keyword
from reviews.search.world import Ids, World
from reviews.tags.names import PREFIXES, RULE

_TAG = re.compile(r"#?(~{0,2})([^~#:<>=!≠≤≥…]*)([#:]?)(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z*][A-Za-z0-9_.*-]*")


def tagged(world: World, keyword: Keyword) -> Ids:
    """A tag that the viewer may not see is one that is not there: it finds nothing, and says nothing."""
    prefix, name, sign, value = _TAG.fullmatch(keyword.value.text.strip()).groups()
    if name.lower() in ("any", "none") and not prefix and not sign and not value:
        return _any(world) if name.lower() == "any" else world.all - _any(world)
    if not _NAME.fullmatch(name):
        raise _refused(keyword, f"{RULE}; a * stands for any of them.")
    condition = values_condition(value) if value or sign else values_condition("any")
    if condition is None:
        raise _refused(keyword, f"After the tag write a number for its value, such as #{prefix}{name}#2 or #{prefix}{name}:>2.")
    given = _values(world, str(PREFIXES[prefix]), name.lower())
    return {paper for paper in world.all if condition.holds(given.get(paper, Given({}, 0)))}


def _any(world: World) -> Ids:
    return {paper for paper, *_ in world.tags}


def _values(world: World, audience: str, pattern: str) -> dict[int, Given]:
    """{paper: the values of its tags of this kind that are called so}"""
    values: dict[int, Counter[Decimal]] = defaultdict(Counter)
    for paper, kind, name, value in world.tags:
        if kind == audience and _fits(name, pattern):
            values[paper][value] += 1
    return {paper: Given(counted, sum(counted.values())) for paper, counted in values.items()}


def _fits(name: str, pattern: str) -> bool:
    """Each piece between stars is taken where it comes first, so that no pattern takes long."""
    first, *middle = pattern.split("*")
    if not middle:
        return name == pattern
    *middle, last = middle
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        at = name.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _refused(keyword: Keyword, message: str) -> SearchError:
    return SearchError(keyword.value_at, message, length=keyword.value.length)
