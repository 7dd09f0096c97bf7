"""The filter language against a slow reading of its own, and against anything that can be typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oneroster.filtering import BadQuery, condition_of, narrowed, paged

ROWS = [
    {"sourcedId": f"r{n}", "status": status, "dateLastModified": f"2021-09-{n + 1:02}T00:00:00.000Z", "score": score,
     "comment": comment, "student": {"sourcedId": f"user.{n}"}}
    for n, (status, score, comment) in enumerate(
        [("active", 1, "it's"), ("tobedeleted", 2.5, "Good"), ("active", 10, "good OR bad"), ("active", None, "x AND y")]
    )
]  # fmt: skip


def found(text):
    test = condition_of(text, "results")
    return [row["sourcedId"] for row in ROWS if test(row)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status='active'", ["r0", "r2", "r3"]),
        ("status!='active'", ["r1"]),
        ("score>'2.5'", ["r2"]),  # as numbers: 10 comes after 2.5
        ("score>='2.5'", ["r1", "r2"]),
        ("score<'10'", ["r0", "r1"]),
        ("score!='1'", ["r1", "r2", "r3"]),
        ("comment~'good'", ["r1", "r2"]),
        ("comment='it''s'", ["r0"]),
        ("comment='good OR bad'", ["r2"]),
        ("dateLastModified>'2021-09-02'", ["r2", "r3"]),
        ("dateLastModified<='2021-09-02T01:00:00+01:00'", ["r0", "r1"]),
        ("student.sourcedId='user.3'", ["r3"]),
        ("score='1' OR status='active' AND comment~'AND'", ["r0", "r3"]),
        ("status='active' and score='1' or score='10'", ["r0", "r2"]),
    ],
)
def test_filter_finds(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["", "status", "status=active", "status='active", "status='a' XOR score='1'", "status='a' AND", "score='x'",
             "nothing='1'", "score.sourcedId='1'", "status='a'status='b'", " AND ".join(["status='a'"] * 21)],
)  # fmt: skip
def test_filter_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadQuery) as refusal:
        found(text)

    assert refusal.value.code == "invalid_filter_field"


@pytest.mark.parametrize(
    "query", [{"filter": "score>'x'"}, {"filter": "score>'nan'"}, {"filter": "dateLastModified>'x'"}, {"fields": "x"}]
)
def test_query_that_cannot_be_read_is_refused_without_a_row_as_well(query):
    with pytest.raises(BadQuery):
        narrowed(paged([], "results", query).rows, "results", query)


CONDITIONS = st.tuples(st.sampled_from(["=", "!=", ">", ">=", "<", "<="]), st.integers(0, 11))
OPERATORS = {"=": "==", "!=": "!="}


@settings(max_examples=100)
@given(st.lists(st.lists(CONDITIONS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_filter_agrees_with_python(groups):
    """AND binds closer than OR, and comparing means what it means for numbers."""
    text = " OR ".join(" AND ".join(f"score{operator}'{value}'" for operator, value in group) for group in groups)
    python = " or ".join(
        " and ".join(f"score {OPERATORS.get(operator, operator)} {value}" for operator, value in group) for group in groups
    )
    expected = [row["sourcedId"] for row in ROWS[:3] if eval(python, {"score": row["score"]})]  # noqa: S307 - of our own making

    assert [name for name in found(text) if name != "r3"] == expected


@settings(max_examples=100)
@given(st.one_of(st.text(), st.from_regex(r"[a-zA-Z.]{1,12}(=|!=|>|~)'[^']{0,5}'( (AND|OR) )?.{0,10}")))
def test_any_filter_finds_rows_or_is_refused(text):
    try:
        names = found(text)
    except BadQuery:
        return

    assert set(names) <= {row["sourcedId"] for row in ROWS}


@settings(max_examples=60)
@given(st.integers(1, 6), st.sampled_from(["sourcedId", "score", "student", "comment"]), st.sampled_from(["asc", "desc"]))
def test_pages_are_the_whole_in_order(limit, sort, order):
    query = {"sort": sort, "orderBy": order}
    whole = paged(ROWS, "results", query).rows

    pages = [paged(ROWS, "results", query | {"limit": str(limit), "offset": str(start)}).rows for start in range(0, 4, limit)]

    assert [row for page in pages for row in page] == whole
    assert sorted(row["sourcedId"] for row in whole) == ["r0", "r1", "r2", "r3"]
