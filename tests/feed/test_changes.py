"""The change feed: everybody once, then only what changed; what was withdrawn; and no trace of what is not released."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from courses.actions import stamp_course_change
from courses.models import Course, Enrollment
from feed.models import Entry, Stream
from grading.actions import hide_component, release_component, set_mark, set_policy
from grading.models import Mark
from reviews.models import Review
from tests.factories import EnrollmentFactory, PaperFactory
from tests.grading.examples import ece697il, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


@pytest.fixture
def pull(client, course, instructor):
    """What an answer says to the instructor, or to `who`; `since` is an earlier answer."""

    def get(since=None, who=instructor, status=200, **query):
        client.force_login(who.user)
        query |= {"since": since["cursor"]} if since else {}
        response = client.get(reverse("api:grade_changes", args=[course.slug]), query)
        assert response.status_code == status, response.content
        return response.json()

    return get


def mark(student, points, by, **changes):
    """A mark for the review that they wrote: the first one, or a change of it."""
    review = Review.objects.select_related("course", "current").get(reviewer=student)
    revision = Mark.objects.filter(review=review).values_list("revision", flat=True).first() or 0
    set_mark(review=review, points=points and Decimal(points), revision=revision, by=by.user, **changes)


def students_of(course, count):
    """Who has each written one review; they all owe the others' papers."""
    students = EnrollmentFactory.create_batch(count, course=course)
    for student in students:
        reviewed(student)
    return students


def without_project(**changes):
    """The example policy but for what needs milestones."""
    document = ece697il(**changes)
    return document | {"components": [part for part in document["components"] if part["key"] != "project"]}


def ids(answer):
    return [row["student"]["id"] for row in answer["results"]]


def reviews_of(row):
    return next(line for line in row["grade"]["components"] if line["key"] == "reviews")


def test_everybody_comes_once_and_then_only_who_changed(course, instructor, pull):
    first, second = students_of(course, 2)
    everybody = pull()
    nothing = pull(everybody)
    mark(second, "8.5", instructor)

    changed = pull(everybody)

    assert (ids(everybody), ids(nothing), ids(changed)) == ([first.pk, second.pk], [], [second.pk])
    assert nothing["cursor"] == everybody["cursor"]
    row = changed["results"][0]
    assert (row["change"], row["changed"], row["withdrawn"], row["policy_version"]) == ("set", ["grade"], [], 1)
    assert (reviews_of(row)["earned"], row["student"]["email"]) == ("8.50", second.user.email)
    assert ids(pull(changed)) == []


def test_the_feed_says_what_the_list_of_grades_says(course, instructor, pull, client):
    (student,) = students_of(course, 1)
    mark(student, "7.25", instructor)

    row = pull(explain="true")["results"][0]

    listed = client.get(reverse("api:grade_list", args=[course.slug])).json()["results"][0]
    tree = client.get(reverse("api:grade_detail", args=[course.slug, student.pk])).json()
    assert {"student": row["student"], **row["grade"]} == listed
    assert row["explanation"] == tree
    assert pull()["results"][0] == {name: value for name, value in row.items() if name != "explanation"}


def test_a_comment_alone_is_a_change_and_a_stamp_alone_is_none(course, instructor, pull):
    (student,) = students_of(course, 1)
    mark(student, "8", instructor)
    before = pull()
    stamp_course_change(course=course)
    assert ids(pull(before)) == []

    mark(student, "8", instructor, comment="Clear.")

    assert [row["changed"] for row in pull(before)["results"]] == [["grade"]]


def test_releases_and_hiding_and_clearing_and_leaving_are_told_apart(course, instructor, pull):
    (student,) = students_of(course, 1)
    mark(student, "8", instructor)
    marked = pull()
    release_component(course=course, component_key="reviews", by=instructor.user)
    released = pull(marked)
    hide_component(course=course, component_key="reviews", by=instructor.user)
    hidden = pull(released)
    mark(student, None, instructor)
    cleared = pull(hidden)
    Enrollment.objects.filter(pk=student.pk).update(is_active=False)
    gone = pull(cleared)

    def told(answer):
        row = answer["results"][0]
        return row["change"], row["changed"], [(each["component"], each["how"]) for each in row["withdrawn"]]

    assert told(released) == ("set", ["release"], [])
    assert told(hidden) == ("set", ["release"], [("reviews", "hidden")])
    assert told(cleared) == ("set", ["grade"], [("reviews", "cleared")])
    assert gone["results"][0]["grade"] is None
    assert (gone["results"][0]["change"], gone["results"][0]["student"]["id"]) == ("gone", student.pk)
    assert (ids(pull()), ids(pull(gone))) == ([], [])


def test_who_leaves_while_grades_are_compared_is_published_once(course, instructor, pull):
    (student,) = students_of(course, 1)
    first = pull()
    mark(student, "8", instructor)

    def leaves(execute, sql, *args):
        answer = execute(sql, *args)
        if sql.startswith("SELECT") and "grading_mark" in sql:
            Enrollment.objects.filter(pk=student.pk).update(is_active=False)
        return answer

    with connection.execute_wrapper(leaves):
        pull(first)
    Stream.objects.update(stamps="")

    assert [line["change"] for line in pull(first)["results"]] == ["gone"]


def test_what_was_withdrawn_is_told_to_a_reader_who_missed_the_steps_between(course, instructor, pull):
    (student,) = students_of(course, 1)
    mark(student, "8", instructor)
    before = pull()
    mark(student, None, instructor)
    pull(before)
    set_policy(course=course, document=without_project(weights="sum"), by=instructor.user)

    row = pull(before)["results"][0]

    assert (row["changed"], row["policy_version"]) == (["grade", "policy"], 2)
    assert [(each["component"], each["how"]) for each in row["withdrawn"]] == [
        ("report", "removed"),
        ("reviews", "cleared"),
        ("talk", "removed"),
    ]


def test_another_policy_is_told_of_everybody(course, instructor, pull):
    students = students_of(course, 2)
    before = pull()
    set_policy(course=course, document=without_project(), by=instructor.user)

    after = pull(before)

    assert ids(after) == [student.pk for student in students]
    assert {row["policy_version"] for row in after["results"]} == {2}
    assert all("policy" in row["changed"] for row in after["results"])


def test_what_time_alone_changes_is_found_without_any_write(course, clock, pull):
    EnrollmentFactory(course=course)
    PaperFactory(course=course, meeting__course=course, meeting__date=(NOW + timedelta(hours=30)).date())
    before = pull()

    clock.shift(timedelta(days=2))

    assert [row["changed"] for row in pull(before)["results"]] == [["grade"]]


def test_pages_lose_nobody_while_grades_change(course, instructor, pull):
    """A student of a page already read changes: they come again at the end."""
    students = students_of(course, 5)
    mark(students[0], "8", instructor)
    page = pull(page_size=2)
    mark(students[0], None, instructor)
    Enrollment.objects.filter(pk=students[1].pk).update(is_active=False)
    seen, pages = ids(page), [page]
    while pages[-1]["next"]:
        assert f"since={pages[-1]['cursor']}" in pages[-1]["next"]
        pages.append(pull(pages[-1], page_size=2))
        seen += ids(pages[-1])

    last = {row["student"]["id"]: row for page in pages for row in page["results"]}
    assert seen == [*(student.pk for student in students), students[0].pk, students[1].pk]
    assert last[students[1].pk]["change"] == "gone"
    assert (last[students[0].pk]["changed"], reviews_of(last[students[0].pk])["earned"]) == (["grade"], "0.00")
    assert ids(pull(pages[-1])) == []


def test_a_first_pull_in_pages_tells_nothing_of_the_time_before_it(course, instructor, pull):
    """What was marked, hidden and cleared, and who left, before the first page is no news to who begins."""
    students = students_of(course, 4)
    for student in students:
        mark(student, "8", instructor)
    release_component(course=course, component_key="reviews", by=instructor.user)
    pull()
    hide_component(course=course, component_key="reviews", by=instructor.user)
    mark(students[2], None, instructor)
    pull()
    Enrollment.objects.filter(pk=students[3].pk).update(is_active=False)

    page = pull(page_size=1)
    seen = [*page["results"]]
    mark(students[0], "2", instructor)
    while page["next"]:
        page = pull(page, page_size=1)
        seen += page["results"]

    told = [(row["student"]["id"], row["change"], row["changed"], row["withdrawn"]) for row in seen]
    first, second, third, _ = (student.pk for student in students)
    assert sorted(told[:3]) == sorted((pk, "set", [], []) for pk in (first, second, third))
    assert told[3:] == [(first, "set", ["grade"], [])]


# Students


def test_an_unreleased_mark_leaves_no_trace_in_a_students_feed(course, instructor, pull, client, clock):
    student, other = students_of(course, 2)
    address = reverse("api:grade_changes", args=[course.slug])
    before = pull(who=student)
    tag = client.get(address)["ETag"]
    clock.shift(timedelta(minutes=2))
    mark(student, "8", instructor, comment="Clear.")
    mark(other, "3", instructor)
    pull()
    after = pull(who=student)
    unchanged = client.get(address, headers={"If-None-Match": tag})

    assert after == before
    assert unchanged.status_code == 304
    assert ids(pull(before, who=student)) == []
    assert list(Entry.objects.filter(stream__student=student).values_list("number", flat=True)) == [1]


def test_a_student_gets_what_was_released_and_hears_that_it_was_withdrawn(course, instructor, pull):
    student, other = students_of(course, 2)
    before = pull(who=student)
    mark(student, "8", instructor)
    mark(other, "3", instructor)
    release_component(course=course, component_key="reviews", by=instructor.user)
    mark(student, "2", instructor)
    released = pull(before, who=student)
    hide_component(course=course, component_key="reviews", by=instructor.user)
    hidden = pull(released, who=student, explain="true")

    assert (ids(released), reviews_of(released["results"][0])["earned"]) == ([student.pk], "8.00")
    row = hidden["results"][0]
    # The other student's paper, which they owe, still counts as missing.
    assert (reviews_of(row)["earned"], row["withdrawn"]) == ("0.00", [{"component": "reviews", "how": "hidden"}])
    assert {item["points"] for item in row["explanation"]["components"][2]["items"]} == {None}


# Cursors


def test_a_cursor_that_is_not_ours_is_refused_in_words(course, instructor, pull, client):
    (student,) = students_of(course, 1)
    mine, theirs = pull(), pull(who=student)
    of_another_view = pull(theirs, status=400)
    made_up = pull({"cursor": "yesterday"}, status=400)
    unknown = pull({"cursor": f"{mine['cursor'][:13]}AAAAAAAAAAAA.AAAAAAAAAAAA"}, status=410)

    assert "another person's view" in of_another_view["errors"]["since"][0]
    assert "not a cursor of ours" in made_up["errors"]["since"][0]
    assert (unknown["code"], unknown["status"]) == ("cursor_gone", 410)
    pull(status=400, explain="perhaps")
    pull(status=400, page_size="0")


def test_a_cursor_from_before_a_restored_backup_is_gone_even_when_its_number_is_given_again(course, instructor, pull):
    (student,) = students_of(course, 1)
    backup = pull()
    mark(student, "8", instructor)
    cursor = pull(backup)
    stream = Stream.objects.get(course=course, student=None)
    stream.entries.filter(number=2).delete()
    stream.entries.update(is_current=True)
    Stream.objects.update(last_number=1, stamps="")

    pull(cursor, status=410)

    assert Entry.objects.filter(stream=stream, number=2).exists()
    assert ids(pull(backup)) == [student.pk]


# Cost


@pytest.mark.parametrize("rows", [1, 3])
def test_pulling_takes_the_same_queries_however_many(course, instructor, pull, client, django_assert_num_queries, rows):
    students = students_of(course, rows)
    before = pull()
    for student in students:
        mark(student, "8", instructor)
    address = f"{reverse('api:grade_changes', args=[course.slug])}?since={before['cursor']}"

    with django_assert_num_queries(41):
        publishing = client.get(address)
    with django_assert_num_queries(11):
        reading = client.get(address)

    assert len(publishing.json()["results"]) == rows
    assert reading.json() == publishing.json()


def test_nothing_is_computed_while_nothing_was_written(course, instructor, pull):
    students_of(course, 1)
    pull()
    published = Stream.objects.get(course=course).published_at
    pull()
    assert Stream.objects.get(course=course).published_at == published
    Course.objects.update(grades_changed_at=NOW - timedelta(days=30))  # a stamp may also be an older moment
    pull()
    assert Stream.objects.get(course=course).stamps != ""
