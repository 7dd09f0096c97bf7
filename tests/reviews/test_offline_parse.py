"""The text format on its own: what a reader makes of any text, and that printing and reading undo one another."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.text import tidy
from reviews.offline.lines import escaped
from reviews.offline.names import Names
from reviews.offline.parse import MAX_NOTES, parse_forms

NAMES = Names([("summary", "Summary"), ("strengths", "Strengths"), ("merit", "Overall merit"), ("long", "A name over lines")])

FORM = """\
==+== ece697il Review Form
==-== A comment.

==+== =====================================================================
==+== Begin Review #1
==+== Version 3
==+== Reviewer: Ada Lovelace <ada@example.edu>

==+== Paper #rammer
==-== Title: Rammer

==+== Review Readiness
==-== Enter "Ready":

Ready

==*== Summary
==-== What is it about?

It compiles graphs.

  Into tasks.

==*== Overall merit
==-== Choices:

4. Good

==+== Scratchpad (for private notes; not saved)

none of your business

==+== End Review
"""


def parse(text):
    return parse_forms(text, lambda paper: NAMES)


def only_form(text):
    (form,) = parse(text).forms
    return form


def texts(form):
    return {key: section.text for key, section in form.sections.items()}


def said(notes):
    return [(note.line, note.message, note.text) for note in notes.all()]


def test_form_is_read_whole():
    form = only_form(FORM)

    assert (form.line, form.course, form.paper, form.version) == (5, "ece697il", "rammer", 3)
    assert (form.reviewer, form.readiness) == ("Ada Lovelace <ada@example.edu>", "Ready")
    assert texts(form) == {"summary": "It compiles graphs.\n\n  Into tasks.", "merit": "4. Good"}
    assert {key: section.line for key, section in form.sections.items()} == {"summary": 17, "merit": 24}
    assert (said(form.notes), said(form.errors)) == ([], [])


@pytest.mark.parametrize(
    "text",
    [FORM.replace("\n", "\r\n"), FORM.replace("\n", "\r"), "\ufeff" + FORM, FORM.rstrip("\n")],
    ids=["crlf", "cr", "bom", "no last line end"],
)
def test_line_ends_and_byte_order_mark_make_no_difference(text):
    form = only_form(text)

    assert (texts(form), form.line, said(form.notes)) == (texts(only_form(FORM)), 5, [])


def test_several_forms_in_one_file_even_where_it_was_joined_from_several():
    parsed = parse(FORM + "\ufeff" + FORM.replace("rammer", "tvm").replace("ece697il", "other"))

    assert [(form.paper, form.course, form.line) for form in parsed.forms] == [
        ("rammer", "ece697il", 5),
        ("tvm", "other", 38),
    ]
    assert said(parsed.notes) == []


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Overall merit", "merit"),
        ("overall  MERIT:", "merit"),
        ("merit", "merit"),
        ("Over", "merit"),
        ("OveMer", "merit"),
        ("over mer", "merit"),
        ("Str", "strengths"),
    ],
)
def test_names_tolerate_case_and_abbreviation(heading, key):
    assert list(only_form(f"==*== {heading}\n\n4\n==+== End Review").sections) == [key]


def test_lettered_headings_of_old_forms_are_read():
    assert texts(only_form("==+== A. Overall merit\n4\n==+== End Review")) == {"merit": "4"}


def test_heading_may_go_over_lines():
    assert texts(only_form("==*== A name\n==*==    over\n==*==    lines\ntext\n==+== End Review")) == {"long": "text"}


def test_headings_without_a_line_between_stay_two():
    assert texts(only_form("==*== Summary\n==*== Overall merit\n4\n==+== End Review")) == {"summary": "", "merit": "4"}


@pytest.mark.parametrize(
    "line",
    ["==*== Sumary", "==+== Nonsense", "==+==Paper", "==*==", "  ==+== End Review", "==-== a remark", "> ==*== Summary"],
)
def test_what_looks_like_a_directive_and_is_none_stays_in_the_text(line):
    form = only_form(f"==*== Summary\nBefore\n{line}\nAfter\n==+== End Review")

    assert texts(form) == {"summary": f"Before\n{line}\nAfter"}
    assert said(form.notes) == [(3, f"“{line.strip()}” is no directive here, so this line was kept as text.", "")]


def test_heading_that_may_mean_two_fields_stays_in_the_text_and_names_both():
    form = only_form("==*== Overall merit\n4\n==*== S\nAfter\n==+== End Review")

    assert texts(form) == {"merit": "4\n==*== S\nAfter"}
    assert said(form.notes)[0] == (3, "“S” may mean summary or strengths, so this line was kept as text.", "")


@pytest.mark.parametrize("line", ["==+== End Review", "==*== Summary", "==-== comment", "\\==+== x", "\\\\==*== x"])
def test_backslash_makes_text_of_a_marked_line(line):
    assert texts(only_form(f"==*== Summary\nBefore\n\\{line}\n==+== End Review")) == {"summary": f"Before\n{line}"}


def test_text_outside_fields_and_forms_is_handed_back():
    parsed = parse("Dear all,\n\n" + FORM.replace("==+== Review Readiness", "lost\n\nwords\n==+== Review Readiness") + "Yours")

    assert said(parsed.notes) == [
        (1, "This text stands outside any form and was not read.", "Dear all,"),
        (39, "This text stands outside any form and was not read.", "Yours"),
    ]
    assert said(parsed.forms[0].notes) == [(14, "This text stands under no field and was not saved.", "lost\n\nwords")]


def test_version_and_reviewer_inside_a_field_do_not_end_it():
    form = only_form("==*== Summary\nBefore\n==+== Version 7\nAfter\n==+== End Review")

    assert (texts(form), form.version) == ({"summary": "Before\nAfter"}, 7)


def test_two_sections_of_one_field_are_joined():
    form = only_form("==*== Summary\nOne\n==*== Summary\nTwo\n==+== End Review")

    assert texts(form) == {"summary": "One\n\nTwo"}
    assert said(form.notes) == [(3, "The field summary has a section already; the two were joined.", "")]


def test_file_that_is_cut_short_is_noticed():
    text = FORM[: FORM.index("  Into")]

    assert said(only_form(text).notes) == [
        (22, "The file stops before this form’s End Review line. Check that nothing is missing.", "")
    ]


def test_form_that_names_two_papers_or_reviewers_contradicts_itself():
    form = only_form("==+== Paper #a\n==+== Paper #b\n==+== Reviewer: x\n==+== Reviewer: y\n==+== End Review")

    assert [message for _, message, _ in said(form.errors)] == [
        "The form names two papers, a and b.",
        "The form names two reviewers.",
    ]


def test_paper_can_be_written_below_its_heading():
    assert only_form("==+== Paper Number\n\n#rammer\n\n==*== Summary\nx\n==+== End Review").paper == "rammer"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("==+== Review Anonymity\n==-== Enter one.\n\nOpen\n", "Open"),
        ("==+== Open Review\n", "Open"),
        ("==+== Review Anonymity\nOpen\n==+== Review Anonymity\nAnonymous\n", "Open\nAnonymous"),
    ],
)
def test_what_stands_under_review_anonymity_is_read(lines, said):
    form = only_form(f"==+== Paper #x\n{lines}==*== Summary\nText\n==+== End Review")

    assert (form.anonymity.text, texts(form)) == (said, {"summary": "Text"})


def test_blank_form_names_no_paper():
    assert only_form("==+== Paper Number\n\n(Enter paper number here)\n\n==*== Summary\nx\n==+== End Review").paper == ""


def test_notes_beyond_the_limit_are_counted_and_their_texts_kept():
    form = only_form("==+== Begin Review\n" + "==+== =====\nlost\n" * (MAX_NOTES + 3) + "==+== End Review")

    assert (len(form.notes.all()), said(form.notes)[-1][1:]) == (MAX_NOTES + 1, ("And 3 more like these.", "lost\nlost\nlost"))


# Lines that a reader may stumble over, among any others.
MARKS = st.sampled_from(
    ["==+== ", "==*== ", "==-== ", "==+==", "\\==+== ", "\\", "\\\\", "\ufeff", "\ufeff==+== ", " ==*== ", "=="]
)
WORDS = st.sampled_from(
    [
        "End Review",
        "Begin Review #2",
        "Paper #x",
        "Summary",
        "Version 9",
        "=====",
        "Review Readiness",
        "Review Anonymity",
        "Open Review",
        "Scratchpad",
        "",
        "A. Sum",
    ]
)
LINES = st.one_of(
    st.text(max_size=12), st.builds("{}{}".format, MARKS, WORDS), st.builds("{}{}".format, MARKS, st.text(max_size=5))
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS)
@example("\n\n  first line is blank")
@example("\\\n\\\\")
@example("\u2028==+== End Review\x85\x0c==*== Summary")
def test_any_answer_survives_printing_and_reading(text):
    answer = tidy(text)
    printed = ["==*== Summary", "==-== hint", "", *escaped(answer), "", "==+== End Review", ""]

    form = only_form("\n".join(printed))

    assert tidy(form.sections["summary"].text) == answer
    assert list(form.sections) == ["summary"]


@given(st.one_of(st.text(), TEXTS))
@settings(max_examples=400)
def test_any_text_gives_a_result_with_line_numbers(text):
    parsed = parse(text)

    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    notes = [note for form in parsed.forms for note in [*form.notes.all(), *form.errors.all()]] + parsed.notes.all()
    assert [note for note in notes if not 1 <= note.line <= count] == []
    assert [form.line for form in parsed.forms] == sorted(form.line for form in parsed.forms)


@given(TEXTS)
@settings(max_examples=400)
def test_no_line_of_text_is_lost(text):
    """Every word that is no directive, no comment and no readiness or scratchpad is in an answer or in a note."""
    marked = "\n".join(f"{line} w{number}" if "=" not in line else line for number, line in enumerate(text.split("\n")))
    scratch = any(word in marked for word in ("Scratchpad", "Review Readiness"))

    parsed = parse(marked)

    kept = "\n".join(
        [note.text for note in parsed.notes.all()]
        + [section.text for form in parsed.forms for section in form.sections.values()]
        + [form.anonymity.text for form in parsed.forms if form.anonymity]
        + [note.text for form in parsed.forms for note in form.notes.all()]
    )
    words = [f"w{number}" for number, line in enumerate(text.split("\n")) if "=" not in line]
    assert scratch or [word for word in words if word not in kept] == []


@pytest.mark.parametrize(
    "unit",
    [
        "==+== Begin Review\n==+== Paper #a\nx\n",
        "==*== Summary\n",
        "==*==    continued\n",
        "==*== nobody knows this\n",
        "\\",
        "==+== " + " " * 400 + "x\n",
        " ",
        "==+== =====\nlost\n",
        "==+== Reviewer: <<<<<<<\n",
        "\n",
    ],
)
def test_reading_takes_time_in_line_with_the_length(unit):
    def seconds(size):
        text = "==*== Summary\n" + unit * (size // len(unit))
        start = time.process_time()  # of this process: others on the machine do not count
        parse(text)
        return time.process_time() - start

    small = min(seconds(50_000) for _ in range(3))
    large = min(seconds(400_000) for _ in range(2))

    assert large < 40 * small + 0.2  # 8 is linear, 64 is quadratic
