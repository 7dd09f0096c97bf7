"""Who takes grades out and brings marks in: totals are the instructor's, marks also an assistant's."""

from gradefiles.models import GradeImport
from tests.access import Row, in_course
from tests.factories import PolicyFactory, UserFactory
from tests.grading.examples import one_component

STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
INSTRUCTOR = {"student": 403, "other": 403, "assistant": 403, "instructor": 200}
OTHERS = {"student": 403, "other": 403, "assistant": 404}  # an import that the instructor's colleague made
API = {"anonymous": 401}
TEXT = {"text": "email,Only\n"}


def with_policy(course, student):
    PolicyFactory(course=course, document=one_component(source="manual"))
    return in_course(course, student)


def kind(name):
    def make(course, student):
        return {**with_policy(course, student), "kind": name}

    return make


def with_import(state: str):
    def make(course, student):
        somebody = UserFactory()
        run = GradeImport.objects.create(
            course=course,
            file_name="marks.csv",
            file_digest="0",
            content=b"email\n",
            state=state,
            plan={"faults": [], "changes": [], "unknown": [], "free": [], "students": {}, "columns": {}, "kind": "marks"},
            plan_digest="1",
            created_by=somebody,
            applied_by=somebody,
            applied_at="2021-09-20T12:00:00Z",
        )
        return {**in_course(course, student), "pk": run.pk}

    return make


ROWS: list[Row] = [
    Row("gradefiles:files_home", **STAFF),
    Row("gradefiles:files_home", **STAFF | {"assistant": 302, "instructor": 302}, method="post", data=TEXT, make=with_policy),
    Row("gradefiles:export_download", **INSTRUCTOR, make=kind("grades.xlsx")),
    Row("gradefiles:export_download", **INSTRUCTOR, make=kind("canvas.csv")),
    Row("gradefiles:export_download", **STAFF, make=kind("marks.csv")),
    Row("gradefiles:export_download", **INSTRUCTOR | {"instructor": 404}, make=kind("nothing")),
    Row("gradefiles:import_detail", **OTHERS, instructor=200, make=with_import("ready")),
    Row("gradefiles:import_progress", **OTHERS, instructor=302, make=with_import("ready")),
    Row("gradefiles:import_columns", **OTHERS, instructor=302, method="post", make=with_import("ready")),
    Row("gradefiles:import_columns", 405, 405, 405, 405, outsider=405, make=with_import("ready")),
    Row("gradefiles:import_apply", **OTHERS, instructor=302, method="post", make=with_import("ready")),
    Row("gradefiles:import_apply", 405, 405, 405, 405, outsider=405, make=with_import("ready")),
    Row("gradefiles:import_undo", **OTHERS, instructor=302, method="post", make=with_import("applied")),
    Row("gradefiles:import_undo", 405, 405, 405, 405, outsider=405, make=with_import("applied")),
    Row("api:grade_export", **INSTRUCTOR, make=kind("grades.csv"), **API),
    Row("api:grade_export", **STAFF, make=kind("marks.xlsx"), **API),
    Row("api:grade_import_list", **STAFF, **API),
    Row("api:grade_import_list", **STAFF, method="post", json=True, data=TEXT, make=with_policy, **API),
    Row(
        "api:grade_import_columns",
        **OTHERS,
        instructor=200,
        method="post",
        json=True,
        data={"columns": {}},
        make=with_import("ready"),
        **API,
    ),  # fmt: skip
    Row("api:grade_import_detail", **OTHERS, instructor=200, make=with_import("ready"), **API),
    Row(
        "api:grade_import_apply",
        **OTHERS,
        instructor=412,
        method="post",
        json=True,
        data={"digest": "2"},
        make=with_import("ready"),
        **API,
    ),  # fmt: skip
    Row("api:grade_import_undo", **OTHERS, instructor=200, method="post", make=with_import("applied"), **API),
]
