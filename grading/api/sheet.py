"""The mark sheet over REST: its rows, marks in bulk, and undoing them. The page's script enters single cells through these."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import ReasonSerializer, asks_for_dry_run, problem
from courses.policies import require_staff
from grading import actions
from grading.actions.entries import Step
from grading.queries.entries import MAX_ENTRIES, Planned, Wanted, plan_entries
from grading.queries.sheet import ROWS_A_PAGE, Asked, Row, sheet_of
from grading.queries.sheet.blind import BlindRow

WORK_HELP = "The work's address, such as review-12; as `work` in marks and in the sheet"


class SheetColumnSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    out_of = serializers.DecimalField(max_digits=7, decimal_places=2)
    date = serializers.DateField(source="when", allow_null=True)
    expected = serializers.CharField(help_text="What may be entered, in words")


class SheetCellSerializer(serializers.Serializer):
    column = serializers.CharField(source="column.key")
    work = serializers.CharField(source="place.work", help_text='"" where there is nothing to mark')
    title = serializers.CharField(source="place.title", help_text="Of a presentation: which it is")
    value = serializers.CharField(help_text="The mark as it would be entered, in the words of its scale")
    points = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    revision = serializers.IntegerField(help_text="0 before there is a mark")
    signs = serializers.ListField(child=serializers.CharField(), help_text="Such as missing, late, excused, not released")
    is_open = serializers.BooleanField(help_text="Whether a mark can be entered")
    why_not = serializers.CharField(source="place.why_not")


class SheetRowSerializer(serializers.Serializer):
    student = serializers.IntegerField(source="student.pk")
    name = serializers.CharField(source="student.user.name")
    email = serializers.CharField(source="student.user.email")
    section = serializers.CharField(source="student.section")
    team = serializers.CharField()
    cells = SheetCellSerializer(many=True)
    earned = serializers.SerializerMethodField(help_text="Of the component so far; null for assistants, and before any counts")
    out_of = serializers.SerializerMethodField(help_text="Null for assistants, and where the track has no such component")
    note = serializers.CharField(source="note.text", default="", help_text="The staff's note about the student")

    def get_earned(self, row: Row) -> str | None:
        return str(row.earned) if self.context["shows_results"] and row.earned is not None else None

    def get_out_of(self, row: Row) -> str | None:
        return str(row.out_of) if self.context["shows_results"] and row.out_of is not None else None


class BlindWorkSerializer(serializers.Serializer):
    column = serializers.CharField(source="group")
    work = serializers.CharField(help_text="Its address for marking, also in bulk; it tells nothing of whose it is")
    name = serializers.CharField(source="who", help_text="What it is called until its mark is released")
    value = serializers.CharField(help_text="The mark as it would be entered")
    points = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    revision = serializers.IntegerField(help_text="0 before there is a mark")
    signs = serializers.ListField(child=serializers.CharField(), help_text="Such as late, handed in anew")
    note = serializers.CharField(help_text="Such as late")
    is_changed = serializers.BooleanField(help_text="Handed in anew since it was marked")


class MarkSheetSerializer(serializers.Serializer):
    component = serializers.CharField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    students = serializers.IntegerField(help_text="On all pages")
    columns = SheetColumnSerializer(many=True)
    rows = SheetRowSerializer(many=True)
    without_names = BlindWorkSerializer(
        many=True,
        help_text="What is marked without names and not released, in an order that tells nothing; the same whatever is asked",
    )


@extend_schema(
    summary="One component's single marks, students × work (staff)",
    description="Of the students whose work one marks; for components whose work people mark.",
    operation_id="mark_sheet_retrieve",
    parameters=[
        OpenApiParameter("page", int),
        OpenApiParameter("rows", int, enum=sorted(ROWS_A_PAGE), description=f"A page; {ROWS_A_PAGE[0]} when left out"),
        OpenApiParameter("name", str, description="Only students whose name or email has this"),
        OpenApiParameter("section", str),
        OpenApiParameter("student", int, many=True, description="Only these students"),
    ],
    responses=MarkSheetSerializer,
)
@api_view(["GET"])
def mark_sheet(request, course_slug, component_key):
    marker = require_staff(request.user, course_slug)
    only = [int(pk) for pk in request.query_params.getlist("student") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    sheet = sheet_of(marker, component_key, Asked.of(request.query_params), only=only or None)
    shown = {
        "component": sheet.leaf.key,
        "page": sheet.page.number,
        "pages": sheet.page.paginator.num_pages,
        "students": sheet.page.paginator.count,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "without_names": [_blind(row) for part in sheet.blind for row in part.rows],
    }
    return Response(MarkSheetSerializer(shown, context={"shows_results": sheet.shows_results}).data)


def _blind(row: BlindRow) -> dict:
    entry, cell = row
    said = {"group": entry.group, "work": entry.work, "who": entry.who, "note": entry.note, "is_changed": entry.is_changed}
    return said | {"value": cell.value, "points": cell.points, "revision": cell.revision, "signs": cell.signs}


class BulkEntrySerializer(serializers.Serializer):
    student = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, allow_null=True, default=None, help_text="Left out for work without a name"
    )
    work = serializers.CharField(max_length=120, help_text=WORK_HELP)
    value = serializers.CharField(
        max_length=60,
        allow_blank=True,
        help_text="Points, percent, a symbol or 2+1+0, as the component says; blank clears",
    )
    revision = serializers.IntegerField(min_value=0, help_text="Of the mark that it replaces; 0 for the first")


class BulkMarksSerializer(ReasonSerializer):
    marks = BulkEntrySerializer(many=True, allow_empty=False, max_length=MAX_ENTRIES)


class BulkCurrentSerializer(serializers.Serializer):
    """The mark as it stands, or as it would."""

    value = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    marked_by = serializers.CharField(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)


class BulkErrorSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="Of the entry, from 0")
    field = serializers.CharField()
    code = serializers.CharField(help_text="no_student, no_work, not_a_mark, stale_version, contradicts, anonymous, …")
    message = serializers.CharField()
    current = BulkCurrentSerializer(allow_null=True)


class BulkResultSerializer(serializers.Serializer):
    index = serializers.IntegerField()
    student = serializers.IntegerField(allow_null=True)
    work = serializers.CharField()
    changed = serializers.BooleanField(help_text="False where this stands already")
    before = serializers.CharField(allow_blank=True, help_text="In a dry run: what stands now")
    value = serializers.CharField(allow_blank=True)
    points = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(help_text="Of the mark as it now stands")


class BulkAnswerSerializer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    changed = serializers.IntegerField()
    marks = BulkResultSerializer(many=True)
    errors = BulkErrorSerializer(many=True, help_text="In a dry run: every entry that could not be taken")


@extend_schema(
    summary="Set many marks, all or none (staff)",
    description=f"At most {MAX_ENTRIES:,}. Comments stay as they are. With `dry_run` nothing is changed, and the answer says "
    "what would be. Where an entry cannot be taken nothing is changed: 409, with every such entry in `errors`.",
    operation_id="marks_bulk_set",
    parameters=[OpenApiParameter("dry_run", bool)],
    request=BulkMarksSerializer,
    responses={
        200: BulkAnswerSerializer,
        409: OpenApiResponse(description="`errors` names every bad entry"),
    },
)
@api_view(["POST"])
def mark_bulk(request, course_slug):
    marker = require_staff(request.user, course_slug)
    dry_run = asks_for_dry_run(request)
    asked = BulkMarksSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    wanted = [Wanted(**entry) for entry in asked.validated_data["marks"]]
    if dry_run:
        return Response(_answer(plan_entries(marker, wanted), dry_run=True))
    try:
        plan = actions.enter_marks(marker=marker, wanted=wanted, reason=asked.validated_data["reason"])
    except actions.BadEntries as refusal:
        return problem(409, title="Conflict", detail=refusal.message, code=refusal.code, errors=_errors(refusal.plan))
    return Response(_answer(plan, dry_run=False))


def _answer(plan: list[Planned], *, dry_run: bool) -> dict:
    good = [(index, planned) for index, planned in enumerate(plan) if planned.refusal is None]
    shown = {
        "dry_run": dry_run,
        "changed": sum(planned.is_change for _, planned in good),
        "marks": [_result(index, planned, dry_run=dry_run) for index, planned in good],
        "errors": _errors(plan),
    }
    return BulkAnswerSerializer(shown).data


def _result(index: int, planned: Planned, *, dry_run: bool) -> dict:
    mark = planned.mark
    points = planned.given.points if planned.given else mark.points if mark else None
    return {
        "index": index,
        "student": planned.wanted.student,
        "work": planned.wanted.work,
        "changed": planned.is_change,
        "before": planned.before,
        "value": planned.after,
        "points": None if points is None else format(points.normalize(), "f"),
        "revision": planned.revision,
    }


def _errors(plan: list[Planned]) -> list[dict]:
    return [
        {
            "index": index,
            "field": planned.refusal.field,
            "code": planned.refusal.code,
            "message": planned.refusal.words,
            "current": _current(planned),
        }
        for index, planned in enumerate(plan)
        if planned.refusal
    ]


def _current(planned: Planned) -> dict | None:
    if planned.work is None or planned.refusal.code == "anonymous":
        return None  # of work without a name, what stands is told under its random address only
    mark = planned.mark
    return {
        "value": planned.stands,
        "revision": planned.revision,
        "marked_by": mark.marked_by.name if mark else None,
        "changed_at": mark.changed_at if mark else None,
    }


class UndoStepSerializer(serializers.Serializer):
    work = serializers.CharField(max_length=120, help_text=WORK_HELP)
    revision = serializers.IntegerField(min_value=1, help_text="That the mark has had since one's entry, as its answer said")


class UndoSerializer(serializers.Serializer):
    marks = UndoStepSerializer(many=True, allow_empty=False, max_length=MAX_ENTRIES)


class UndoneSerializer(serializers.Serializer):
    work = serializers.CharField()
    points = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField()


class KeptMarkSerializer(serializers.Serializer):
    work = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()


class UndoAnswerSerializer(serializers.Serializer):
    back = UndoneSerializer(many=True)
    kept = KeptMarkSerializer(many=True, help_text="Changed since, so left as they are")


@extend_schema(
    summary="Put back what stood before one's own entries (staff)",
    description="As new changes in the history. A mark that has changed since is kept as it is, and named.",
    operation_id="marks_undo",
    request=UndoSerializer,
    responses={200: UndoAnswerSerializer},
)
@api_view(["POST"])
def mark_undo(request, course_slug):
    marker = require_staff(request.user, course_slug)
    asked = UndoSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    undone = actions.undo_marks(marker=marker, steps=[Step(**step) for step in asked.validated_data["marks"]])
    back = [
        {
            "work": work,
            "points": None if mark.points is None else format(mark.points.normalize(), "f"),
            "revision": mark.revision,
        }
        for work, mark in undone.back.items()
    ]
    kept = [kept._asdict() for kept in undone.kept]
    return Response(UndoAnswerSerializer({"back": back, "kept": kept}).data)


for view in (mark_sheet, mark_bulk, mark_undo):
    view.cls.scope_resource = "grades"
    view.cls.pulls_grades = False
