"""The gradebook service, called as a registrar's program calls it: keys, words, pages, errors, and whom it is closed to."""

import re
from decimal import Decimal

import pytest

from grading.actions import hide_component, release_component
from grading.models import Mark
from grading.queries import grades_of
from machines.models import MachineScope, Pull
from tests.factories import CourseFactory, EnrollmentFactory, PolicyFactory, TokenFactory
from tests.grading.examples import course_with_policy, ece697il, reviewed
from tests.machines.keys import access_to
from tests.oneroster.examples import ALL, BASE, READ, exam, mark, with_exam

pytestmark = pytest.mark.django_db


def minor(response):
    return response.json()["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"]


OBJECT = {"sourcedId", "status", "dateLastModified"}


def test_objects_have_the_keys_and_words_of_the_specification(ask, course, student, teacher):
    review = reviewed(student, key="rammer", title="Rammer")
    mark(student, "8.5", teacher, review=review)
    mark(student, "41", teacher)

    category = ask("/categories").json()["categories"][0]
    line_item = ask(f"/lineItems/lineitem.{course.pk}.reviews.rammer").json()["lineItem"]
    scale = ask("/scoreScales").json()["scoreScales"][0]
    result = ask(f"/results/result.{course.pk}.reviews.rammer.{student.pk}").json()["result"]

    assert set(category) == OBJECT | {"title", "weight"}
    assert set(line_item) == OBJECT | {
        "title", "description", "assignDate", "dueDate", "class", "school", "category", "academicSession",
        "resultValueMin", "resultValueMax",
    }  # fmt: skip
    assert set(scale) == OBJECT | {"title", "type", "class", "scoreScaleValue"}
    assert scale["scoreScaleValue"][0] == {"itemValueLHS": "A", "itemValueRHS": "93"}
    assert line_item["class"] == {
        "href": f"http://testserver{BASE}/classes/class.{course.pk}",
        "sourcedId": f"class.{course.pk}",
        "type": "class",
    }
    stamp = result.pop("dateLastModified")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    assert (result["lineItem"]["sourcedId"], result["student"]["type"]) == (line_item["sourcedId"], "user")
    assert {name: result[name] for name in result if not isinstance(result[name], dict)} == {
        "sourcedId": f"result.{course.pk}.reviews.rammer.{student.pk}",
        "status": "active",
        "scoreStatus": "fully graded",
        "score": 8.5,
        "scoreDate": "2021-10-20",
        "inProgress": "false",
        "incomplete": "false",
        "late": "false",
        "missing": "false",
    }


def test_results_say_what_the_grades_say_to_the_digit(ask, course, student, teacher):
    mark(student, "41.25", teacher)
    grade = grades_of(course, audience="staff")[student.pk]

    results = {row["lineItem"]["sourcedId"]: row for row in ask("/results").json()["results"]}

    total = results[f"lineitem.{course.pk}.~total.so-far"]
    assert (str(total["score"]), total["textScore"], total["scoreStatus"]) == (
        str(grade.total),
        grade.letter,
        "partially graded",
    )
    assert str(results[f"lineitem.{course.pk}.exam."]["score"]) == "41.25"
    assert str(results[f"lineitem.{course.pk}.~total.final"]["score"]) == str(grade.total_final.normalize())


def test_client_for_released_marks_learns_of_no_other(ask, course, student, teacher, mid_term):
    """Not by the answer, its count, its stamps or a filter."""
    before = ask("/results", sees="released", scopes=READ)
    mid_term.shift(60)
    mark(student, "41", teacher)
    after = ask("/results", sees="released", scopes=READ)
    assert (before.content, before["X-Total-Count"]) == (after.content, after["X-Total-Count"])

    mid_term.shift(60)
    release_component(course=course, component_key="exam", by=teacher)
    mark(student, "12", teacher)

    result = ask(f"/results/{exam(course, student)}", sees="released", scopes=READ).json()["result"]
    assert (result["score"], result["scoreStatus"]) == (41, "fully graded")
    assert ask(f"/results/{exam(course, student)}").json()["result"]["score"] == 12


def test_marks_that_are_cleared_or_hidden_become_tobedeleted(ask, course, student, teacher, mid_term):
    mark(student, "41", teacher)
    release_component(course=course, component_key="exam", by=teacher)
    seen = [ask(f"/results/{exam(course, student)}", sees=sees, scopes=READ).json()["result"] for sees in ("all", "released")]
    mid_term.shift(60)
    hide_component(course=course, component_key="exam", by=teacher)
    hidden = ask(f"/results/{exam(course, student)}", sees="released", scopes=READ).json()["result"]
    mark(student, None, teacher)
    cleared = ask(f"/results/{exam(course, student)}").json()["result"]

    assert [row["status"] for row in seen] == ["active", "active"]
    assert [row["status"] for row in (hidden, cleared)] == ["tobedeleted", "tobedeleted"]
    assert ("score" in hidden, "score" in cleared) == (False, False)
    assert hidden["dateLastModified"] > seen[1]["dateLastModified"]
    since = seen[0]["dateLastModified"]
    changed = ask(f"/results?filter=dateLastModified>'{since}' AND status='tobedeleted'").json()["results"]
    assert [row["sourcedId"] for row in changed] == [exam(course, student)]


def test_components_that_leave_the_policy_become_tobedeleted(ask, course, student):
    PolicyFactory(course=course, number=2, document=ece697il())
    path = f"/categories/category.{course.pk}.exam"

    gone = [ask(path).json()["category"], ask(f"/lineItems/lineitem.{course.pk}.exam.").json()["lineItem"]]
    assert [row["status"] for row in gone] == ["tobedeleted", "tobedeleted"]
    assert ask(f"/results/{exam(course, student)}", "put", {"result": {"score": 1}}).status_code == 404

    assert ask(f"/results/{exam(course, student)}").json()["result"]["status"] == "tobedeleted"

    PolicyFactory(course=course, number=3, document=with_exam())
    assert ask(path).json()["category"]["status"] == "active"
    assert ask(f"/results/{exam(course, student)}").json()["result"]["status"] == "active"


def test_pages_are_linked_and_hold_together(ask, course, student):
    EnrollmentFactory.create_batch(2, course=course)
    everything = ask("/results").json()["results"]
    address, found = "/results?limit=5&fields=sourcedId", []
    while address:
        response = ask(address)
        found += response.json()["results"]
        following = re.search(r'<http://testserver[^>]*v1p2([^>]*)>; rel="next"', response.get("Link", ""))
        address = following and following[1]
        assert response["X-Total-Count"] == str(len(everything))

    assert found == [{"sourcedId": row["sourcedId"]} for row in everything]
    assert "Link" not in ask("/results?limit=500")
    assert set(re.findall(r'rel="(\w+)"', ask("/results?limit=5&offset=5")["Link"])) == {
        "first", "last", "next", "prev",
    }  # fmt: skip


def test_class_routes_narrow(ask, course, student):
    other = EnrollmentFactory(course=course)
    of_class = f"/classes/class.{course.pk}"

    mine = ask(f"{of_class}/students/user.{student.user_id}/results").json()["results"]
    of_item = ask(f"{of_class}/lineItems/lineitem.{course.pk}.exam./results").json()["results"]

    assert {row["student"]["sourcedId"] for row in mine} == {f"user.{student.user_id}"}
    assert [row["sourcedId"] for row in of_item] == [exam(course, student), exam(course, other)]
    for name in ("categories", "lineItems", "results", "scoreScales"):
        assert ask(f"{of_class}/{name}").json() == ask(f"/{name}").json()
    assert ask("/schools/school/scoreScales").json() == ask("/scoreScales").json()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/results?filter=nonsense", 400, "invalid_filter_field"),
        ("/results?filter=grade='1'", 400, "invalid_filter_field"),
        ("/results?sort=grade", 400, "invalid_sort_field"),
        ("/results?fields=sourcedId,grade", 400, "invalid_selection_field"),
        ("/results?limit=0", 400, "invaliddata"),
        ("/results?offset=-1", 400, "invaliddata"),
        ("/results?orderBy=up", 400, "invaliddata"),
        ("/results/x", 404, "unknownobject"),
        ("/results/result.1.exam..99999999999999999999", 404, "unknownobject"),
        ("/classes/class.0/results", 404, "unknownobject"),
        ("/schools/other/scoreScales", 404, "unknownobject"),
        ("/enrollments", 404, "unknownobject"),
        ("/results/", 404, "unknownobject"),
        ("/", 404, "unknownobject"),
    ],
)
def test_errors_are_status_infos(ask, student, path, status, code):
    response = ask(path)

    assert (response.status_code, minor(response)) == (status, code)
    assert (response.json()["imsx_codeMajor"], response.json()["imsx_severity"]) == ("failure", "error")


def test_method_that_an_address_does_not_have_is_405_whatever_the_scopes(ask, course, student):
    for scopes in (READ, ALL):
        refused = [
            ask("/results", "post", {}, scopes=scopes),
            ask(f"/results/{exam(course, student)}", "patch", {}, scopes=scopes),
        ]
        assert [(answer.status_code, set(answer["Allow"].split(", "))) for answer in refused] == [
            (405, {"OPTIONS", "GET"}),
            (405, {"DELETE", "PUT", "OPTIONS", "GET"}),
        ]
        assert [answer.json()["imsx_codeMajor"] for answer in refused] == ["failure", "failure"]


def test_page_beyond_the_last_leads_back_to_it(ask, course, student):
    total = int(ask("/results")["X-Total-Count"])

    response = ask(f"/results?limit=5&offset={total + 100}")

    assert response.json() == {"results": []}
    assert re.findall(r'offset=(\d+)>; rel="prev"', response["Link"]) == [str((total - 1) // 5 * 5)]


def test_scopes_of_the_specification_hold(ask, course, student):
    core = [MachineScope.CORE_READ]
    path = f"/results/{exam(course, student)}"

    assert [ask(f"/{name}", scopes=core).status_code for name in ("categories", "results", "scoreScales")] == [200, 200, 403]
    for method, body in (("put", {"result": {"score": 1}}), ("delete", None)):
        assert ask(path, method, body, scopes=READ).status_code == 403
    assert ask("/results", scopes=[MachineScope.GRADES_READ]).status_code == 403
    assert Mark.objects.count() == 0


def test_client_of_another_course_and_persons_get_nothing(client, course, student, teacher):
    _, header = access_to(CourseFactory(), scopes=ALL)
    TokenFactory(user=teacher, secret="cp_teacher", scopes=["grades:write"])
    TokenFactory(user=student.user, secret="cp_student", scopes=["grades:read"])
    path = f"{BASE}/results/{exam(course, student)}"

    assert client.get(path, headers=header).status_code == 404
    assert client.delete(path, headers=header).status_code == 404
    assert client.get(f"{BASE}/results", headers=header).json() == {"results": []}
    for secret in ("cp_teacher", "cp_student"):
        assert client.get(f"{BASE}/results", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_put_sets_the_mark_and_answers_with_it(ask, course, student):
    path = f"/results/{exam(course, student)}"

    response = ask(path, "put", {"result": {"score": 41.5, "comment": "Good.", "scoreStatus": "fully graded"}})

    mark = Mark.objects.get()
    assert (response.status_code, response.json()["result"]["score"]) == (201, 41.5)
    assert (mark.points, mark.comment, mark.marked_by.name, mark.changes.count()) == (
        Decimal("41.50"), "Good.", "Sync 0 (program)", 1,
    )  # fmt: skip
    assert ask(path, "put", {"result": ask(path).json()["result"]}).status_code == 201
    assert mark.changes.count() == 1
    assert (ask(path, "delete").status_code, ask(path, "delete").status_code) == (204, 204)
    mark.refresh_from_db()
    assert (mark.points, [change.reason for change in mark.changes.all()]) == (None, ["Set through OneRoster"] * 2)


def test_put_does_not_overwrite_a_mark_unseen(ask, course, student, teacher, mid_term):
    path = f"/results/{exam(course, student)}"
    old = ask(path).json()["result"]
    mid_term.shift(60)
    mark(student, "30", teacher)

    refused = [
        ask(path, "put", {"result": body})
        for body in ({"score": 41}, {"score": 41, "dateLastModified": old["dateLastModified"]})
    ]
    seen = ask(path).json()["result"] | {"score": 41}

    assert [response.status_code for response in refused] == [409, 409]
    assert ask(path, "put", {"result": seen}).status_code == 201
    assert Mark.objects.get().points == 41


@pytest.mark.parametrize(
    ("body", "status", "major"),
    [
        ({"score": 51}, 409, "failure"),
        ({"score": -1}, 409, "failure"),
        ({"score": 1.005}, 409, "failure"),
        ({"score": "NaN"}, 409, "failure"),
        ({"score": None}, 400, "failure"),
        ({"score": True}, 400, "failure"),
        ({}, 400, "failure"),
        ({"score": 1, "comment": 7}, 400, "failure"),
        ({"score": 1, "lineItem": {"sourcedId": "other"}}, 400, "failure"),
        ({"score": 1, "status": "gone"}, 400, "failure"),
        ({"score": 1, "sourcedId": "result.of.another"}, 400, "failure"),
        ({"score": 1, "scoreStatus": "exempt"}, 403, "unsupported"),
        ({"score": 1, "late": "true"}, 403, "unsupported"),
        ({"score": 1, "textScore": "A"}, 403, "unsupported"),
    ],
)
def test_put_refuses_what_the_portal_cannot_keep(ask, course, student, body, status, major):
    response = ask(f"/results/{exam(course, student)}", "put", {"result": body})

    assert (response.status_code, response.json()["imsx_codeMajor"]) == (status, major)
    assert Mark.objects.count() == 0


def test_only_marks_can_be_written(ask, course, student):
    review = reviewed(student, key="rammer")
    total = f"/results/result.{course.pk}.~total.final.{student.pk}"
    talk = f"/results/result.{course.pk}.presentation..{student.pk}"

    assert [ask(path, "put", {"result": {"score": 1}}).status_code for path in (total, talk)] == [403, 403]
    assert ask(f"/results/result.{course.pk}.reviews.rammer.{student.pk}", "put", {"result": {"score": 7}}).status_code == 201
    assert Mark.objects.get().review == review
    for path, method in [
        (f"/lineItems/lineitem.{course.pk}.exam.", "put"),
        (f"/lineItems/lineitem.{course.pk}.exam.", "delete"),
        (f"/classes/class.{course.pk}/lineItems", "post"),
        ("/schools/school/lineItems", "post"),
        (f"/categories/category.{course.pk}.exam", "delete"),
    ]:
        response = ask(path, method, {} if method != "delete" else None)
        assert (response.status_code, response.json()["imsx_codeMajor"]) == (403, "unsupported")


def test_post_results_are_all_taken_or_none(ask, course, student):
    other = EnrollmentFactory(course=course)

    def results(*scores):
        people = (student, other)
        return {
            "results": [
                {"sourcedId": f"mine-{n}", "student": {"sourcedId": f"user.{person.user_id}"}, "score": score}
                for n, (person, score) in enumerate(zip(people, scores, strict=True))
            ]
        }

    path = f"/lineItems/lineitem.{course.pk}.exam./results"
    refused = ask(f"/lineItems/class.{course.pk}/results", "post", results(40, 30))
    too_much = ask(path.replace("lineItems/", "lineItems/"), "post", results(40, 99))
    assert (refused.status_code, too_much.status_code, Mark.objects.count()) == (404, 409, 0)

    taken = ask(path, "post", results(40, 30))

    assert taken.status_code == 201
    assert taken.json()["sourcedIdPairs"][1] == {
        "suppliedSourcedId": "mine-1",
        "allocatedSourcedId": exam(course, other),
    }
    assert set(Mark.objects.values_list("enrollment", "points")) == {(student.pk, Decimal(40)), (other.pk, Decimal(30))}


def test_post_session_results_name_their_line_item(ask, course, student):
    one = {
        "lineItem": {"sourcedId": f"lineitem.{course.pk}.exam."},
        "student": {"sourcedId": f"user.{student.user_id}"},
        "score": 40,
    }
    path = f"/classes/class.{course.pk}/academicSessions/session.{course.pk}/results"

    assert ask(path, "post", {"results": [one]}).status_code == 201
    assert ask(path.replace(f"session.{course.pk}", "session.0"), "post", {"results": [one]}).status_code == 404
    assert Mark.objects.get().points == 40


def test_pulls_are_in_the_access_log_of_each_course(client, course, student, teacher):
    second = course_with_policy()
    EnrollmentFactory(course=second, user=teacher, role="instructor")
    EnrollmentFactory(course=second)
    _, header = access_to(course, second, by=teacher, scopes=READ, sees="released")

    total = client.get(f"{BASE}/results?fields=score", headers=header)["X-Total-Count"]

    rows = dict(Pull.objects.values_list("course_id", "rows"))
    assert set(rows) == {course.pk, second.pk}
    assert sum(rows.values()) == int(total)


@pytest.mark.parametrize("count", [1, 3])
def test_results_take_constant_queries(client, course, teacher, count, django_assert_num_queries):
    for student in EnrollmentFactory.create_batch(count, course=course):
        mark(student, "8", teacher, review=reviewed(student))
    _, header = access_to(course, by=teacher, scopes=READ, sees="all")
    client.get(f"{BASE}/results", headers=header)

    with django_assert_num_queries(29):
        client.get(f"{BASE}/results", headers=header)
