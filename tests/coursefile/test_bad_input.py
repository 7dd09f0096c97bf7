"""Every message names line, key, what was found and what was expected; all of them at once."""

import pytest

from core.toml.problems import BadCourseFile
from core.toml.source import MAX_BYTES, decode
from coursefile.load import load_course, read_course_file
from tests.coursefile.files import ESSAY, SMALL, line_of, small
from tests.coursefile.rows import all_rows


def problems(text: str) -> list[str]:
    with pytest.raises(BadCourseFile) as caught:
        read_course_file(text, file_name="small.toml")
    return caught.value.lines


def only_problem(*changes) -> str:
    [problem] = problems(small(*changes))
    return problem


# (what is replaced, by what, where the line is, the message after "small.toml, line N: ")
FAULTS = {
    "unknown key": (
        'topic = "Compilers"',
        'tpoic = "Compilers"',
        "tpoic",
        "meetings[1].tpoic: found an unknown key, expected one of key, date, kind, topic, starts_at, ends_at, room, papers,"
        ' slots; did you mean "topic"?',
    ),
    "unknown table": (
        "[reminders]",
        "[remainders]",
        "[remainders]",
        "remainders: found an unknown key, expected one of format, course, pages, meetings, reviews, discussion,"
        ' presentations, talks, participation, projects, reminders, grading; did you mean "reminders"?',
    ),
    "no such day": (
        "date = 2021-09-02",
        "date = 2021-13-02",
        "2021-13-02",
        "meetings[1].date: found 2021-13-02, expected a date such as 2021-09-02",
    ),
    "no such day in quotes": (
        "date = 2021-09-02",
        'date = "2021-02-30"',
        "2021-02-30",
        'meetings[1].date: found "2021-02-30", expected a date such as 2021-09-02',
    ),
    "a moment where a day is asked": (
        "date = 2021-09-02",
        "date = 2021-09-02T08:30:00",
        "2021-09-02T08",
        "meetings[1].date: found 2021-09-02T08:30:00, expected a date such as 2021-09-02",
    ),
    "a moment in a zone of its own": (
        "2021-12-07T23:59:00",
        "2021-12-07T23:59:00Z",
        "23:59:00Z",
        "projects.milestones[1].due_at: found 2021-12-07T23:59:00+00:00, expected a date and time such as 2021-10-14T23:59:00,"
        " in the course's time zone",
    ),
    "a time without seconds": (
        "ends_on = 2021-12-08",
        "ends_on = 2021-12-08\nmeets_from = 08:30",
        "08:30",
        "course.meets_from: found 08:30, expected a time such as 08:30:00",
    ),
    "dated names without a date": (
        "[reviews]\n",
        '[reviews]\nnames = "dated"\n',
        'names = "dated"',
        'reviews.names: found "dated" without names_from, expected the moment from which students see names',
    ),
    "a date for names that are not dated": (
        "[reviews]\n",
        "[reviews]\nnames_from = 2021-12-09T00:00:00\n",
        "names_from",
        'reviews.names_from: found a moment, expected it only with names = "dated"',
    ),
    "a text without quotes": (
        'title = "TVM"',
        "title = TVM",
        "title = TVM",
        "meetings[2].papers[1].title: found TVM, expected a text of one line in quotes, not empty",
    ),
    "a number for a text": (
        'title = "TVM"',
        "title = 7",
        "title = 7",
        "meetings[2].papers[1].title: found 7, expected a text of one line in quotes, not empty",
    ),
    "a text for a number": (
        "capacity = 2",
        'capacity = "2"',
        "capacity",
        'presentations.roles[1].capacity: found "2", expected a whole number from 1 to 1000',
    ),
    "a fraction for a whole number": (
        "capacity = 2",
        "capacity = 2.5",
        "capacity",
        "presentations.roles[1].capacity: found 2.5, expected a whole number from 1 to 1000",
    ),
    "true for a number": (
        "capacity = 2",
        "capacity = true",
        "capacity",
        "presentations.roles[1].capacity: found true, expected a whole number from 1 to 1000",
    ),
    "a number out of range": (
        "capacity = 2",
        "capacity = 0",
        "capacity",
        "presentations.roles[1].capacity: found 0, expected a whole number from 1 to 1000",
    ),
    "no number": (
        "weight = 20",
        "weight = nan",
        "nan",
        "grading.components[3].weight: found nan, expected an ordinary number",
    ),
    "a number of many digits": (
        "capacity = 2",
        f"capacity = {'9' * 5000}",
        "capacity",
        f"presentations.roles[1].capacity: found {'9' * 60}, expected a whole number from 1 to 1000",
    ),
    "a table for a list": (
        "[[pages]]",
        "[pages]",
        "[pages]",
        "pages: found a table, expected a list",
    ),
    "an unknown choice": (
        'kind = "score"',
        'kind = "scores"',
        "scores",
        'reviews.fields[2].kind: found "scores", expected one of text, score, choice, choices, checkbox',
    ),
    "a key that is none": (
        'key = "rammer"',
        'key = "The Rammer"',
        "The Rammer",
        'meetings[1].papers[1].key: found "The Rammer", expected a key of small letters, digits and hyphens, such as week-1',
    ),
    "a key with a line end": (
        'key = "rammer"',
        'key = "rammer\\n"',
        "rammer",
        'meetings[1].papers[1].key: found "rammer\\n", expected a key of small letters, digits and hyphens, such as week-1',
    ),
    "an empty title": (
        'title = "TVM"',
        'title = ""',
        'title = ""',
        'meetings[2].papers[1].title: found "", expected a text of one line in quotes, not empty',
    ),
    "a long text": (
        'topic = "Compilers"',
        f'topic = "{"x" * 201}"',
        "xxx",
        f'meetings[1].topic: found "{"x" * 57}…", expected at most 200 characters; it has 201',
    ),
    "a script for a link": (
        'title = "TVM"',
        'title = "TVM"\nurl = "javascript:alert(1)"',
        "javascript",
        'meetings[2].papers[1].url: found "javascript:alert(1)", expected an address such as https://example.org/paper.pdf',
    ),
    "another format": ("format = 1", "format = 2", "format", "format: found 2, expected 1"),
    "a missing key": (
        'title = "TVM"\n',
        "",
        '[[meetings.papers]]\nkey = "tvm"',
        'meetings[2].papers[1]: the key "title" is missing, expected a text of one line in quotes, not empty',
    ),
    "a NUL character": (
        'topic = "Compilers"',
        'topic = "Comp\\u0000ilers"',
        "\\u0000",
        "meetings[1].topic: The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again.",
    ),
    "an unknown time zone": (
        "America/New_York",
        "America/New_Yrok",
        "New_Yrok",
        'course.time_zone: found "America/New_Yrok", expected a time zone such as America/New_York',
    ),
    "a path for a time zone": (
        "America/New_York",
        "../../etc/passwd",
        "passwd",
        'course.time_zone: found "../../etc/passwd", expected a time zone such as America/New_York',
    ),
    "the end before the start": (
        "ends_on = 2021-12-08",
        "ends_on = 2021-08-01",
        "2021-08-01",
        "course.ends_on: found 2021-08-01, expected 2021-09-01 (starts_on) or later",
    ),
    "a class that ends before it starts": (
        "ends_on = 2021-12-08",
        "ends_on = 2021-12-08\nmeets_from = 11:00:00",
        "[course]",
        "course.meets_until: found 10:00:00, expected later than 11:00:00 (meets_from)",
    ),
    "a meeting that ends before it starts": (
        "date = 2021-09-02",
        "date = 2021-09-02\nends_at = 08:00:00",
        "ends_at",
        "meetings[1].ends_at: found 09:00:00 to 08:00:00, expected an end after the start",
    ),
    "a meeting outside the course": (
        "date = 2021-09-02",
        "date = 2022-09-02",
        "2022",
        "meetings[1].date: found 2022-09-02, expected a day of the course, 2021-09-01 to 2021-12-08",
    ),
    "a sign-up that closes before it opens": (
        "[presentations]\n",
        "[presentations]\nopens_at = 2021-09-02T09:00:00\ncloses_at = 2021-09-02T09:00:00\n",
        "closes_at",
        "presentations.closes_at: found 2021-09-02 09:00:00 to 2021-09-02 09:00:00, expected sign-up to close after it opens",
    ),
    "fewer at most than at least": (
        "[presentations]\n",
        "[presentations]\nat_least = 2\nat_most = 1\n",
        "at_most",
        "presentations.at_most: found 1, expected 2 (at_least) or more",
    ),
    "a paper of nowhere": (
        'title = "TVM"\n',
        'title = "TVM"\n\n[[meetings.slots]]\npaper = "rmamer"\n',
        "rmamer",
        'meetings[2].slots[1].paper: found "rmamer", expected the key of a paper of this file',
    ),
    "a slot of nothing": (
        'title = "TVM"\n',
        'title = "TVM"\n\n[[meetings.slots]]\nkey = "talk"\n',
        "[[meetings.slots]]",
        'meetings[2].slots[1]: the key "title" is missing, expected one: the slot has no paper',
    ),
    "more guests than places": (
        'title = "TVM"\n',
        'title = "TVM"\n\n[[meetings.slots]]\npaper = "tvm"\nguests = ["A", "B", "C"]\n',
        "guests",
        "meetings[2].slots[1].guests: found 3, expected at most 2, the capacity of the first role",
    ),
    "a second meeting of a key": (
        'key = "two"',
        'key = "one"',
        'key = "one"\ndate = 2021-09-07',
        'meetings[2].key: found "one" a second time, expected a key of its own',
    ),
    "a second paper of a key": (
        'key = "tvm"',
        'key = "rammer"',
        'key = "rammer"\ntitle = "TVM"',
        'meetings[2].papers[1].key: found "rammer" a second time, expected a key of its own',
    ),
    "scores that do not ascend": (
        "{ value = 3,",
        "{ value = 2,",
        "options",
        "reviews.fields[2].options[3].value: found 2 after 2, expected ascending values",
    ),
    "a score in words": (
        "{ value = 3,",
        '{ value = "three",',
        "options",
        'reviews.fields[2].options[3].value: found "three", expected a whole number: the field is a score',
    ),
    "options of a text": (
        'label = "Summary"',
        'label = "Summary"\noptions = [{ value = 1, label = "x" }]',
        "options",
        "reviews.fields[1].options: found on a text field, expected on score, choice and choices fields only",
    ),
    "a condition on no field": (
        'label = "Summary"',
        'label = "Summary"\nshown_when = "depth"\nshown_when_is = [1]',
        "shown_when =",
        'reviews.fields[1].shown_when: found "depth", expected the key of another field of this form',
    ),
    "a condition on a text": (
        'label = "Merit"',
        'label = "Merit"\nshown_when = "summary"\nshown_when_is = ["x"]',
        "shown_when =",
        'reviews.fields[2].shown_when: found "summary", which is a text; '
        "expected a score, choice, several choices or a checkbox",
    ),
    "a condition that never holds": (
        'label = "Summary"',
        'label = "Summary"\nshown_when = "merit"\nshown_when_is = [4]',
        "shown_when_is",
        "reviews.fields[1].shown_when_is: found 4, expected some of 1, 2, 3",
    ),
    "colours of a text": (
        'label = "Summary"',
        'label = "Summary"\ncolours = "low"',
        "colours",
        "reviews.fields[1].colours: found on a text field, expected on score fields only",
    ),
    "two options of one symbol": (
        'label = "Bad" }, { value = 2, label = "Fair" }',
        'label = "Bad", symbol = "C" }, { value = 2, label = "Fair", symbol = "c" }',
        "options = [{ value = 1",
        'reviews.fields[2].options[2].symbol: found "c" twice, expected a symbol of its own',
    ),
    "a score without options": (
        'label = "Summary"',
        'label = "Summary"\nkind = "score"',
        "[[reviews.fields]]",
        'reviews.fields[1].options: expected a list such as [{ value = 1, label = "..." }]: a score needs it',
    ),
    "more words at least than at most": (
        'label = "Summary"',
        'label = "Summary"\nmin_words = 60\nmax_words = 50',
        "max_words",
        "reviews.fields[1].max_words: found 50, expected 60 (min_words) or more",
    ),
    "points in thousandths": (
        "[participation]",
        "[participation]\nattended_points = 0.125",
        "attended_points",
        "participation.attended_points: found 0.125, expected at most two decimals",
    ),
    "hours that ascend": (
        "[reminders]",
        "[reminders]\nhours_before = [3, 24]",
        "hours_before",
        "reminders.hours_before[2]: found 24 after 3, expected descending hours",
    ),
    "weights that say nothing of 90": (
        "weight = 20",
        "weight = 10",
        "[grading]",
        "grading.weights: The weights add up to 90, not 100. State which is meant: "
        'weights = "scale" (scaled up to 100) or weights = "sum" (out of 90).',
    ),
    "an unknown milestone": (
        'source = "manual"',
        'source = "milestones"\nmilestones = ["essay"]',
        "milestones = ",
        "grading.components[1].milestones[1]: No milestone has the key 'essay'; the course has: report.",
    ),
}


@pytest.mark.parametrize(("old", "new", "at", "message"), FAULTS.values(), ids=FAULTS)
def test_fault_is_told_with_line_key_find_and_expectation(old, new, at, message):
    text = small((old, new))

    assert problems(text) == [f"small.toml, line {line_of(text, at)}: {message}"]


def test_all_problems_are_told_at_once_in_the_order_of_lines():
    text = small(
        ('title = "A seminar"', "titel = 5"), ("2021-09-02", "2021-13-02"), ('key = "two"', 'key = "one"'), (ESSAY, "")
    )

    assert [problem.split(": ")[0:2] for problem in problems(text)] == [
        ["small.toml, line 3", "course"],
        ["small.toml, line 6", "course.titel"],
        ["small.toml, line 17", "meetings[1].date"],
        ["small.toml, line 25", "meetings[2].key"],
        ["small.toml, line 66", "grading.weights"],
    ]


def test_key_that_stands_twice_is_told_with_both_lines():
    assert only_problem(('code = "C1"', 'code = "C1"\ncode = "C2"')) == (
        "small.toml, line 6: course.code: found a second time, expected once; it stands on line 5 already."
    )


def test_text_that_is_no_toml_is_told_with_its_line():
    assert only_problem(('code = "C1"', 'code = "C1')) == (
        "small.toml, line 5: this is not TOML: Illegal character '\\n'; found code = \"C1"
    )


@pytest.mark.parametrize("text", ["", "\n", "# only a comment"])
def test_empty_file_is_told_what_is_missing(text):
    assert [problem.partition(": ")[2] for problem in problems(text)] == [
        'the key "format" is missing, expected 1',
        'the key "course" is missing, expected a table',
    ]


@pytest.mark.parametrize("text", ["course = 5", "format = 1\ncourse = [1]\nmeetings = 3", "[[course]]", "a.b.c = 1"])
def test_tables_of_the_wrong_kind_are_told_and_never_fail(text):
    assert problems(text) != []


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "[" + "a." * 100_000 + "b]", "a = " + "{b=" * 50_000])
def test_deep_nesting_is_refused(text):
    assert problems(text) == ["small.toml, line 1: tables or lists within one another go too deep for a course file."]


def test_nul_character_is_told_with_its_line():
    assert only_problem(('"C1"', '"C\x001"')) == "small.toml, line 5: found a NUL character, expected text; remove it."


def test_half_of_a_character_is_told_with_its_line():
    assert only_problem(('"C1"', '"C\ud8001"')) == (
        "small.toml, line 5: found half of a character (a lone surrogate), expected text; remove it."
    )


def test_large_text_is_refused():
    assert problems("#" * (MAX_BYTES + 1)) == ["small.toml: the text has 1,000,001 bytes; a course file has at most 1,000,000."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"format = 1\n# caf\xe9", "x.toml, line 2: found the byte 0xE9, expected UTF-8 text; save the file as UTF-8."),
        ("format = 1".encode("utf-16"), "x.toml: the file is saved as UTF-16; save it as UTF-8."),
        (b"#" * 1_000_001, "x.toml: the file has 1,000,001 bytes; a course file has at most 1,000,000."),
    ],
)
def test_bytes_that_are_no_text_are_refused(content, message):
    with pytest.raises(BadCourseFile) as caught:
        decode(content, file_name="x.toml")

    assert caught.value.lines == [message]


def test_byte_order_mark_and_windows_line_ends_are_read():
    content = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()

    assert read_course_file(decode(content, file_name="x")).document == read_course_file(SMALL).document


@pytest.mark.parametrize("title", ["Emoji 🦀", "עברית", "Ünïcödé \u202e"])
def test_any_script_is_kept_as_it_is(title, author):
    load_course(small(("A seminar", title)), by=author)

    assert author.enrollments.get().course.title == title


def test_bad_file_changes_nothing(small_course, author):
    before = all_rows()

    with pytest.raises(BadCourseFile):
        load_course(small(("A seminar", "Another"), ("2021-09-07", "2021-13-07")), by=author)

    assert all_rows() == before


def test_warnings_are_told_and_not_corrected(author):
    plan = load_course(small(("[grading]\n", '[grading]\nweights = "scale"\n'), ("weight = 20", "weight = 10")), by=author)

    assert [str(warning) for warning in plan.warnings] == [
        "line 67: grading.weights: The weights add up to 90, not 100; as stated, the total is scaled to 100."
    ]
    assert author.enrollments.get().course.policies.get().document["components"][2]["weight"] == 10


def test_unusual_days_and_impossible_counts_are_told(author):
    file = read_course_file(
        small(
            ("ends_on = 2021-12-08", 'ends_on = 2021-12-08\nmeets_on = ["Tuesday"]'),
            ("[reviews]\n", "[reviews]\nrequired_count = 3\n"),
            ("2021-12-07T", "2021-12-09T"),
        )
    )

    assert [warning.message for warning in file.warnings] == [
        "2021-09-02 is a Thursday; the course meets on Tuesday.",
        "3 reviews are required, but the course has only 2 papers.",
        "2021-12-09 is outside the course, 2021-09-01 to 2021-12-08.",
    ]


def test_a_condition_may_not_tell_what_its_readers_do_not_see():
    waits = ('label = "Summary"', 'label = "Summary"\nshown_when = "merit"\nshown_when_is = [1]')

    (problem,) = problems(small(waits, ('label = "Merit"', 'label = "Merit"\nvisible_to = "staff"')))

    assert problem.endswith(
        'reviews.fields[1].shown_when: found "merit", which fewer people may read than this field; '
        "expected one that all its readers may read"
    )


def test_two_fields_that_wait_for_one_another_are_refused():
    tick = 'kind = "checkbox"\nshown_when_is = [true]\nshown_when = '
    first = ('label = "Summary"', f'label = "Summary"\n{tick}"merit"')
    text = small(first).replace('kind = "score"\noptions', f'{tick}"summary"\n# options')

    assert [problem.partition(": ")[2] for problem in problems(text)] == [
        'reviews.fields[1].shown_when: found "merit", which waits for this field itself',
        'reviews.fields[2].shown_when: found "summary", which waits for this field itself',
    ]
