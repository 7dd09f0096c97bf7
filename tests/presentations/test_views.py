"""The schedule, the board and the slides."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from presentations.models import SignUp, Slides
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MeetingFactory,
    SignUpFactory,
    SlidesFactory,
    SlotFactory,
    SlotRoleFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def role(course):
    return SlotRoleFactory(slot=SlotFactory(course=course, key="rammer"))


def page(course):
    return reverse("presentations:slot_list", args=[course.slug])


def assign_url(role):
    return reverse("presentations:presenter_assign", args=[role.slot.course.slug, role.slot.key, role.key])


def remove_url(sign_up):
    return reverse("presentations:presenter_remove", args=[sign_up.role.slot.course.slug, sign_up.pk])


def slides_url(slot):
    return reverse("presentations:slides_add", args=[slot.course.slug, slot.key])


def standing():
    return list(SignUp.objects.standing().values_list("role", "enrollment", "guest_name"))


# -- the schedule


def test_a_visitor_reads_the_schedule_of_a_public_course(client):
    slot = SlotFactory(course=CourseFactory(is_public=True))
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment__user__name="Ada Lovelace")
    SlidesFactory(slot=slot)

    response = client.get(page(slot.course))

    text = response.content.decode()
    assert [text.count(words) for words in ("Ada Lovelace", 'href="https://example.org/slides"', "<form")] == [1, 1, 0]
    assert (response.context["students"], response.context["may_assign"]) == ([], False)


def test_a_student_sees_no_count_of_others(client, role, student):
    client.force_login(student.user)

    response = client.get(page(role.slot.course))

    assert (response.context["students"], response.context["sees_board"]) == ([], False)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("student", 12), ("assistant", 11), ("instructor", 14), ("anonymous", 6)])
def test_the_schedule_takes_the_same_queries_for_any_number(client, django_assert_num_queries, who, queries, rows):
    course = CourseFactory(is_public=True)
    for _ in range(rows):
        slot = SlotFactory(course=course)
        SignUpFactory(role=SlotRoleFactory(slot=slot, capacity=2))
        SlidesFactory(slot=slot)
    if who != "anonymous":
        client.force_login(EnrollmentFactory(course=course, role=who).user)

    with django_assert_num_queries(queries):
        parts = client.get(page(course)).context["parts"]

    assert sum(len(part.rows) for part in parts) == rows


# -- giving and taking


def test_assign_without_script_comes_back_to_the_board_with_the_way_back(client, role, student, instructor):
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": student.pk}, follow=True)

    sign_up = SignUp.objects.get()
    assert standing() == [(role.pk, student.pk, "")]
    assert response.redirect_chain == [(f"{page(role.slot.course)}?changed={sign_up.pk}", 302)]
    assert response.context["changed"] == sign_up
    assert response.content.decode().count(f'action="{remove_url(sign_up)}"') == 2


def test_assign_with_htmx_answers_with_the_board(client, role, student, instructor):
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": student.pk}, headers=HTMX)

    names = [template.name for template in response.templates]
    assert (response.status_code, "presentations/slot_list.html" in names) == (200, False)
    assert (response.context["changed"], [row.count for row in response.context["students"]]) == (SignUp.objects.get(), [1])


def test_while_a_student_is_picked_every_open_place_is_one_click(client, role, student, instructor):
    SlotRoleFactory(slot=role.slot, key="discussion")
    client.force_login(instructor.user)

    response = client.get(page(role.slot.course), {"student": student.pk})

    button = f'name="enrollment_id" value="{student.pk}"'
    assert (response.context["picked"], response.content.decode().count(button)) == (student, 2)


def test_the_picked_student_stays_picked_after_an_assignment(client, role, student, instructor):
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": student.pk, "student": student.pk})

    sign_up = SignUp.objects.get()
    assert response["Location"] == f"{page(role.slot.course)}?changed={sign_up.pk}&student={student.pk}"


def test_remove_offers_to_undo_and_undo_brings_the_sign_up_back(client, role, student, instructor):
    sign_up = SignUpFactory(role=role, enrollment=student)
    client.force_login(instructor.user)

    response = client.post(remove_url(sign_up), follow=True)
    undo = f'<input type="hidden" name="enrollment_id" value="{student.pk}">'
    offered = (standing(), response.content.decode().count(undo))
    client.post(assign_url(role), {"enrollment_id": student.pk})

    assert (offered, standing()) == (([], 1), [(role.pk, student.pk, "")])
    assert SignUp.objects.get() == sign_up


@pytest.mark.parametrize(("headers", "status"), [({}, 409), (HTMX, 200)])
def test_a_refused_guest_stays_typed_beside_the_reason(client, role, instructor, headers, status):
    name = "x" * 151
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"guest_name": name}, headers=headers)

    text = response.content.decode()
    assert (response.status_code, response.context["refused"]["guest_name"], standing()) == (status, name, [])
    assert text.count(f'value="{name}"') == 1


def test_a_full_role_says_so(client, role, student, instructor):
    SignUpFactory(role=role)
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": student.pk})

    assert response.context["refused"]["message"] == "This role has just been filled. Nothing was changed."


@pytest.mark.parametrize("pk", ["x", "-1", "0", "9" * 30, "1\x00", ""])
def test_assign_to_what_is_no_student_changes_nothing(client, role, instructor, pk):
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": pk})

    assert (response.status_code, SignUp.objects.count()) == (409, 0)


def test_assign_to_a_student_of_another_course_is_refused(client, role, instructor):
    client.force_login(instructor.user)

    response = client.post(assign_url(role), {"enrollment_id": EnrollmentFactory().pk})

    assert response.context["refused"]["message"] == "This student is not in this course."
    assert standing() == []


def test_roles_and_sign_ups_of_another_course_are_404(client, role, instructor):
    other = SignUpFactory()
    client.force_login(instructor.user)
    course = instructor.course.slug
    urls = [
        reverse("presentations:presenter_assign", args=[course, other.role.slot.key, other.role.key]),
        reverse("presentations:presenter_remove", args=[course, other.pk]),
    ]

    assert [client.post(url).status_code for url in urls] == [404, 404]
    assert SignUp.objects.standing().get() == other


@pytest.mark.parametrize("query", ["student=x", "student=" + "9" * 40, "changed=x", "student=²", "changed=99"])
def test_a_mangled_query_is_left_alone(client, role, instructor, query):
    client.force_login(instructor.user)

    response = client.get(f"{page(role.slot.course)}?{query}")

    assert (response.status_code, response.context["picked"], response.context["changed"]) == (200, None, None)


def test_a_query_names_no_sign_up_of_another_course(client, instructor):
    client.force_login(instructor.user)

    response = client.get(page(instructor.course), {"changed": SignUpFactory().pk})

    assert response.context["changed"] is None


def test_no_place_is_open_on_a_holiday(client, course, instructor):
    slot = SlotFactory(course=course, meeting=MeetingFactory(course=course, kind="holiday"))
    role = SlotRoleFactory(slot=slot)
    client.force_login(instructor.user)

    assert client.get(page(course)).content.decode().count(assign_url(role)) == 0


# -- slides


@pytest.fixture
def presenter(role, student):
    return SignUpFactory(role=role, enrollment=student).enrollment


def test_a_presenter_adds_a_file(client, role, presenter):
    client.force_login(presenter.user)

    response = client.post(slides_url(role.slot), {"file": SimpleUploadedFile("talk.pdf", b"%PDF-1.7 talk")})

    slides = Slides.objects.get()
    assert (response.status_code, slides.file_name, slides.uploaded_by) == (302, "talk.pdf", presenter.user)
    served = client.get(slides.get_absolute_url())
    assert (b"".join(served.streaming_content), served["Content-Type"]) == (b"%PDF-1.7 talk", "application/pdf")
    assert served["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (
            {"url": "javascript:alert(1)"},
            "url",
            "This is not a link that can be opened: it must start with http:// or https:// and name a site.",
        ),
        ({"url": "https://example.org/\x00"}, "url", "Null characters are not allowed."),
        ({}, "file", "Give the slides either as a file or as a link."),
    ],
)
def test_refused_slides_keep_the_link_and_say_why(client, role, presenter, data, field, message):
    client.force_login(presenter.user)

    response = client.post(slides_url(role.slot), data)

    form = response.context["form"]
    assert (response.status_code, form.errors[field], form["url"].value()) == (422, [message], data.get("url"))
    assert Slides.objects.count() == 0


def test_a_hostile_file_is_refused(client, role, presenter):
    client.force_login(presenter.user)

    response = client.post(slides_url(role.slot), {"file": SimpleUploadedFile("talk.pdf", b"<svg onload=alert(1)>")})

    assert (response.status_code, Slides.objects.count()) == (422, 0)


def test_older_slides_stay_reachable(client, role, presenter):
    for number in (1, 2):
        SlidesFactory(slot=role.slot, number=number, url=f"https://example.org/v{number}")
    client.force_login(presenter.user)

    text = client.get(slides_url(role.slot)).content.decode()

    assert [text.count(f'href="https://example.org/v{number}"') for number in (1, 2)] == [1, 1]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_slides_page_takes_the_same_queries_for_any_number(client, role, presenter, django_assert_num_queries, rows):
    for number in range(rows):
        SlidesFactory(slot=role.slot, number=number + 1)
    client.force_login(presenter.user)

    with django_assert_num_queries(7):
        assert len(client.get(slides_url(role.slot)).context["slot"].slides.all()) == rows


def test_a_link_is_not_served_as_a_file(client, role, presenter):
    SlidesFactory(slot=role.slot)
    client.force_login(presenter.user)

    url = reverse("presentations:slides_file", args=[presenter.course.slug, role.slot.key, 1])

    assert client.get(url).status_code == 404
