"""The search language as a tree: what binds to what, where a mistake is, and that any text is one or the other."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.search.errors import SearchError
from reviews.search.keywords import KEYWORDS
from reviews.search.parse import MAX_BYTES, MAX_DEPTH, MAX_TERMS, parse
from reviews.search.syntax import And, Everything, Keyword, Not, Numbers, Or, Words, Xor, describe, leaves


def words(*texts):
    return tuple(Words(text) for text in texts)


A, B, C, D = words("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("  all ", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b && c", And((A, B, C))),
        ("a OR b or c || d", Or((A, B, C, D))),
        ("a XOR b ^^ c", Xor((A, B, C))),
        ("a OR b XOR c AND d", Or((A, Xor((B, And((C, D))))))),
        ("a AND b XOR c OR d", Or((Xor((And((A, B)), C)), D))),
        ("a b OR c d", Or((And((A, B)), And((C, D))))),
        ("-a b", And((Not(A), B))),
        ("NOT a OR b", Or((Not(A), B))),
        ("!a not b --c", And((Not(A), Not(B), C))),
        ("-(a b)", Not(And((A, B)))),
        ("+a", A),
        ("(a OR b) c", And((Or((A, B)), C))),
        ('"a b"', Words("a b", is_quoted=True)),
        ("“a b”", Words("a b", is_quoted=True)),
        (r'"say \"a\""', Words('say "a"', is_quoted=True)),
        ('"OR"', Words("OR", is_quoted=True)),
        ("a-b", Words("a-b")),
        ("Or", Words("Or")),
        ("ORder", Words("ORder")),
        ("5", Numbers(words("5"))),
        ("#5", Numbers(words("#5"))),
        ('"5"', Words("5", is_quoted=True)),
        ("1 2 a 5-7", And((Numbers(words("1", "2", "5-7")), A))),
        ("1,3-4 -2", And((Numbers(words("1,3-4")), Not(Numbers(words("2")))))),
        ("(1 2) (2 3)", And((Numbers(words("1", "2")), Numbers(words("2", "3"))))),
        ("#good", Keyword("tag", Words("good"))),
        ("ti:a", Keyword("ti", Words("a"))),
        ("ti: a", Keyword("ti", Words("a"))),
        ("ti:or", Keyword("ti", Words("or"))),
        ('"Overall merit":>3', Keyword("Overall merit", Words(">3"))),
        ("ti:(a OR -b 5)", Or((Keyword("ti", A), And((Keyword("ti", Words("5")), Not(Keyword("ti", B))))))),
        ("ti:(a au:b)", And((Keyword("ti", A), Keyword("au", B)))),
        ('re:"Ann Lee":complete', Keyword("re", Words("Ann Lee:complete"))),
    ],
)
def test_text_means_this_tree(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("a (b", 2, "never closed"),
        ("a ((b)", 2, "never closed"),
        ("a) b", 1, "closes none"),
        ('a "b', 2, "quote is never closed"),
        ('"a" b" c', 5, "quote is never closed"),
        ("a OR", 4, "has to follow"),
        ("a OR  ", 4, "has to follow"),
        ("OR a", 0, "before OR"),
        ("a AND OR b", 6, "before OR"),
        ("a ()", 3, "before this parenthesis"),
        ("(a OR)", 5, "before this parenthesis"),
        ("a -", 3, "has to follow"),
        ("b ti:", 2, "look for after ti:"),
        ("ti: OR a", 0, "look for after ti:"),
        ('ti:""', 0, "look for after"),
        ("ti:()", 4, "before this parenthesis"),
        ("a #", 2, "look for after"),
        ("(" * (MAX_DEPTH + 1), MAX_DEPTH, "nested"),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS, "terms"),
        ("a ti:b*b*b*b*b*b*", 5, "stars"),
        ("é" * MAX_BYTES, MAX_BYTES // 2, "10,000 bytes"),
    ],
)
def test_mistake_is_pointed_at(text, position, says):
    with pytest.raises(SearchError, match=says) as raised:
        parse(text)

    assert raised.value.position == position


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("a b OR c AND d XOR -e", "(a AND b) OR ((c AND d) XOR NOT e)"),
        ('re:"Ann Lee">1 OveMer:all:1..2', 're:"Ann Lee">1 AND OveMer:all:1..2'),
        ("1 2-3 kernel", "(1 2-3) AND kernel"),
        ("", "all"),
    ],
)
def test_tree_is_described_with_every_parenthesis(text, described):
    assert describe(parse(text)) == described


PIECES = st.sampled_from(
    [*"()\"-!+#:*\\,<>=.| \n\t“”é", "a", "b2", "5", "1-3", "8-", "ti:", "OveMer:", "re:me", ">3", "1..2", "all:"]
    + ["AND", "OR", "XOR", "NOT", "and", "&&", "||", "^^", "all", '"a b"', " ( ", " ) ", "\x00", "\ud800"]
)  # fmt: skip
TEXTS = st.text(max_size=80) | st.lists(PIECES, max_size=40).map("".join) | st.lists(PIECES, max_size=25).map(" ".join)


def parsed(text):
    """The tree, or the mistake."""
    try:
        return parse(text)
    except SearchError as mistake:
        return mistake


@settings(max_examples=1500, deadline=None)
@given(TEXTS)
@example('"""x" ')
@example('ti:""a b')
@example('x"y":z')
@example("#AND")
def test_any_text_is_a_tree_or_a_mistake_inside_it(text):
    result = parsed(text)

    if isinstance(result, SearchError):
        assert 0 <= result.position <= len(text)
        assert result.position + result.length <= len(text) + 1
        assert result.message
    else:
        assert parse(describe(result)) == result


LONG = [
    *("(", ")", "-", "!", '"', "\\", '"\\', '""', "a:", "ti:(", "ti: ", "a OR ", "a XOR ", " ", "a", "1,", "#", "*a", "“"),
    *("é", "1-", "not ", "(a) ", "-(", "NOT (", '"a":', "a\n", ">", "..", "&&", "a^^"),
]


@pytest.mark.parametrize("piece", LONG)
def test_reading_takes_time_in_line_with_the_length(piece):
    def read(size):
        text = piece * (size // len(piece.encode()))
        return [parsed((text + tail)[:size]) for tail in ("", "x", ")", '"')]

    def seconds(size):
        began = time.process_time()  # of this process: others on the machine do not count
        read(size)
        return time.process_time() - began

    small, large = (min(seconds(size) for _ in range(2)) for size in (MAX_BYTES // 8, MAX_BYTES))
    results = read(MAX_BYTES)

    assert large < 30 * small + 0.2  # 8 is linear, 64 is quadratic
    assert [mistake for mistake in results if isinstance(mistake, SearchError) and mistake.position > MAX_BYTES] == []


def test_what_the_documentation_writes_can_be_read():
    """And its keywords are known, or are fields of a form."""
    text = (Path(__file__).parents[2] / "docs/search.md").read_text()
    table = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    examples = [example for cell in table for example in re.findall(r"`([^`]+)`", cell)]

    assert len(examples) > 25
    assert {leaf.name for example in examples for leaf in leaves(parse(example)) if isinstance(leaf, Keyword)} <= {
        *KEYWORDS, "tag", "ss", "OveMer", "Overall merit", "Strengths",
    }  # fmt: skip
