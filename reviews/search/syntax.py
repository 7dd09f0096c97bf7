"""What a search says, as a tree. Positions count characters in the text and do not make two trees different."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """A word or, in quotes, words; `is_quoted` when the whole of it stood in quotes."""

    text: str
    is_quoted: bool = False
    position: int = field(default=0, compare=False)
    length: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Papers by number: any of these words, each like 5, #5, 1-10, 8- or 1,4-6."""

    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """`name:value`; `value_at` is where the value begins."""

    name: str
    value: Words
    position: int = field(default=0, compare=False)
    value_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    term: "Node"


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Xor:
    """Holds where an odd number of the terms hold."""

    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty search."""


Node = Words | Numbers | Keyword | Not | And | Or | Xor | Everything
Leaf = Words | Numbers | Keyword


def leaves(node: Node) -> list[Leaf]:
    """The words, numbers and keywords in the order of the text."""
    match node:
        case Not(term):
            return leaves(term)
        case And(terms) | Or(terms) | Xor(terms):
            return [leaf for term in terms for leaf in leaves(term)]
        case Everything():
            return []
        case leaf:
            return [leaf]


_SAFE_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*")
_SAFE_WORD = re.compile(r"(?!(?:OR|or|XOR|xor|AND|and|NOT|not|all|ALL)$|[-!+#]|\|\||&&|\^\^)[^\s()\":]+")
_SIGNS = re.compile(r"([:<>=!≠≤≥]+)")


def describe(node: Node) -> str:
    """The search written out with every parenthesis, so that it is seen what binds to what; reads back as the same tree."""
    return _inside(node) if isinstance(node, And | Or | Xor) else _described(node)


def _inside(node: And | Or | Xor) -> str:
    return f" {type(node).__name__.upper()} ".join(_described(term) for term in node.terms)


def _described(node: Node) -> str:
    match node:
        case Everything():
            return "all"
        case Words(text, is_quoted):
            return text if _SAFE_WORD.fullmatch(text) and not is_quoted else _quoted(text, is_quoted)
        case Numbers(words):
            numbers = " ".join(word.text for word in words)
            return numbers if len(words) == 1 else f"({numbers})"
        case Keyword(name, value):
            shown = name if _SAFE_NAME.fullmatch(name) else _quoted(name, True)
            return f"{shown}:{_value(value)}"
        case Not(term):
            return f"NOT {_described(term)}"
        case _:
            return f"({_inside(node)})"


def _value(value: Words) -> str:
    """Quotes only around the parts that need them: "Ann Lee">1."""
    if value.is_quoted:
        return _quoted(value.text, True)
    parts = [_quoted(part, True) if re.search(r'[\s()"]', part) else part for part in _SIGNS.split(value.text)]
    return "".join(parts) if len([part for part in parts if part]) > 1 or parts == [value.text] else _quoted(value.text, False)


def _quoted(text: str, is_quoted: bool) -> str:
    """What was quoted in part only is told from what was quoted as a whole by an empty pair of quotes before it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if is_quoted else f'"""{escaped}"'
