"""What leaves the gradebook is told to pullers: students, components and the work below them; and never in bulk files."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from courses.actions import apply_roster, change_enrollment
from grading.actions import release_component
from oneroster.gradebook import categories_of, line_items_of, read_book, results_of
from tests.factories import EnrollmentFactory, MeetingFactory, MilestoneFactory, PaperFactory, PolicyFactory
from tests.grading.examples import course_with_policy, ece697il, one_component
from tests.oneroster.examples import READ, exam, mark, with_exam

pytestmark = pytest.mark.django_db


def leave(student, **changes):
    change_enrollment(enrollment=student, **{"role": "student", "section": "", "is_active": False} | changes)


def gone(rows, name="sourcedId"):
    return {row[name] for row in rows if row["status"] == "tobedeleted"}


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": "assistant", "is_active": True}])
@pytest.mark.parametrize("sees", ["all", "released"])
def test_who_leaves_or_loses_the_role_is_told_to_pullers(ask, course, student, teacher, mid_term, changes, sees):
    PaperFactory(course=course, meeting__course=course, key="rammer")
    for key in ("talk", "report"):
        MilestoneFactory(course=course, key=key)
    mark(student, "41", teacher)
    release_component(course=course, component_key="exam", by=teacher)
    before = ask("/results", sees=sees, scopes=READ).json()["results"]
    mid_term.shift(60)
    leave(student, **changes)
    mid_term.shift(60)

    since = max(row["dateLastModified"] for row in before)
    after = ask(f"/results?filter=dateLastModified>'{since}'", sees=sees, scopes=READ).json()["results"]

    assert {row["sourcedId"] for row in before} == {row["sourcedId"] for row in after} == gone(after)
    row = next(row for row in after if row["sourcedId"] == exam(course, student))
    assert row["dateLastModified"] == "2021-10-20T16:01:00.000Z"
    assert not {"score", "comment", "metadata", "textScore"} & set(row)
    for row in after:
        assert ask(f"/results/{row['sourcedId']}", sees=sees, scopes=READ).json()["result"] == row


def test_who_comes_back_is_active_again_and_newer(ask, course, student, teacher, mid_term):
    mark(student, "41", teacher)
    leave(student)
    mid_term.shift(60)
    left = ask(f"/results/{exam(course, student)}").json()["result"]
    mid_term.shift(60)
    apply_roster(course=course, text=f"name,email,role,section\nAda,{student.user.email},student,\n")

    back = ask(f"/results/{exam(course, student)}").json()["result"]

    assert (left["status"], back["status"], back["score"]) == ("tobedeleted", "active", 41)
    assert back["dateLastModified"] > left["dateLastModified"]
    student.refresh_from_db()
    assert student.left_at is None


def test_who_never_was_a_student_is_never_told_of(ask, course, student):
    EnrollmentFactory(course=course, role="assistant")
    leave(EnrollmentFactory(course=course, role="observer"), role="observer")

    assert gone(ask("/results").json()["results"]) == set()


def test_a_student_who_left_is_found_below_the_class(ask, course, student):
    leave(student)

    rows = ask(f"/classes/class.{course.pk}/students/user.{student.user_id}/results").json()["results"]

    assert rows
    assert len(gone(rows)) == len(rows)
    assert ask(f"/classes/class.{course.pk}/students/user.{EnrollmentFactory().user_id}/results").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete"])
def test_what_is_gone_is_read_and_not_written(ask, course, student, method):
    leave(student)
    path, body = f"/results/{exam(course, student)}", {"result": {"score": 1}}

    assert ask(path).status_code == 200
    assert ask(path, method, body if method == "put" else None).status_code == 404
    given = {"results": [{"student": {"sourcedId": f"user.{student.user_id}"}, "score": 1}]}
    assert ask(f"/lineItems/lineitem.{course.pk}.exam./results", "post", given).status_code == 404


def lists(course):
    book = read_book(course, audience="staff", base="")
    return categories_of(book), line_items_of(book), results_of(book)


def places(course, rows):
    """leaf and piece of work of line items that are gone"""
    return {tuple(sourced_id.split(".")[2:]) for sourced_id in gone(rows)}


def test_the_work_below_a_component_goes_with_it(course, student):
    paper = PaperFactory(course=course, meeting__course=course, key="rammer")
    meeting = paper.meeting
    for key in ("talk", "report", "extra"):
        MilestoneFactory(course=course, key=key)
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))

    categories, line_items, results = lists(course)

    assert places(course, line_items) == {
        ("presentation", ""), ("participation", f"meeting-{meeting.pk}"), ("reviews", "rammer"), ("talk", ""),
        ("report", ""), ("exam", ""),
    }  # fmt: skip
    assert places(course, categories) == {
        ("presentation",),
        ("participation",),
        ("reviews",),
        ("talk",),
        ("report",),
        ("exam",),
    }
    assert gone(results) == {f"result.{course.pk}.{leaf}.{item}.{student.pk}" for leaf, item in places(course, line_items)}
    row = next(row for row in line_items if row["sourcedId"] == f"lineitem.{course.pk}.reviews.rammer")
    assert (row["title"], row["dueDate"][:10]) == (paper.title, f"{meeting.date.replace(day=meeting.date.day + 1)}")


def test_a_component_that_counts_other_work_loses_the_work_it_counted(course, student):
    for key in ("talk", "report"):
        MilestoneFactory(course=course, key=key)
    narrowed = with_exam()
    narrowed["components"][3]["parts"][0]["milestones"] = ["report"]
    PolicyFactory(course=course, number=2, document=narrowed)

    categories, line_items, _ = lists(course)

    assert (gone(categories), places(course, line_items)) == (set(), {("talk", "")})


def test_a_component_that_changes_its_source_does_too(course, student):
    PaperFactory(course=course, meeting=MeetingFactory(course=course), key="rammer")
    by_hand = with_exam()
    by_hand["components"][2] = {"key": "reviews", "title": "Reviews", "weight": 20, "source": "manual"}
    PolicyFactory(course=course, number=2, document=by_hand)

    _, line_items, _ = lists(course)

    assert places(course, line_items) == {("reviews", "rammer")}
    assert f"lineitem.{course.pk}.reviews." in {row["sourcedId"] for row in line_items if row["status"] == "active"}


def test_a_component_that_only_a_track_had_is_told_of(student, course):
    own = {"title": "Audit", "sections": ["audit"], "components": [one_component(source="manual")["components"][0]]}
    PolicyFactory(course=course, number=2, document=with_exam() | {"tracks": [own]})
    PolicyFactory(course=course, number=3, document=with_exam())

    categories, line_items, _ = lists(course)

    assert (places(course, categories), places(course, line_items)) == ({("only",)}, {("only", "")})


def test_bulk_files_say_only_what_there_is(client, course, student, teacher):
    mark(student, "41", teacher)
    leave(EnrollmentFactory(course=course))
    PolicyFactory(course=course, number=2, document=ece697il())
    client.force_login(teacher)

    answer = client.get(reverse("oneroster:bulk_download", args=[course.slug]) + "?marks=all")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        for name in ("categories", "lineItems", "results"):
            rows = list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
            assert rows
            assert {(row["status"], row["dateLastModified"]) for row in rows} == {("", "")}
            assert not [row for row in rows if "exam" in row["sourcedId"]]
        assert {row["studentSourcedId"] for row in rows} == {f"user.{student.user_id}"}


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_gone_costs_the_same_however_much(django_assert_num_queries, rows):
    course = course_with_policy(with_exam(), ends_on=date(2099, 12, 20))
    for _ in range(rows):
        EnrollmentFactory(course=course)
        leave(EnrollmentFactory(course=course))
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))
    course = type(course).objects.get(pk=course.pk)

    with django_assert_num_queries(13):
        lists(course)
