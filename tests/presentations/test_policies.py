"""The sets against the single objects, role by role."""

import pytest

from presentations import policies
from presentations.models import Slot
from tests.factories import CourseFactory, EnrollmentFactory, SignUpFactory, SlotFactory, SlotRoleFactory

pytestmark = pytest.mark.django_db
ROLES = ("student", "assistant", "instructor", "observer")


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("role", ROLES)
def test_visible_slots_are_those_of_the_policy(role, is_active, is_public):
    slot = SlotFactory(course=CourseFactory(is_public=is_public))
    viewer = EnrollmentFactory(course=slot.course, role=role, is_active=is_active)

    is_visible = Slot.objects.visible_to(viewer.user).filter(pk=slot.pk).exists()

    assert is_visible is policies.may_see(viewer, slot.course) is (is_active or is_public)


@pytest.mark.parametrize("role", ROLES)
def test_a_member_of_another_course_sees_no_slot(role):
    slot, viewer = SlotFactory(), EnrollmentFactory(role=role)

    assert (list(Slot.objects.visible_to(viewer.user)), policies.may_see(viewer, slot.course)) == ([], False)


@pytest.mark.parametrize(("role", "may"), [("student", False), ("assistant", True), ("instructor", True), ("observer", False)])
def test_staff_add_slides_to_any_slot(course, role, may):
    slot = SlotFactory(course=course)

    assert policies.may_add_slides(EnrollmentFactory(course=course, role=role), slot) is may


@pytest.mark.parametrize(("withdrawn_at", "may"), [(None, True), ("2021-09-02T12:00Z", False)])
def test_presenters_add_slides_while_they_have_the_slot(course, student, withdrawn_at, may):
    slot = SlotFactory(course=course)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student, withdrawn_at=withdrawn_at)

    assert policies.may_add_slides(student, Slot.objects.for_display().get()) is may


@pytest.mark.parametrize("change", [{"is_active": False}, {"course_id": 0}])
def test_staff_who_left_or_are_elsewhere_add_no_slides(course, instructor, change):
    for name, value in change.items():
        setattr(instructor, name, value)

    assert policies.may_add_slides(instructor, SlotFactory(course=course)) is False


@pytest.mark.parametrize(
    ("role", "board", "assign"),
    [("student", False, False), ("assistant", True, False), ("instructor", True, True), ("observer", False, False)],
)
def test_the_board_is_for_staff_and_assigning_for_instructors(course, role, board, assign):
    viewer = EnrollmentFactory(course=course, role=role)

    assert (policies.sees_board(viewer), policies.may_assign(viewer)) == (board, assign)
