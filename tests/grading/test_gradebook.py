from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from grading.actions import set_mark
from grading.models import Mark
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MarkFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    PolicyFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mid_term():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def instructor(client, course):
    instructor = EnrollmentFactory(course=course, role="instructor")
    client.force_login(instructor.user)
    return instructor


def book_of(client, course, query=""):
    return client.get(reverse("grading:gradebook", args=[course.slug]) + query).context["book"]


def names(book):
    return [line.student.user.name for line in book.lines]


def marked(course, instructor, name, points, **enrollment):
    """A student with one review marked; all reviews are of one meeting."""
    student = EnrollmentFactory(course=course, user__name=name, **enrollment)
    meeting = course.meetings.first() or MeetingFactory(course=course, date=date(2021, 11, 2))
    review = reviewed(student, meeting=meeting)
    if points is not None:
        set_mark(review=review, points=Decimal(points), revision=0, by=instructor.user)
    return student


def test_the_gradebook_has_a_line_a_student_and_a_column_a_component(client, course, instructor):
    marked(course, instructor, "Ada", "8")

    book = book_of(client, course)

    assert [(column.title, column.group) for column in book.columns] == [
        ("Presentation", None),
        ("Participation", None),
        ("Reviews", None),
        ("Presentation", "Course project"),
        ("Code and report", "Course project"),
    ]
    assert [cell.earned for cell in book.lines[0].cells] == [None, None, Decimal("16.00"), None, None]
    assert book.lines[0].grade.total == Decimal("80.0")


def test_the_gradebook_says_what_the_weights_mean(client, course, instructor):
    book = book_of(client, course)

    assert book.policy_words == "weights add up to 90, scaled to 100 · policy version 1"
    assert "The weights add up to 90, not 100; as stated, the total is scaled to 100." in [f.message for f in book.findings]


def test_statistics_show_how_all_results_lie_whoever_the_page_shows(client, course, instructor):
    for name, points in (("Ada", "10"), ("Ben", "7"), ("Chen", "2")):
        marked(course, instructor, name, points)

    first, asked = book_of(client, course), book_of(client, course, "?statistics=1&name=Ada")

    reviews, total = asked.statistics.columns["reviews"], asked.statistics.so_far
    assert (first.statistics, names(asked), asked.statistics.students) == (None, ["Ada"], 3)
    assert ([count for _, count in reviews.counts], reviews.mean, reviews.median) == (
        [0, 1, 0, 1, 1], Decimal("12.67"), Decimal("14.00")
    )  # fmt: skip
    assert (total.mean, total.median, asked.statistics.columns["participation"].mean) == (
        Decimal("63.33"), Decimal("70.00"), None
    )  # fmt: skip


def test_statistics_come_as_a_fragment_once_the_page_is_there(client, course, instructor):
    marked(course, instructor, "Ada", "8")
    address = reverse("grading:gradebook_statistics", args=[course.slug])

    page = client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()
    fragment = client.get(address, headers={"hx-request": "true"}).content.decode()
    plain = client.get(address)

    assert (f'hx-get="{address}"' in page, "?statistics=1" in page) == (True, True)
    assert (fragment.count("<td"), "16.00, 16.00" in fragment) == (9, True)
    assert plain["Location"] == reverse("grading:gradebook", args=[course.slug]) + "?statistics=1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ada", "Ben", "Chen"]),
        ("?name=en", ["Ben", "Chen"]),
        ("?section=B", ["Ben"]),
        ("?name=nobody", []),
        ("?sort=-total", ["Ada", "Chen", "Ben"]),
        ("?sort=total", ["Chen", "Ada", "Ben"]),  # who has no total yet comes last either way
        ("?sort=-reviews", ["Ada", "Chen", "Ben"]),
        ("?sort=section", ["Ada", "Chen", "Ben"]),
        ("?sort=-name", ["Chen", "Ben", "Ada"]),
        ("?sort=-final", ["Ada", "Chen", "Ben"]),
        ("?sort=-section", ["Ben", "Ada", "Chen"]),
        ("?sort=nonsense", ["Ada", "Ben", "Chen"]),
        ("?team=TEAM", ["Chen"]),
        ("?team=0", ["Ada", "Ben", "Chen"]),
        ("?below=75", ["Chen"]),  # who has no total yet is below nothing
        ("?below=60", []),
        ("?below=90.01", ["Ada", "Chen"]),
        ("?below=75&of=reviews", ["Chen"]),
        ("?below=75&of=participation", []),
        ("?below=0.9&reading=final", ["Ben", "Chen"]),
        ("?below=50&of=reviews&reading=final&name=c", ["Chen"]),
        ("?below=much", ["Ada", "Ben", "Chen"]),
    ],
)
def test_the_gradebook_filters_and_sorts(client, course, instructor, query, found):
    marked(course, instructor, "Ada", "9", section="A")
    marked(course, instructor, "Ben", None, section="B")
    chen = marked(course, instructor, "Chen", "6", section="A")
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=chen).team

    assert names(book_of(client, course, query.replace("TEAM", str(team.pk)))) == found


def test_missing_work_is_shown_and_filtered(client, course, instructor):
    done = EnrollmentFactory(course=course, user__name="Ada")
    EnrollmentFactory(course=course, user__name="Ben")
    paper = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 10, 21)), review_due_at=NOW)
    reviewed(done, meeting=paper.meeting, review_due_at=datetime(2021, 11, 1, tzinfo=UTC))

    with time_machine.travel(NOW.replace(hour=18), tick=False):
        book = book_of(client, course, "?missing=1")

    assert [(line.student.user.name, line.missing) for line in book.lines] == [("Ada", 1), ("Ben", 1)]


def test_release_buttons_say_how_many_marks_become_visible(client, course, instructor):
    marked(course, instructor, "Ada", "9")
    marked(course, instructor, "Ben", "8")

    page = client.get(reverse("grading:gradebook", args=[course.slug])).content.decode()

    assert "Release 2 marks" in page


def test_release_and_hide_on_the_page(client, course, instructor):
    marked(course, instructor, "Ada", "9")
    words = []
    for name in ("release", "release", "hide"):
        response = client.post(reverse(f"grading:component_{name}", args=[course.slug, "reviews"]), follow=True)
        assert response.context["open_release"], "the next component is released in the same table"
        words += [str(message) for message in response.context["messages"]]
        states = book_of(client, course).columns[2].release.word

    assert words == [
        "1 mark is now visible to students.",
        "Students see these marks as they stand already.",
        "1 mark is hidden from students again.",
    ]
    assert states == "hidden"


def test_a_component_without_marks_is_refused_in_words(client, course, instructor):
    response = client.post(reverse("grading:component_release", args=[course.slug, "participation"]), follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Participation rests on what students record or hand in themselves; there is nothing to release."
    ]


def test_a_course_without_a_policy_says_what_to_do(client, db):
    instructor = EnrollmentFactory(course=CourseFactory(), role="instructor")
    client.force_login(instructor.user)

    page = client.get(reverse("grading:gradebook", args=[instructor.course.slug])).content.decode()

    assert "No grading policy yet" in page


def test_a_threshold_that_is_no_number_is_said_and_left_out(client, course, instructor):
    marked(course, instructor, "Ada", "9")

    response = client.get(reverse("grading:gradebook", args=[course.slug]) + "?below=much")

    assert "Below: Enter a number." in response.content.decode()


def test_the_gradebook_comes_in_pages_that_keep_the_filter_and_the_order(client, course, instructor):
    for n in range(52):
        EnrollmentFactory(course=course, user__name=f"Student {n:02}", section="A")
    EnrollmentFactory(course=course, user__name="Zoe", section="B")

    second = client.get(reverse("grading:gradebook", args=[course.slug]) + "?section=A&sort=-name&page=2")
    book = second.context["book"]

    assert (names(book), book.students, book.page.paginator.count) == (["Student 01", "Student 00"], 53, 52)
    assert 'href="?section=A&amp;sort=-name&amp;page=1"' in second.content.decode()
    assert len(names(book_of(client, course))) == 50
    assert len(names(book_of(client, course, "?page=all"))) == 53


def test_more_students_than_fit_are_never_all_on_one_page(client, course, instructor, monkeypatch):
    monkeypatch.setattr("grading.queries.gradebook.MOST_AT_ONCE", 2)
    monkeypatch.setattr("grading.queries.gradebook.PAGE", 1)
    EnrollmentFactory.create_batch(3, course=course)

    assert len(book_of(client, course, "?page=all").lines) == 1


@pytest.mark.parametrize("query", ["", "?sort=-total", "?below=1000&of=reviews", "?statistics=1"])
@pytest.mark.parametrize("rows", [1, 3])
def test_gradebook_queries(client, course, instructor, django_assert_num_queries, rows, query):
    for n in range(rows):
        student = EnrollmentFactory(course=course, user__name=f"Student {n}")
        MarkFactory(review=reviewed(student), course=course)
        TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
        MilestoneFactory(course=course)

    with django_assert_num_queries(34):
        client.get(reverse("grading:gradebook", args=[course.slug]) + query)


# One student's grade


def test_grade_home_of_the_instructor_is_the_gradebook(client, course, instructor):
    response = client.get(reverse("grading:grade_home", args=[course.slug]))

    assert (response.status_code, response["Location"]) == (302, reverse("grading:gradebook", args=[course.slug]))


def test_an_observer_has_no_grade(client, course):
    client.force_login(EnrollmentFactory(course=course, role="observer").user)

    assert client.get(reverse("grading:grade_home", args=[course.slug])).status_code == 403


def test_a_students_page_explains_every_number(client, course, instructor):
    student = marked(course, instructor, "Ada", "8")
    client.post(reverse("grading:component_release", args=[course.slug, "reviews"]))
    client.force_login(student.user)

    page = client.get(reverse("grading:grade_home", args=[course.slug])).content.decode()

    assert [text in page for text in ("Mean of 1: 8 of 10.", "80 % of 20 = 16.", "Scaled to 100: 80.")] == [True] * 3


def test_the_instructors_view_of_a_student_has_what_is_not_released(client, course, instructor):
    student = marked(course, instructor, "Ada", "8")

    page = client.get(reverse("grading:student_grade", args=[course.slug, student.pk])).content.decode()

    assert ("80 % of 20 = 16." in page, "not released" in page) == (True, True)


def test_a_student_of_another_course_is_404(client, course, instructor):
    stranger = EnrollmentFactory()

    assert client.get(reverse("grading:student_grade", args=[course.slug, stranger.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_grade_page_queries(client, course, instructor, django_assert_num_queries, rows):
    student = EnrollmentFactory(course=course)
    for _ in range(rows):
        MarkFactory(review=reviewed(student), course=course)

    with django_assert_num_queries(27):
        client.get(reverse("grading:student_grade", args=[course.slug, student.pk]))


def test_a_component_called_like_a_students_number_is_what_is_released(client, course, instructor):
    asked, other = EnrollmentFactory.create_batch(2, course=course)
    key = str(other.pk)
    PolicyFactory(course=course, number=2, document=one_component(source="manual", key=key))
    set_mark(enrollment=asked, component=key, points=Decimal(9), revision=0, by=instructor.user)
    set_mark(review=reviewed(other), points=Decimal(3), revision=0, by=instructor.user)

    for act, released in (("release", {asked.pk}), ("hide", set())):
        client.post(reverse(f"grading:component_{act}", args=[course.slug, key]))

        assert {mark.enrollment_id for mark in Mark.objects.exclude(released_at=None)} == released
