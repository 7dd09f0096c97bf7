from datetime import UTC, datetime

import pytest
import tomlkit
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from core.toml.problems import BadCourseFile
from coursefile.dump import dump_course, toml_of
from coursefile.facts import facts_of
from coursefile.load import load_course, read_course_file
from courses.models import Course
from tests.coursefile.files import EXAMPLE, SMALL, STARTER, small
from tests.coursefile.generated import DOCUMENTS
from tests.effort import examples
from tests.factories import SignUpFactory


def dumped(text: str, author) -> str:
    plan = load_course(text, by=author)
    return dump_course(Course.objects.get(slug=plan.slug))


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_written_document_reads_as_itself(data):
    document = read_course_file(tomlkit.dumps(data)).document

    again = read_course_file(toml_of(document)).document

    assert facts_of(again) == facts_of(document)
    assert toml_of(again) == toml_of(document)


@pytest.mark.parametrize("body", ["\n", "\n\nA line.\n", "A line.\n\n", "\n\\alpha\n"])
def test_line_ends_around_a_text_are_kept(body):
    document = read_course_file(SMALL).document
    document["pages"] = [{"key": "about", "title": "About", "body": body}]

    again = read_course_file(toml_of(document)).document

    assert again["pages"][0]["body"] == body


@given(DOCUMENTS)
@settings(deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_load_dump_load_is_the_identity(author, data):
    with transaction.atomic():
        text = dumped(tomlkit.dumps(data), author)

        plan = load_course(text, by=author)

        assert (plan.changes, dump_course(Course.objects.get(slug=plan.slug))) == ((), text)
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", [EXAMPLE, STARTER, SMALL], ids=["example", "starter", "small"])
def test_dump_says_what_the_file_says(text, author):
    assert read_course_file(dumped(text, author)).document == read_course_file(text).document


def test_dump_leaves_out_what_the_loader_restores(author):
    assert dumped(small(), author) == SMALL.replace(
        'options = [{ value = 1, label = "Bad" }, { value = 2, label = "Fair" }, { value = 3, label = "Good" }]',
        'options = [\n  { value = 1, label = "Bad" },\n  { value = 2, label = "Fair" },\n  { value = 3, label = "Good" },\n]',
    )


def test_dump_names_no_student_and_keeps_guests(small_course, author):
    role = small_course.slots.get(key="tvm").roles.first()
    SignUpFactory(role=role)
    SignUpFactory(role=role, enrollment=None, guest_name="Dr. Guest")

    assert dump_course(small_course) == dumped(
        small(('title = "TVM"\n', 'title = "TVM"\n\n[[meetings.slots]]\npaper = "tvm"\nguest = "Dr. Guest"\n')), author
    )


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("One line", 'body = "One line"'),
        ("Two\nlines\n", 'body = """\nTwo\nlines\n"""'),
        ("\nA line down", 'body = """\n\nA line down"""'),
        ("Maths $\\alpha$\n", "body = '''\nMaths $\\alpha$\n'''"),
        ("Quotes \"\"\" and '''\\\n", 'body = """\nQuotes ""\\" and \'\'\'\\\\\n"""'),
    ],
)
def test_markdown_is_written_as_it_reads(body, written, small_course):
    small_course.pages.update(body=body)

    text = dump_course(small_course)

    assert written in text
    assert read_course_file(text).document["pages"][0]["body"] == body


def test_moments_are_written_in_the_course_s_zone(small_course):
    small_course.papers.filter(key="tvm").update(review_due_at=datetime(2021, 11, 8, 4, 59, tzinfo=UTC))

    assert "review_due_at = 2021-11-07T23:59:00" in dump_course(small_course)


def test_dump_takes_a_constant_number_of_queries(example_course, small_course, django_assert_num_queries):
    for course in (example_course, small_course):
        with django_assert_num_queries(14):
            dump_course(course)


def test_a_slot_that_a_meeting_does_without_stays_away(author):
    text = dumped(small(("date = 2021-09-07\n", "date = 2021-09-07\nslots = []\n")), author)

    assert [slot.key for slot in author.enrollments.get().course.slots.all()] == ["rammer"]
    assert "slots = []" in text


def test_moment_that_the_clocks_skip_is_read_as_the_clocks_show_it(author):
    text = small(("2021-12-07T23:59:00", "2021-03-14T02:30:00"), ("starts_on = 2021-09-01", "starts_on = 2021-03-01"))

    assert "due_at = 2021-03-14T03:30:00" in dumped(text, author)
    assert load_course(text, by=author).changes == ()


def test_wrong_file_is_refused_before_anything_is_made(author):
    with pytest.raises(BadCourseFile):
        load_course(small(("[pages]", "[page]")), by=author)

    assert Course.objects.count() == 0
