"""The sets that querysets give and the answers that policies give are the same."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from courses import policies
from courses.models import Course, Enrollment, Role
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory

PEOPLE = [*Role.values, "inactive", "outsider", "anonymous"]


def person(course, who):
    if who == "anonymous":
        return AnonymousUser()
    if who == "outsider":
        return UserFactory()
    if who == "inactive":
        return EnrollmentFactory(course=course, is_active=False).user
    return EnrollmentFactory(course=course, role=who).user


def answer(function, *args):
    try:
        function(*args)
    except Http404:
        return 404
    except PermissionDenied:
        return 403
    return 200


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("is_public", [True, False])
def test_visible_courses_are_those_that_can_be_opened(db, who, is_public):
    course = CourseFactory(is_public=is_public)
    user = person(course, who)

    in_the_set = Course.objects.visible_to(user).filter(pk=course.pk).exists()

    assert in_the_set is (answer(policies.get_visible_course, user, course.slug) == 200)
    assert in_the_set is (is_public or who in Role.values)


@pytest.mark.parametrize("who", PEOPLE)
def test_joined_courses_are_those_one_is_a_member_of(course, who):
    user = person(course, who)

    in_the_set = Course.objects.joined_by(user).filter(pk=course.pk).exists()

    assert in_the_set is (who in Role.values)
    if who != "anonymous":
        assert in_the_set is (answer(policies.require_member, user, course.slug) == 200)


@pytest.mark.parametrize(
    ("require", "allowed"),
    [
        (policies.require_student, {"student"}),
        (policies.require_staff, {"assistant", "instructor"}),
        (policies.require_instructor, {"instructor"}),
        (policies.require_people, {"instructor"}),
    ],
)
@pytest.mark.parametrize("who", [*Role.values, "inactive", "outsider"])
def test_required_role_refuses_the_others(course, require, allowed, who):
    expected = 200 if who in allowed else 403 if who in Role.values else 404

    assert answer(require, person(course, who), course.slug) == expected


def test_enrollment_comes_with_course_and_user_in_one_query(student, django_assert_num_queries):
    with django_assert_num_queries(1):
        enrollment = policies.require_student(student.user, student.course.slug)
        assert (enrollment.course.slug, enrollment.user) == (student.course.slug, student.user)


def test_students_marked_by_agrees_with_may_mark_work_of(course):
    people = [
        EnrollmentFactory(course=course, role=role, section=section) for role, section in product(Role.values, ("", "A", "B"))
    ]
    people += [EnrollmentFactory(course=course, role=role, is_active=False) for role in Role.values]
    people.append(EnrollmentFactory(role=Role.INSTRUCTOR))

    for marker in people:
        single = {student for student in Enrollment.objects.all() if policies.may_mark_work_of(marker, student)}
        assert single == set(policies.students_marked_by(marker)), marker


@pytest.mark.parametrize(
    ("role", "section", "sections"),
    [
        ("instructor", "A", {"", "A", "B"}),
        ("assistant", "", {"", "A", "B"}),
        ("assistant", "A", {"A"}),
        ("observer", "", set()),
        ("student", "A", set()),
    ],
)
def test_assistants_with_a_section_mark_that_section(course, role, section, sections):
    for name in ("", "A", "B"):
        EnrollmentFactory(course=course, section=name)
    marker = EnrollmentFactory(course=course, role=role, section=section)

    marked = policies.students_marked_by(marker).exclude(pk=marker.pk)

    assert set(marked.values_list("section", flat=True)) == sections
