from decimal import Decimal

import pytest

from core.errors import DomainError, StaleVersion
from grading.actions import set_mark, set_policy
from grading.models import Mark, MarkChange, Policy
from tests.factories import (
    MilestoneFactory,
    PaperFactory,
    PolicyFactory,
    ReviewFactory,
    ReviewRulesFactory,
    ReviewVersionFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
)
from tests.grading.examples import ece697il, one_component, reviewed


@pytest.fixture
def marker(instructor):
    return instructor.user


@pytest.fixture
def review(student):
    ReviewRulesFactory(course=student.course)
    return reviewed(student)


def changes(mark):
    return list(
        mark.changes.values_list("kind", "points_before", "points_after", "comment_before", "comment_after", "changed_by")
    )


def test_set_mark_keeps_points_comment_and_who(review, marker):
    mark = set_mark(review=review, points=Decimal("8.5"), comment="Clear.  \r\n", revision=0, by=marker)

    mark.refresh_from_db()
    assert (mark.points, mark.comment, mark.revision, mark.marked_by, mark.review_version) == (
        Decimal("8.50"), "Clear.", 1, marker, 1,
    )  # fmt: skip
    assert changes(mark) == [("marked", None, Decimal("8.50"), "", "Clear.", marker.pk)]


def test_set_mark_adds_a_row_to_the_history_each_time(review, marker):
    other = UserFactory()
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)

    mark = set_mark(review=review, points=Decimal(6), comment="Late", revision=1, by=other)

    assert changes(mark) == [
        ("marked", None, Decimal(8), "", "", marker.pk),
        ("marked", Decimal(8), Decimal(6), "", "Late", other.pk),
    ]


def test_set_mark_again_changes_nothing(review, marker):
    first = set_mark(review=review, points=Decimal(8), comment="Good", revision=0, by=marker)

    again = set_mark(review=review, points=Decimal("8.00"), comment="Good", revision=0, by=UserFactory())

    assert (again.pk, again.revision, again.marked_by) == (first.pk, 1, marker)
    assert MarkChange.objects.count() == 1


def test_set_mark_on_a_stale_revision_is_refused_with_what_stands(review, marker):
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)

    with pytest.raises(StaleVersion) as stale:
        set_mark(review=review, points=Decimal(3), revision=0, by=UserFactory())

    assert stale.value.current.points == Decimal(8)
    assert list(Mark.objects.values_list("points", "revision")) == [(Decimal(8), 1)]


def test_set_mark_clears_with_none(review, marker):
    set_mark(review=review, points=Decimal(8), revision=0, by=marker)

    mark = set_mark(review=review, points=None, revision=1, by=marker)

    assert (mark.points, mark.revision) == (None, 2)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ("10.5", "Found 10.5; points here go from 0 to 10."),
        ("-1", "Found -1; points here go from 0 to 10."),
        ("8.555", "Found 8.555; points have two decimals at most."),
        ("NaN", "Found NaN; expected a number from 0 to 10."),
        ("Infinity", "Found Infinity; expected a number from 0 to 10."),
    ],
)
def test_set_mark_refuses_points_out_of_bounds(review, marker, points, message):
    with pytest.raises(DomainError) as refusal:
        set_mark(review=review, points=Decimal(points), revision=0, by=marker)

    assert (refusal.value.message, refusal.value.field) == (message, "points")
    assert Mark.objects.count() == 0


@pytest.mark.parametrize("comment", ["a\x00b", "a" * 10_001])
def test_set_mark_refuses_a_comment_that_cannot_be_kept(review, marker, comment):
    with pytest.raises(DomainError) as refusal:
        set_mark(review=review, points=Decimal(8), comment=comment, revision=0, by=marker)

    assert refusal.value.field == "comment"
    assert Mark.objects.count() == 0


@pytest.mark.parametrize("comment", ["😀 gut gemacht", "مراجعة جيدة", "<script>alert(1)</script>"])
def test_set_mark_takes_any_script(review, marker, comment):
    mark = set_mark(review=review, points=Decimal(8), comment=comment, revision=0, by=marker)

    mark.refresh_from_db()
    assert mark.comment == comment


def test_a_draft_cannot_be_marked(student, marker):
    draft = ReviewFactory(paper=PaperFactory(course=student.course), reviewer=student)

    with pytest.raises(DomainError) as refusal:
        set_mark(review=draft, points=Decimal(8), revision=0, by=marker)

    assert refusal.value.code == "not_submitted"


def test_the_version_that_was_read_is_kept(review, marker):
    review.current = ReviewVersionFactory(review=review, number=2)
    review.save()

    mark = set_mark(review=review, points=Decimal(8), revision=0, version=1, by=marker)

    assert mark.review_version == 1


@pytest.mark.parametrize("version", [0, 2, 2**31, 10**30])
def test_a_version_that_was_never_handed_in_cannot_have_been_read(review, marker, version):
    with pytest.raises(DomainError) as refusal:
        set_mark(review=review, points=Decimal(8), revision=0, version=version, by=marker)

    assert (refusal.value.field, refusal.value.code, Mark.objects.count()) == ("version", "no_version", 0)


def test_only_a_review_has_versions_to_read(student, marker):
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=student.course), enrollment=student)

    with pytest.raises(DomainError, match="only a review has versions"):
        set_mark(sign_up=sign_up, points=Decimal(8), revision=0, version=1, by=marker)


def test_a_mark_stamps_staffs_view_and_not_the_students(review, marker, student):
    before = student.grade_changed_at, student.released_changed_at

    set_mark(review=review, points=Decimal(8), revision=0, by=marker)

    student.refresh_from_db()
    assert student.grade_changed_at > before[0]
    assert student.released_changed_at == before[1]


def test_a_presentation_is_marked_out_of_what_the_policy_says(student, marker):
    PolicyFactory(course=student.course, document=one_component(source="presentations", max_points=20))
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=student.course), enrollment=student)

    mark = set_mark(sign_up=sign_up, points=Decimal(17), revision=0, by=marker)

    assert (mark.sign_up, mark.points) == (sign_up, Decimal(17))
    with pytest.raises(DomainError):
        set_mark(sign_up=sign_up, points=Decimal(21), revision=1, by=marker)


def test_a_team_has_one_mark_and_every_member_is_stamped(course, marker):
    team = TeamFactory(course=course)
    members = [TeamMemberFactory(team=team).enrollment for _ in range(2)]
    milestone = MilestoneFactory(course=course)
    before = [member.grade_changed_at for member in members]

    set_mark(milestone=milestone, team=team, points=Decimal(18), revision=0, by=marker)

    for member in members:
        member.refresh_from_db()
    assert [member.grade_changed_at > stamp for member, stamp in zip(members, before, strict=True)] == [True, True]


def test_a_team_of_another_course_is_refused(course, marker):
    with pytest.raises(DomainError) as refusal:
        set_mark(milestone=MilestoneFactory(course=course), team=TeamFactory(), points=Decimal(1), revision=0, by=marker)

    assert refusal.value.code == "other_course"


def test_a_mark_by_hand_needs_a_manual_component(student, marker):
    PolicyFactory(course=student.course, document=one_component(source="manual", max_points=5))

    mark = set_mark(enrollment=student, component="only", points=Decimal(5), revision=0, by=marker)

    assert (mark.component, mark.points) == ("only", Decimal(5))
    with pytest.raises(DomainError):
        set_mark(enrollment=student, component="essay", points=Decimal(5), revision=0, by=marker)


# The policy


def test_set_policy_keeps_every_version(course, marker):
    MilestoneFactory(course=course, key="talk")
    MilestoneFactory(course=course, key="report")

    first = set_policy(course=course, document=ece697il(), by=marker)
    same = set_policy(course=course, document=ece697il(), by=marker)
    second = set_policy(course=course, document=ece697il(weights="sum"), by=marker)

    assert (first.number, same.pk, second.number) == (1, first.pk, 2)
    assert Policy.objects.filter(course=course).count() == 2


def test_set_policy_stamps_the_course(course, marker):
    before = course.grades_changed_at

    set_policy(course=course, document=one_component(), by=marker)

    course.refresh_from_db()
    assert course.grades_changed_at > before


def test_set_policy_refuses_a_document_with_errors(course, marker):
    with pytest.raises(DomainError) as refusal:
        set_policy(course=course, document=ece697il(), by=marker)

    assert refusal.value.message.startswith("components[4].parts[1].milestones[1]: No milestone has the key 'talk'")
    assert Policy.objects.count() == 0
