from datetime import date

import pytest
import time_machine
from django.urls import reverse

from grading.models import Policy
from home.queries.agenda import agenda_of
from home.queries.course_page import Weight, grading_of, guideline_of, pages_of
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MeetingFactory,
    PageFactory,
    PaperFactory,
    ParticipationRulesFactory,
    PolicyFactory,
    ScoreFactory,
    SignUpFactory,
    SlidesFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
    UserFactory,
)
from tests.home.conftest import IN_CLASS, NEXT_DAY, NOON

COMPONENTS = [
    {"key": "presentation", "title": "Presentation", "weight": 10, "source": "presentations"},
    {"key": "participation", "title": "Participation", "weight": 20, "source": "participation"},
    {
        "key": "reviews",
        "title": "Reviews",
        "weight": 20,
        "source": "reviews",
        "steps": [{"step": "required_count", "count": 20}, {"step": "mean"}],
    },
    {
        "key": "project",
        "title": "Course project",
        "parts": [
            {"key": "talk", "title": "Talk", "weight": 10, "source": "milestones"},
            {"key": "report", "title": "Report", "weight": 30, "source": "milestones"},
        ],
    },
]


def page(client, course):
    return client.get(reverse("home:course_page", args=[course.slug]))


@pytest.mark.parametrize("exists", [True, False])
def test_visitor_cannot_tell_a_private_course_from_none(client, db, exists):
    slug = CourseFactory().slug if exists else "no-such-course"

    response = client.get(reverse("home:course_page", args=[slug]))

    assert (response.status_code, response["Location"]) == (302, f"{reverse('account_login')}?next=/c/{slug}/")


def test_public_page_shows_presenters_and_slides(client, meeting, paper, course):
    course.is_public = True
    course.save()
    slot = SlotFactory(course=course, meeting=meeting, paper=paper)
    role = SlotRoleFactory(slot=slot, capacity=2)
    SignUpFactory(role=role, enrollment=EnrollmentFactory(course=course, user=UserFactory(name="Ana Silva")))
    SignUpFactory(role=role, enrollment=None, guest_name="Guest Speaker")
    SlidesFactory(slot=slot, url="https://example.org/talk")

    text = page(client, course).content.decode()

    assert [name for name in ("Ana Silva", "Guest Speaker", "https://example.org/talk") if name not in text] == []
    assert EnrollmentFactory._meta.model.objects.get(user__name="Ana Silva").user.email not in text


def test_two_papers_of_a_day_are_one_meeting(course, meeting, paper):
    second = PaperFactory(course=course, meeting=meeting, position=1)

    agenda = agenda_of(course, None)

    assert [[each.paper for each in day.papers] for day in agenda] == [[paper, second]]


@pytest.mark.parametrize(
    ("now", "today", "upcoming"),
    [(NOON, None, "first"), (IN_CLASS, "first", "first"), (NEXT_DAY, None, "third")],
)
def test_agenda_marks_today_and_the_next_meeting_that_takes_place(course, meeting, now, today, upcoming):
    MeetingFactory(course=course, key="second", date=date(2021, 9, 7), kind="holiday")
    MeetingFactory(course=course, key="third", date=date(2021, 9, 9))

    with time_machine.travel(now, tick=False):
        agenda = agenda_of(course, None)

    assert [day.meeting.key for day in agenda if day.is_today] == ([today] if today else [])
    assert [day.meeting.key for day in agenda if day.is_next] == [upcoming]


def test_a_presentation_without_a_paper_is_on_its_meeting(course, meeting, paper):
    slot = SlotFactory(course=course, meeting=meeting, paper=None, title="Tutorial")

    (day,) = agenda_of(course, None)

    assert (day.slots, day.papers[0].slots) == ([slot], [])


@pytest.mark.parametrize(
    ("who", "sees"), [("visitor", False), ("student", False), ("writer", True), ("instructor", True), ("observer", False)]
)
def test_scores_show_only_to_those_who_may_read_the_reviews(course, rules, paper, who, sees):
    merit = rules.form.fields.get(key="merit")
    ScoreFactory(review=SubmittedReviewFactory(paper=paper), field=merit)
    viewer = None
    if who != "visitor":
        viewer = EnrollmentFactory(course=course, role="student" if who == "writer" else who)
    if who == "writer":
        SubmittedReviewFactory(paper=paper, reviewer=viewer)

    with time_machine.travel(NOON, tick=False):
        (day,) = agenda_of(course, viewer)

    assert bool(day.papers[0].scores) is sees


@pytest.mark.parametrize(
    ("weights", "note"),
    [
        ("scale", "The weights add up to 90; the total is scaled up to 100."),
        ("sum", "The weights add up to 90; the total is out of 90."),
    ],
)
def test_grading_in_words(course, weights, note):
    ParticipationRulesFactory(course=course)
    PolicyFactory(course=course, document={"weights": weights, "components": COMPONENTS})

    grading = grading_of(course)

    assert grading.note == note
    assert grading.weights == [
        Weight("Presentation", "10", "", False),
        Weight("Participation", "20", "4 points a meeting attended, 2 more for discussing", False),
        Weight("Reviews", "20", "20 required", False),
        Weight("Course project", "40", "", False),
        Weight("Talk", "10", "", True),
        Weight("Report", "30", "", True),
    ]


def test_grading_is_left_out_without_a_policy(client, course, student):
    client.force_login(student.user)

    assert (page(client, course).context["grading"], Policy.objects.count()) == (None, 0)


def test_empty_pages_are_filled_in_with_what_the_portal_knows(course, meeting):
    PageFactory(course=course, key="presentation-guideline", body="", position=1)
    PageFactory(course=course, key="schedule", body=" ", position=2)
    PageFactory(course=course, key="policies", body="", position=3)
    PageFactory(course=course, key="notes", body="Be kind.", position=4)
    SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting), title="Presenter")

    shown = [(each.page.key, each.fills_in) for each in pages_of(course)]
    guideline = guideline_of(agenda_of(course, None))

    assert shown == [("presentation-guideline", "guideline"), ("schedule", "schedule"), ("notes", "")]
    assert (guideline.presentations, [role.title for role in guideline.roles]) == (1, ["Presenter"])


def test_page_of_an_empty_course_tells_the_instructor_what_to_do(client, course, instructor):
    client.force_login(instructor.user)

    text = page(client, course).content.decode()

    assert "No meetings yet." in text
    assert reverse("coursefile:item_list", args=[course.slug, "meetings"]) in text


def test_markdown_of_the_course_is_sanitised(client, course, student):
    course.description = "**Bold** <script>alert(1)</script>"
    course.save()
    client.force_login(student.user)

    text = page(client, course).content.decode()

    assert "<strong>Bold</strong>" in text
    assert "<script>alert" not in text


def fill(course, day):
    meeting = MeetingFactory(course=course, date=day)
    paper = PaperFactory(course=course, meeting=meeting)
    slot = SlotFactory(course=course, meeting=meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot))
    SlidesFactory(slot=slot)
    PageFactory(course=course)
    merit = course.review_rules.form.fields.get(key="merit")
    ScoreFactory(review=SubmittedReviewFactory(paper=paper), field=merit)


def test_course_page_asks_as_often_for_three_meetings_as_for_one(client, course, rules, student, django_assert_num_queries):
    PolicyFactory(course=course, document={"weights": "scale", "components": COMPONENTS})
    client.force_login(student.user)
    with time_machine.travel(NEXT_DAY, tick=False):
        fill(course, date(2021, 8, 3))
        page(client, course)  # the form's fields are kept from here
        with django_assert_num_queries(16):
            page(client, course)
        fill(course, date(2021, 8, 5))
        fill(course, date(2021, 8, 10))
        with django_assert_num_queries(17):
            page(client, course)
