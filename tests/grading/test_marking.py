from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from grading.actions import set_mark
from grading.models import Mark
from grading.queries.marking import find_work, tabs_of
from grading.queries.policy import read_in_force
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    FieldFactory,
    MeetingFactory,
    MilestoneFactory,
    PolicyFactory,
    ReviewFactory,
    ReviewVersionFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
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
def marker(client, course):
    """The instructor, signed in."""
    marker = EnrollmentFactory(course=course, role="instructor", user__name="Iris")
    client.force_login(marker.user)
    return marker


def reviews_of(course, *names, **meeting):
    meeting = MeetingFactory(course=course, date=date(2021, 9, 7))
    paper = reviewed(EnrollmentFactory(course=course, user__name=names[0]), meeting=meeting)
    rest = [ReviewFactory(paper=paper.paper, reviewer=EnrollmentFactory(course=course, user__name=name)) for name in names[1:]]
    for review in rest:
        review.current = ReviewVersionFactory(review=review, number=1)
        review.has_unsubmitted_changes = False
        review.save()
    return [paper, *rest]


def queue(client, course, query=""):
    return client.get(reverse("grading:marking_queue", args=[course.slug]) + query)


def save(client, course, work, **data):
    address = reverse("grading:mark_save", args=[course.slug, work])
    return client.post(address, {"points": "8", "comment": "", "revision": "0", "tab": "reviews"} | data)


def entries(marker):
    _, policy = read_in_force(marker.course)
    return {tab.key: [(entry.work, entry.who) for entry in tab.entries] for tab in tabs_of(marker, policy)}


def test_the_queue_opens_at_the_first_review_that_is_not_marked(client, course, marker):
    first, second = reviews_of(course, "Ada", "Ben")
    set_mark(review=first, points=Decimal(8), revision=0, by=marker.user)

    response = queue(client, course)

    assert response.context["address"] == f"review-{second.pk}"
    assert (response.context["queue"].marked, len(response.context["queue"].entries)) == (1, 2)


def test_saving_goes_on_to_the_next_that_is_not_marked(client, course, marker):
    first, second, third = reviews_of(course, "Ada", "Ben", "Chen")
    set_mark(review=second, points=Decimal(8), revision=0, by=marker.user)

    response = save(client, course, f"review-{first.pk}", points="9.5", comment="Clear")

    assert response.status_code == 302
    assert response["Location"].partition("?")[2] == f"tab=reviews&work=review-{third.pk}"
    assert (first.mark.points, first.mark.comment) == (Decimal("9.50"), "Clear")


def test_saving_the_last_one_stays(client, course, marker):
    (only,) = reviews_of(course, "Ada")

    response = save(client, course, f"review-{only.pk}")

    assert response["Location"].endswith(f"?tab=reviews&done=1&work=review-{only.pk}")
    page = client.get(response["Location"]).content.decode()
    assert ("Everything here is marked." in page, "autofocus" in page) == (True, False)


def test_the_first_mark_of_a_work_is_not_optional(client, course, marker):
    reviews_of(course, "Ada")

    assert queue(client, course).context["form"].fields["points"].required


def test_the_queue_keeps_to_the_paper_that_was_chosen(client, course, marker):
    first = reviews_of(course, "Ada", "Ben")
    other = reviewed(EnrollmentFactory(course=course), meeting=MeetingFactory(course=course, date=date(2021, 9, 9)))

    response = queue(client, course, f"?paper={other.paper.key}")

    assert [entry.work for entry in response.context["queue"].entries] == [f"review-{other.pk}"]
    assert len(queue(client, course).context["queue"].entries) == len(first) + 1


def test_an_unknown_paper_or_tab_shows_all(client, course, marker):
    reviews_of(course, "Ada")

    assert len(queue(client, course, "?tab=nothing&paper=nothing").context["queue"].entries) == 1


def test_an_empty_queue_says_so(client, course, marker):
    assert "Nothing to mark yet" in queue(client, course).content.decode()


def test_the_page_shows_the_review_and_its_writer(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    FieldFactory(form=course.review_rules.form, key="summary", label="Summary")
    review.current.answers, review.current.html = {"summary": "**Good**"}, {"summary": "<p><strong>Good</strong></p>"}
    review.current.save()

    page = queue(client, course).content.decode()

    assert ("Ada" in page, "<p><strong>Good</strong></p>" in page) == (True, True)


def test_a_field_of_another_course_is_not_shown(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    FieldFactory(key="summary", label="Elsewhere")
    review.current.answers = {"summary": "x"}
    review.current.save()

    assert queue(client, course).context["reading"]["answers"] == []


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"points": "11"}, "points", "Found 11; points here go from 0 to 10."),
        ({"points": "many"}, "points", "Enter a number."),
        ({"points": ""}, "points", "Type the points."),
        ({"comment": "a" * 10_001}, "comment", "Ensure this value has at most 10000 characters (it has 10001)."),
        ({"comment": "a\x00b"}, "comment", "Null characters are not allowed."),
    ],
)
def test_a_form_that_is_wrong_keeps_what_was_typed(client, course, marker, data, field, message):
    (review,) = reviews_of(course, "Ada")

    response = save(client, course, f"review-{review.pk}", **{"comment": "Typed"} | data)

    form = response.context["form"]
    assert response.status_code == 422
    assert form.errors[field] == [message]
    assert form["comment"].value() == data.get("comment", "Typed")
    assert Mark.objects.count() == 0


def test_a_mark_that_was_set_meanwhile_is_shown_beside_ones_own(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), comment="Theirs", revision=0, by=UserFactory(name="Ari"))

    response = save(client, course, f"review-{review.pk}", points="3", comment="Mine")

    page = response.content.decode()
    assert response.status_code == 409
    assert [text in page for text in ("Ari has changed this mark", "Theirs", "Mine")] == [True] * 3
    form = response.context["form"]
    assert [form[name].value() for name in ("points", "comment", "revision")] == ["3", "Mine", 1]
    assert review.mark.points == Decimal(8)


def test_saving_once_more_after_that_is_meant(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), revision=0, by=UserFactory())

    save(client, course, f"review-{review.pk}", points="3", revision="1")

    assert Mark.objects.get().points == Decimal(3)


def test_an_empty_field_clears_a_mark_that_is_there(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)

    save(client, course, f"review-{review.pk}", points="", revision="1")

    assert Mark.objects.get().points is None


def test_a_review_that_was_handed_in_anew_comes_back_into_the_queue(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)
    review.current = ReviewVersionFactory(review=review, number=2)
    review.save()

    response = queue(client, course)

    assert response.context["address"] == f"review-{review.pk}"
    assert response.context["entry"].is_changed is True


def test_confirming_the_mark_of_a_new_version_settles_it(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)
    review.current = ReviewVersionFactory(review=review, number=2)
    review.save()

    save(client, course, f"review-{review.pk}", points="8", revision="1", version="2")

    assert queue(client, course).context["entry"].is_changed is False


def test_history_stands_on_the_page(client, course, marker):
    (review,) = reviews_of(course, "Ada")
    set_mark(review=review, points=Decimal(8), revision=0, by=marker.user)
    set_mark(review=review, points=Decimal(6), revision=1, by=marker.user)

    history = queue(client, course).context["history"]

    assert [(change.points_before, change.points_after) for change in history] == [
        (Decimal(8), Decimal(6)),
        (None, Decimal(8)),
    ]


def test_every_kind_of_work_has_its_tab(course, marker):
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))
    student = EnrollmentFactory(course=course, user__name="Ada")
    review = reviewed(student, meeting=MeetingFactory(course=course, date=date(2021, 9, 7)))
    past, future = (MeetingFactory(course=course, date=day) for day in (date(2021, 10, 20), date(2021, 10, 21)))
    sign_up, _ = (
        SignUpFactory(role=SlotRoleFactory(slot__course=course, slot__meeting=meeting), enrollment=student)
        for meeting in (past, future)
    )
    team = TeamMemberFactory(team=TeamFactory(course=course, name="Team 1"), enrollment=student).team
    milestone = MilestoneFactory(course=course)

    assert entries(marker) == {
        "reviews": [(f"review-{review.pk}", "Ada")],
        "presentations": [(f"presentation-{sign_up.pk}", "Ada")],
        "milestones": [(f"milestone-{milestone.pk}-{team.pk}", "Team 1 (Ada)")],
        "only": [(f"manual-only-{student.pk}", "Ada")],
    }


def test_every_kind_of_work_can_be_marked_on_the_page(client, course, marker):
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))
    student = EnrollmentFactory(course=course)
    meeting = MeetingFactory(course=course, date=date(2021, 9, 7))
    SignUpFactory(role=SlotRoleFactory(slot__course=course, slot__meeting=meeting), enrollment=student)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    DeliverableFactory(team=team, milestone=MilestoneFactory(course=course))
    work = [found[0][0] for tab, found in entries(marker).items() if tab != "reviews"]

    pages = [queue(client, course, f"?work={address}").status_code for address in work]
    saves = [save(client, course, address, points="4.5").status_code for address in work]

    assert (pages, saves) == ([200] * 3, [302] * 3)
    assert list(Mark.objects.values_list("points", flat=True)) == [Decimal("4.50")] * 3


def test_an_assistant_of_a_section_sees_its_work_only(course):
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    students = [EnrollmentFactory(course=course, section=section, user__name=section) for section in "AB"]
    reviews = [reviewed(student) for student in students]
    for student in students:
        TeamMemberFactory(team=TeamFactory(course=course, name=f"Team {student.section}"), enrollment=student)
    MilestoneFactory(course=course)

    found = entries(assistant)

    assert [who for _, who in found["reviews"]] == ["A"]
    assert [who for _, who in found["milestones"]] == ["Team A (A)"]
    assert find_work(assistant, f"review-{reviews[0].pk}") == {"review": reviews[0]}


@pytest.mark.parametrize("page", ["get", "post"])
def test_an_assistant_of_a_section_meets_404_at_the_other(client, course, page):
    review = reviewed(EnrollmentFactory(course=course, section="B"))
    client.force_login(EnrollmentFactory(course=course, role="assistant", section="A").user)
    work = f"review-{review.pk}"

    response = queue(client, course, f"?work={work}") if page == "get" else save(client, course, work)

    assert response.status_code == 404
    assert Mark.objects.count() == 0


@pytest.mark.parametrize(
    "work", ["review-", "review-x", "review-0", "exam-1", "milestone-1", "manual-only", "review-99999999999999999999", "-"]
)
def test_an_address_that_names_no_work_is_404(client, course, marker, work):
    assert queue(client, course, f"?work={work}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_marking_queue_queries(client, course, marker, django_assert_num_queries, rows):
    reviews_of(course, *[f"Student {n}" for n in range(rows)])
    for student in course.enrollments.students():
        SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
        TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
        MilestoneFactory(course=course)
    queue(client, course)

    with django_assert_num_queries(19):
        queue(client, course)


def test_ones_own_marks_are_spread_beside_the_courses(client, course, marker):
    first, second, third = reviews_of(course, "Ada", "Ben", "Chen")
    for review, points, by in [(first, 9, marker.user), (second, 10, marker.user), (third, 3, UserFactory())]:
        set_mark(review=review, points=Decimal(points), revision=0, by=by)

    spread = queue(client, course).context["distributions"]

    assert [(each.count, each.mean) for each in (spread["own"], spread["course"])] == [(2, "9.5"), (3, "7.33")]
    assert spread["own"].counts[-1] == ("90 to 100 %", 2)
    assert spread["course"].counts[3] == ("30 to 40 %", 1)


def test_the_next_page_is_named_so_that_it_can_be_fetched_ahead(client, course, marker):
    first, second = reviews_of(course, "Ada", "Ben")

    page = queue(client, course, f"?work=review-{first.pk}").content.decode()

    assert f'rel="next" href="?tab=reviews&amp;work=review-{second.pk}"' in page
