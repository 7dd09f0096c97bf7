"""A tree -> the papers it finds. Sets are joined here and not in SQL, so that a search means the same on every database,
its parts are read once each, and no nesting is too deep for one."""

import re
from functools import reduce
from operator import and_, or_, xor

from reviews.models import SavedSearch
from reviews.search.errors import SearchError
from reviews.search.keywords import Papers, handler_of
from reviews.search.parse import parse
from reviews.search.saved.opening import MAX_DEPTH
from reviews.search.syntax import And, Everything, Keyword, Node, Not, Numbers, Or, Words, Xor, leaves
from reviews.search.texts import matcher
from reviews.search.world import World

_SPAN = re.compile(r"#?([0-9]+)([-–—]?)([0-9]*)")
SAVED = ("ss", "search")
FAR = 10**9  # beyond every number of a paper; int() of thousands of digits would be refused


def found_by(tree: Node, world: World, within: SavedSearch | None = None) -> Papers:
    """As `papers_of`, after the saved searches that stand in it. These are read once each, the innermost first."""
    opened = [within] if within else []
    for leaf in leaves(tree):
        if is_saved(leaf):
            _run_saved(leaf, world, opened)
    return papers_of(tree, world, within)


def is_saved(leaf: Node) -> bool:
    return isinstance(leaf, Keyword) and leaf.name.casefold() in SAVED


def _run_saved(keyword: Keyword, world: World, opened: list[SavedSearch]) -> None:
    """Leave what the saved search finds in `world.saved_found`; `opened` are those in which the keyword stands."""
    saved = _named(keyword, world, opened[-1] if opened else None)
    if saved.pk in world.saved_found:
        return
    if any(outer.pk == saved.pk for outer in opened):
        names = " to ".join(f"ss:{each.name}" for each in (*opened, saved))
        raise _refused(keyword, f"A saved search may not run itself: {names}.")
    if len(opened) >= MAX_DEPTH:
        raise _refused(keyword, f"Saved searches may stand {MAX_DEPTH} deep in one another, no deeper.")
    try:
        tree = parse(saved.text)
        for leaf in leaves(tree):
            if is_saved(leaf):
                _run_saved(leaf, world, [*opened, saved])
        world.saved_found[saved.pk] = papers_of(tree, world, saved)
    except SearchError as inner:
        message = inner.message if inner.message.startswith("In ss:") else f"In ss:{saved.name}: {inner.message}"
        raise _refused(keyword, message) from None


def _named(keyword: Keyword, world: World, within: SavedSearch | None) -> SavedSearch:
    saved = world.shelf.named(keyword.value.text, within)
    if saved is None:
        raise _refused(keyword, f"There is no saved search called {keyword.value.text[:80]} here.")
    return saved


def _refused(keyword: Keyword, message: str) -> SearchError:
    return SearchError(keyword.value_at, message, length=keyword.value.length)


def papers_of(node: Node, world: World, within: SavedSearch | None = None) -> Papers:
    """The primary keys of the papers found. Every part is looked at, also where another has decided, so that none hides
    its mistakes; raises SearchError at the first."""
    match node:
        case Everything():
            return world.all
        case Words():
            return _with_words(node, world)
        case Numbers(words):
            return set().union(*(_numbered(word.text, world) for word in words))
        case Keyword() if is_saved(node):
            return world.saved_found[_named(node, world, within).pk]
        case Keyword(name):
            return handler_of(name)(world, node) & world.all
        case Not(term):
            return world.all - papers_of(term, world, within)
        case And(terms):
            return reduce(and_, [papers_of(term, world, within) for term in terms])
        case Or(terms):
            return reduce(or_, [papers_of(term, world, within) for term in terms])
        case Xor(terms):
            return reduce(xor, [papers_of(term, world, within) for term in terms])


def _with_words(words: Words, world: World) -> Papers:
    """In the title, the authors or the abstract."""
    holds = matcher(words.text, has_stars=not words.is_quoted)
    return world.papers_where(lambda entry: any(map(holds, entry.texts)))


def _numbered(text: str, world: World) -> Papers:
    """5, 1-10, 8- or several with commas, counted in the reading order from 1."""
    found: set[int] = set()
    for low, dash, high in _SPAN.findall(text):
        first = _number(low)
        last = first if not dash else _number(high) if high else FAR
        first, last = sorted((first, last))
        found.update(entry.pk for entry in world.papers[max(first, 1) - 1 : last])
    return found


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 10 else FAR
