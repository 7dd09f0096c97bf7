"""Text -> tree, or a SearchError that names the place. Knows nothing of courses."""

import re

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from reviews.search.errors import SearchError
from reviews.search.syntax import And, Everything, Keyword, Node, Not, Numbers, Or, Words, Xor, leaves

MAX_BYTES = 10_000
MAX_TERMS = 100
MAX_DEPTH = 50  # of parentheses
MAX_STARS = 5  # in one term

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "\x00": " "})  # one character for one, so that places stay
_QUOTED = r'"(?:\\.|[^"\\])*"'
_MARKS = re.compile(rf'{_QUOTED}|["()]', re.DOTALL)
_PIECES = re.compile(rf'({_QUOTED})|([^"]+)', re.DOTALL)
_NUMBERS = re.compile(r"#?[0-9]+(?:[-–—][0-9]*)?(?:,#?[0-9]+(?:[-–—][0-9]*)?)*")


def parse(text: str) -> Node:
    """The tree of a search; raises SearchError. Takes time in proportion to the text, of which it takes 10,000 bytes."""
    _check_size(text)
    text = text.translate(_QUOTES)
    _check_pairs(text)
    try:
        tree = _parser.parse(text)
    except UnexpectedInput as unexpected:
        raise _misplaced(text, unexpected) from None
    _check_terms(tree)
    return tree


def _check_size(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        kept = text.encode("utf-8", "surrogatepass")[:MAX_BYTES].decode("utf-8", "ignore")
        raise SearchError(len(kept), f"A search may be {MAX_BYTES:,} bytes long; this one has {size:,}.")


def _check_pairs(text: str) -> None:
    """Parentheses and quotes first: a wrong one is best pointed at where it stands."""
    opened: list[int] = []
    for mark in _MARKS.finditer(text):
        if mark[0] == '"':
            raise SearchError(mark.start(), "This quote is never closed.")
        if mark[0] == "(":
            opened.append(mark.start())
            if len(opened) > MAX_DEPTH:
                raise SearchError(mark.start(), f"Parentheses may be nested {MAX_DEPTH} deep, no deeper.")
        elif mark[0] == ")":
            if not opened:
                raise SearchError(mark.start(), "This parenthesis closes none that was opened.")
            opened.pop()
    if opened:
        raise SearchError(opened[-1], "This parenthesis is never closed.")


def _check_terms(tree: Node) -> None:
    terms = [word for leaf in leaves(tree) for word in (leaf.words if isinstance(leaf, Numbers) else (leaf,))]
    if len(terms) > MAX_TERMS:
        message = f"A search may have {MAX_TERMS} terms; this one has {len(terms)}."
        raise SearchError(terms[MAX_TERMS].position, message)
    for term in terms:
        words = term.value if isinstance(term, Keyword) else term
        if not words.is_quoted and words.text.count("*") > MAX_STARS:
            raise SearchError(words.position, f"A word may have {MAX_STARS} stars, no more.", length=words.length)


def _misplaced(text: str, unexpected: UnexpectedInput) -> SearchError:
    token = getattr(unexpected, "token", None)
    if token is None or token.type == "$END":
        end = len(text.rstrip())
        return SearchError(end, "Something to look for has to follow here.")
    if token.type == "_RPAR":
        return SearchError(token.start_pos, "Something to look for has to come before this parenthesis.")
    return SearchError(token.start_pos, f"Something to look for has to come before {token}.", length=len(token))


def _word(text: str, position: int) -> Words:
    """What a token means without its quotes: foo"bar baz" is the words foobar baz."""
    pieces = [_unescaped(piece[1]) if piece[1] else piece[2] for piece in _PIECES.finditer(text)]
    quoted = re.fullmatch(_QUOTED, text, re.DOTALL) is not None
    return Words("".join(pieces), quoted, position, len(text))


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL)


def _split(token: str) -> tuple[str, int]:
    """name:value or "long name":value -> the name, and where in the token its value begins."""
    if token[0] == '"':
        end = re.match(_QUOTED, token, re.DOTALL).end()
        name = _unescaped(token[:end])
    else:
        end = token.index(":")
        name = token[:end]
    rest = token[end + 1 :]
    return name, end + 1 + len(rest) - len(rest.lstrip())


@v_args(inline=True)
class _Builder(Transformer):
    """Called while the text is being parsed, from the inside out, so that no depth of the text becomes depth of calls."""

    def start(self, node: Node | None = None) -> Node:
        return _lone(node) if node else Everything()

    def any(self, *terms):
        return terms[0] if len(terms) == 1 else Or(_flat(Or, terms))

    def odd(self, *terms):
        return terms[0] if len(terms) == 1 else Xor(_flat(Xor, terms))

    def both(self, *terms):
        return terms[0] if len(terms) == 1 else And(_flat(And, terms))

    def run(self, *terms):
        """Numbers side by side are one set: 1 2 5-7 kernel asks for these papers with that word."""
        words = tuple(word for term in terms if isinstance(term, Numbers) for word in term.words)
        numbers = (Numbers(words),) if words else ()
        terms = (*numbers, *(term for term in terms if not isinstance(term, Numbers)))
        return terms[0] if len(terms) == 1 else And(_flat(And, terms))

    def negated(self, term):
        term = _lone(term)
        return term.term if isinstance(term, Not) else Not(term)

    def plain(self, term):
        return term

    def group(self, node):
        """Numbers in parentheses are a set of their own: (1 2) (2 3) is 2."""
        return And((node,)) if isinstance(node, Numbers) else node

    def word(self, token: Token):
        word = _word(token, token.start_pos)
        if not word.is_quoted and _NUMBERS.fullmatch(word.text):
            return Numbers((word,))
        return Everything() if not word.is_quoted and word.text in ("all", "ALL") else word

    def tag(self, token: Token):
        if _NUMBERS.fullmatch(token):
            return Numbers((_word(token, token.start_pos),))
        return self._keyword("tag", token, 1)

    def keyword(self, token: Token):
        name, value_at = _split(token)
        return self._keyword(name, token, value_at)

    def _keyword(self, name: str, token: Token, value_at: int) -> Keyword:
        at = token.start_pos
        value = _word(token[value_at:], at + value_at)
        if not value.text.strip():
            raise SearchError(at, f"Say what to look for after {token}, without a blank between.", length=len(token))
        return Keyword(name, value, at, at + value_at)

    def keyword_alone(self, token: Token):
        raise SearchError(token.start_pos, f"Say what to look for after {token}", length=len(token))

    def scoped(self, key: Token, node):
        name, _ = _split(key)
        return _under(name, node, key.start_pos)


def _flat(kind, terms) -> tuple:
    """(a OR b) OR c is a OR b OR c."""
    terms = [term if kind is And else _lone(term) for term in terms]
    return tuple(inner for term in terms for inner in (term.terms if isinstance(term, kind) else (term,)))


def _lone(node: Node) -> Node:
    return node.terms[0] if isinstance(node, And) and len(node.terms) == 1 else node


def _under(name: str, node: Node, position: int) -> Node:
    """ti:(a OR b) is ti:a OR ti:b; a keyword inside keeps to itself."""
    match node:
        case Words():
            return Keyword(name, node, position, node.position)
        case Numbers(words):
            terms = tuple(Keyword(name, word, position, word.position) for word in words)
            return terms[0] if len(terms) == 1 else And(terms)
        case Not(term):
            return Not(_under(name, term, position))
        case And(terms) | Or(terms) | Xor(terms):
            under = (_under(name, term, position) for term in terms)
            return type(node)(_flat(type(node), under))
        case _:
            return node


_parser = Lark.open("grammar.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Builder())
