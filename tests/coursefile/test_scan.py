"""The scanner follows TOML as the standard library's parser reads it."""

import tomllib

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from core.toml.scan import Lost, Scanner

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f", exclude_categories=["Cc", "Cs"]), max_size=6)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12),
    st.sampled_from(['"""', "'''", "# no comment", "[x]\n[[y]]\nz = 1", "a\\", '\\"', "}", "]"]),
    st.dates(),
    st.times(),
    st.datetimes(),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


def paths_of(value, path=()):
    """The path of every key and list item of the parsed data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from paths_of(item, (*path, key))


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_scanner_finds_every_path_of_any_document(data):
    text = tomlkit.dumps(data)

    assert set(Scanner(text).run().lines) - {()} == set(paths_of(tomllib.loads(text)))


@given(st.dictionaries(KEYS, SCALARS, min_size=1, max_size=6))
def test_scanner_gives_the_line_on_which_a_key_stands(data):
    lines, number = {}, 1
    text = ""
    for key, value in data.items():
        piece = f"# {number}\n\n{tomlkit.dumps({key: value})}"
        lines[(key,)] = number + 2
        text, number = text + piece, number + piece.count("\n")

    assert {path: line for path, line in Scanner(text).run().lines.items() if path} == lines


@given(st.text(max_size=40))
def test_scanner_takes_whatever_the_parser_takes(text):
    try:
        document = tomllib.loads(text)
    except ValueError:
        return

    lines = Scanner(text.replace("\r\n", "\n")).run().lines

    assert {path[0] for path in lines if path} == set(document)


TEXT = '''# comment = "with quotes"
[a]
x = 1
"quoted.key" = 2
b.c = 3
multi = """
[not.a.header]
y = 1 \\""" still
"""
literal = \'\'\'
[[nor.this]]
\'\'\'
list = [
  1,  # one ]
  { z = "}" , w = [2] },
]

[[a.t]]
k = 1

[[a.t]]  # second
k = 2
[a.t.u]
v = 1979-05-27T07:32:00
[[a.t.s]]
k = 3
'''


def test_scanner_names_lines_through_strings_comments_and_nested_tables():
    lines = Scanner(TEXT).run().lines

    assert {path: line for path, line in lines.items() if path} == {
        ("a",): 2,
        ("a", "x"): 3,
        ("a", "quoted.key"): 4,
        ("a", "b"): 5,
        ("a", "b", "c"): 5,
        ("a", "multi"): 6,
        ("a", "literal"): 10,
        ("a", "list"): 13,
        ("a", "list", 0): 14,
        ("a", "list", 1): 15,
        ("a", "list", 1, "z"): 15,
        ("a", "list", 1, "w"): 15,
        ("a", "list", 1, "w", 0): 15,
        ("a", "t"): 18,
        ("a", "t", 0): 18,
        ("a", "t", 0, "k"): 19,
        ("a", "t", 1): 21,
        ("a", "t", 1, "k"): 22,
        ("a", "t", 1, "u"): 23,
        ("a", "t", 1, "u", "v"): 24,
        ("a", "t", 1, "s"): 25,
        ("a", "t", 1, "s", 0): 25,
        ("a", "t", 1, "s", 0, "k"): 26,
    }


@pytest.mark.parametrize(
    "text", ["a", "a =", "a = 'x", 'a = """x', "[a", "[[a]", "a = [1", "a = {b = 1", "= 1", "a = 1 2 3\nb"]
)
def test_scanner_is_lost_where_the_text_is_no_toml(text):
    with pytest.raises(Lost):
        Scanner(text).run()
