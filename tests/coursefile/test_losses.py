"""What people did is never taken away: the file is refused and the work is named."""

import pytest

from coursefile.load import load_course
from coursefile.problems import WouldLoseWork
from grading.models import Mark
from tests.coursefile.files import ESSAY, MEETING_ONE, MERIT, MILESTONE, RAMMER, REVIEWS, SMALL, small
from tests.coursefile.rows import all_rows
from tests.factories import (
    CommentFactory,
    DeliverableFactory,
    EnrollmentFactory,
    FollowFactory,
    MarkFactory,
    RecordFactory,
    ReviewFactory,
    ReviewVersionFactory,
    ScoreFactory,
    SignUpFactory,
    SlidesFactory,
    SubmittedReviewFactory,
    TeamFactory,
    TeamMemberFactory,
    ThreadFactory,
    UserFactory,
)

NO_RAMMER = (RAMMER, "")
NO_MEETING_ONE = (MEETING_ONE + RAMMER + "\n", "")


def named(course, name: str):
    return EnrollmentFactory(course=course, user=UserFactory(name=name))


def refused(text: str, author) -> list[str]:
    """The reasons; a dry run gives the same ones, and nothing has changed."""
    before = all_rows()
    with pytest.raises(WouldLoseWork) as planned:
        load_course(text, by=author, dry_run=True)
    with pytest.raises(WouldLoseWork) as caught:
        load_course(text, by=author)
    assert planned.value.reasons == caught.value.reasons
    assert all_rows() == before
    return caught.value.reasons


def test_paper_with_reviews_stays(small_course, author):
    paper = small_course.papers.get(key="rammer")
    SubmittedReviewFactory(paper=paper, reviewer=named(small_course, "Student One"))
    ReviewFactory(paper=paper, reviewer=named(small_course, "Student Two"))

    assert refused(small(NO_RAMMER), author) == [
        "Paper rammer cannot be removed: 2 reviews of “Rammer”, by Student One and Student Two."
    ]


def test_paper_that_was_discussed_stays(small_course, author):
    thread = ThreadFactory(paper=small_course.papers.get(key="rammer"))
    CommentFactory(thread=thread, author=named(small_course, "Student One"))
    CommentFactory(thread=thread, author=named(small_course, "Student Two"))

    assert refused(small(NO_RAMMER), author) == [
        "Paper rammer cannot be removed: 2 comments on “Rammer”, by Student One and Student Two."
    ]


def test_a_paper_that_is_only_followed_goes(small_course, author):
    FollowFactory(paper=small_course.papers.get(key="rammer"))

    load_course(small(NO_RAMMER), by=author)

    assert not small_course.papers.filter(key="rammer").exists()


def test_many_people_are_named_in_part(small_course, author):
    paper = small_course.papers.get(key="rammer")
    for number in range(12):
        ReviewFactory(paper=paper, reviewer=named(small_course, f"S{number:02}"))

    assert refused(small(NO_RAMMER), author) == [
        "Paper rammer cannot be removed: 12 reviews of “Rammer”, by S00, S01, S02, S03, S04, S05, S06, S07, S08 and 3 more."
    ]


def test_meeting_with_reviewed_papers_and_participation_stays(small_course, author):
    one = named(small_course, "Student One")
    ReviewFactory(paper=small_course.papers.get(key="rammer"), reviewer=one)
    RecordFactory(meeting=small_course.meetings.get(key="one"), enrollment=one)

    assert refused(small(NO_MEETING_ONE), author) == [
        "Paper rammer cannot be removed: 1 review of “Rammer”, by Student One.",
        "Meeting one cannot be removed: 1 participation record, of Student One.",
    ]


def test_meeting_with_participation_does_not_become_a_holiday(small_course, author):
    RecordFactory(meeting=small_course.meetings.get(key="one"), enrollment=named(small_course, "Student One"))

    text = small((MEETING_ONE + RAMMER, MEETING_ONE.replace("topic", 'kind = "holiday"\ntopic')))

    assert refused(text, author) == ["Meeting one cannot be made a holiday: 1 participation record, of Student One."]


def test_slot_with_a_student_stays(small_course, author):
    SignUpFactory(role=small_course.slots.get(key="rammer").roles.last(), enrollment=named(small_course, "Student One"))

    reasons = ["Slot rammer cannot be removed: 1 sign-up, by Student One."]
    assert refused(small(NO_RAMMER), author) == reasons
    assert refused(small(("date = 2021-09-02\n", "date = 2021-09-02\nslots = []\n")), author) == reasons


def test_slot_with_a_marked_presentation_stays_though_it_was_withdrawn(small_course, author):
    role = small_course.slots.get(key="rammer").roles.first()
    sign_up = SignUpFactory(role=role, enrollment=named(small_course, "Student One"), withdrawn_at="2021-09-01T12:00Z")
    MarkFactory(course=small_course, review=None, sign_up=sign_up)

    assert refused(small(NO_RAMMER), author) == ["Slot rammer cannot be removed: 1 sign-up, by Student One."]


def test_slot_with_slides_stays(small_course, author):
    slot = small_course.slots.get(key="rammer")
    SlidesFactory(slot=slot, uploaded_by=UserFactory(name="Student One"))

    assert refused(small(NO_RAMMER), author) == [
        "Slot rammer cannot be removed: 1 version of slides, handed in by Student One."
    ]


def test_role_with_a_student_stays(small_course, author):
    SignUpFactory(role=small_course.slots.get(key="tvm").roles.last(), enrollment=named(small_course, "Student One"))
    text = small(('\n[[presentations.roles]]\nkey = "discussion"\ntitle = "Discussion"\n', ""))

    assert refused(text, author) == ["Role discussion of slot tvm cannot be removed: 1 sign-up, by Student One."]


def test_capacity_below_the_sign_ups_is_refused(small_course, author):
    role = small_course.slots.get(key="tvm").roles.first()
    for name in ("Student One", "Student Two"):
        SignUpFactory(role=role, enrollment=named(small_course, name))

    assert refused(small(("capacity = 2", "capacity = 1")), author) == [
        "Role body of slot tvm cannot have a capacity of 1: 2 sign-ups, by Student One and Student Two."
    ]


def test_guest_beside_students_who_fill_the_role_is_refused(small_course, author):
    role = small_course.slots.get(key="tvm").roles.first()
    for name in ("Student One", "Student Two"):
        SignUpFactory(role=role, enrollment=named(small_course, name))
    text = small(('title = "TVM"\n', 'title = "TVM"\n\n[[meetings.slots]]\npaper = "tvm"\nguest = "Ada"\n'))

    assert refused(text, author) == [
        "Role body of slot tvm cannot have a capacity of 2 besides 1 guest: 2 sign-ups, by Student One and Student Two."
    ]


def test_slot_of_guests_and_withdrawn_students_goes(small_course, author):
    role = small_course.slots.get(key="rammer").roles.first()
    SignUpFactory(role=role, enrollment=None, guest_name="Ada")
    SignUpFactory(role=role, enrollment=named(small_course, "Student One"), withdrawn_at="2021-09-01T12:00Z")

    plan = load_course(small(NO_RAMMER), by=author)

    assert [str(change) for change in plan.changes] == ["removed Paper rammer “Rammer”", "removed Slot rammer"]


def test_milestone_with_deliverables_and_marks_stays(small_course, author):
    milestone = small_course.milestones.get()
    team = TeamFactory(course=small_course, name="Team Blue")
    DeliverableFactory(team=team, milestone=milestone)
    MarkFactory(course=small_course, review=None, milestone=milestone, team=team)

    assert refused(small((MILESTONE, ""), ('source = "milestones"', 'source = "manual"')), author) == [
        "Milestone report cannot be removed: 1 deliverable, of Team Blue.",
        "Milestone report cannot be removed: 1 mark, of Team Blue.",
    ]


def test_answered_field_does_not_change_its_kind(small_course, author):
    ReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "Student One"), answers={"summary": "Good."})
    text = small(('label = "Summary"', 'label = "Summary"\nkind = "checkbox"'))

    assert refused(text, author) == [
        "Review field summary cannot become a checkbox: it has answers as a text, by Student One. "
        "Give the new field a key of its own."
    ]


def test_retired_field_with_answers_does_not_return_as_another_kind(small_course, author):
    ReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "Student One"), answers={"merit": 2})
    load_course(small((MERIT, "")), by=author)
    text = small((MERIT, '[[reviews.fields]]\nkey = "merit"\nlabel = "Merit"\n\n'))

    assert refused(text, author) == [
        "Review field merit (it was retired) cannot become a text: it has answers as a score, by Student One. "
        "Give the new field a key of its own."
    ]


@pytest.mark.parametrize("where", ["draft", "version", "score"])
def test_score_that_was_given_stays_an_option(where, small_course, author):
    review = SubmittedReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "Student One"))
    if where == "draft":
        review.answers = {"merit": 3}
        review.save()
    elif where == "version":
        ReviewVersionFactory(review=review, number=2, answers={"merit": 3})
    else:
        ScoreFactory(review=review, field=small_course.review_rules.form.fields.get(key="merit"), value=3)

    assert refused(small((', { value = 3, label = "Good" }', "")), author) == [
        "Review field merit cannot lose the option 3: it was given by Student One."
    ]


def test_option_that_nobody_chose_goes(small_course, author):
    ReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "One"), answers={"merit": 2, "summary": ""})

    plan = load_course(
        small((', { value = 3, label = "Good" }', ""), ('label = "Summary"', 'label = "Summary"\nkind = "checkbox"')), by=author
    )

    assert len(plan.changes) == 2


def test_answered_field_is_retired_with_its_answers(small_course, author):
    review = ReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "One"), answers={"merit": 2})

    load_course(small((MERIT, "")), by=author)

    review.refresh_from_db()
    assert review.answers == {"merit": 2}
    assert list(small_course.review_rules.form.fields.filter(retired_at=None).values_list("key", flat=True)) == ["summary"]


def test_parts_with_work_stay(small_course, author):
    one = named(small_course, "Student One")
    ReviewFactory(paper=small_course.papers.first(), reviewer=one)
    RecordFactory(meeting=small_course.meetings.first(), enrollment=one)
    TeamFactory(course=small_course, name="Team Blue")
    text = small(
        (REVIEWS, ""),
        ("[participation]", ""),
        (f"[projects]\n\n{MILESTONE}", ""),
        (SMALL[SMALL.index("[grading]") :], ""),
    )

    assert refused(text, author) == [
        "[reviews] cannot be removed: 1 review, of Student One.",
        "[participation] cannot be removed: 1 participation record, of Student One.",
        "[projects] cannot be removed: 1 team, of Team Blue.",
        "[grading] cannot be removed: a course that has a grading policy keeps one. Change it instead.",
    ]


def test_parts_without_work_go(small_course, author):
    text = small((REVIEWS, ""), ("[participation]", ""), ("[reminders]", ""))

    plan = load_course(text, by=author)

    assert [str(change).partition(":")[0] for change in plan.changes] == [
        "removed Reviews",
        "removed Review field summary “Summary”",
        "removed Review field merit “Merit”",
        "removed Participation",
        "removed Reminders",
    ]
    assert load_course(small(), by=author).counts == {"added": 5, "changed": 0, "removed": 0}


@pytest.mark.parametrize(
    "change",
    [(ESSAY, ESSAY.replace('key = "essay"', 'key = "paper"')), (ESSAY, ESSAY.replace("manual", "presentations"))],
    ids=["another key", "another source"],
)
def test_component_with_marks_by_hand_stays(change, small_course, author):
    Mark.objects.create(
        course=small_course, enrollment=named(small_course, "Student One"), component="essay", points=8, marked_by=author
    )

    assert refused(small(change), author) == [
        "Grading component essay cannot be removed: 1 mark given by hand, to Student One."
    ]


def test_all_reasons_are_named_at_once(small_course, author):
    one = named(small_course, "Student One")
    ReviewFactory(paper=small_course.papers.get(key="rammer"), reviewer=one)
    SignUpFactory(role=small_course.slots.get(key="rammer").roles.first(), enrollment=one)

    assert len(refused(small(NO_RAMMER), author)) == 2


def test_marks_above_a_lowered_upper_end_and_large_teams_are_told(small_course, author):
    review = SubmittedReviewFactory(paper=small_course.papers.first(), reviewer=named(small_course, "Student One"))
    MarkFactory(review=review, points=9)
    team = TeamFactory(course=small_course, name="Team Blue")
    MarkFactory(course=small_course, review=None, milestone=small_course.milestones.get(), team=team, points=9)
    for number in range(2):
        TeamMemberFactory(team=team, enrollment=named(small_course, f"S{number}"))

    plan = load_course(
        small(
            ("[reviews]", "[reviews]\nmax_points = 5"),
            ("[projects]", "[projects]\nmax_team_size = 1"),
            ("T23:59:00", "T23:59:00\nmax_points = 5"),
        ),
        by=author,
    )

    assert [warning.message for warning in plan.warnings] == [
        "1 review marked above the new max_points; full marks count for each.",
        "Milestone report: 1 mark above the new max_points; full marks count for each.",
        "Team Blue already has more members than the new max_team_size; the team stays as it is.",
    ]


def test_track_for_a_section_that_nobody_is_in_is_told_when_it_comes(author, small_course):
    EnrollmentFactory(course=small_course, section="1cr")
    tracks = [f'\n[[grading.tracks]]\ntitle = "Track {name}"\nsections = ["{name}"]\n' for name in ("1cr", "2cr")]
    text = small() + "".join(tracks)

    first = load_course(text, by=author)
    again = load_course(text.replace("A seminar", "Another"), by=author)

    assert [warning.message for warning in first.warnings] == ["No student is in section '2cr'."]
    assert again.warnings == ()
