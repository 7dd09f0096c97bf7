"""The change feed: everybody's grades once, and from then on only what changed."""

from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import LinkedPagination, page_size_of, problem, with_etag
from feed.actions.publish import publish_changes
from feed.models import Stream
from feed.policies import stream_owner
from feed.queries.reading import Change, Cursor, CursorGone, NotACursor, OfAnotherStream, Page, page_after, read_cursor
from grading.api.schema import (
    TOTAL_SET_HELP,
    ComponentLineSerializer,
    GradedStudentSerializer,
    GradeTreeSerializer,
    number,
)
from grading.policies import audience_of, require_graded
from grading.presenting import present, summarise
from grading.queries import Grade, grades_of

WORDS = {"true": True, "false": False}
GONE = (
    "This cursor is not known any longer: the portal was set back to an older backup. "
    "Pull without `since`, and put what you have aside."
)


class WithdrawnSerializer(serializers.Serializer):
    component = serializers.CharField()
    how = serializers.ChoiceField(
        choices=["cleared", "hidden", "removed"],
        help_text="cleared: there are no points any longer; hidden: students see it no longer; removed: the policy has no such",
    )


class PublishedGradeSerializer(serializers.Serializer):
    components = ComponentLineSerializer(many=True)
    total_so_far = number(allow_null=True)
    total_final = number(allow_null=True)
    out_of = number()
    letter = serializers.CharField(allow_blank=True)
    letter_final = serializers.CharField(allow_blank=True)
    total_is_set = serializers.BooleanField(help_text=TOTAL_SET_HELP)
    changed_at = serializers.DateTimeField()


class GradeChangeSerializer(serializers.Serializer):
    student = GradedStudentSerializer()
    change = serializers.ChoiceField(
        choices=["set", "gone"], help_text="gone: the student has left, forget the grade; set: it is `grade` from now on"
    )
    changed = serializers.ListField(
        child=serializers.ChoiceField(choices=["grade", "policy", "release"]),
        help_text="What differs from what you have; empty of a student whom you do not have yet",
    )
    withdrawn = WithdrawnSerializer(many=True, help_text="Components that you may have and that are not there any longer")
    policy_version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    grade = PublishedGradeSerializer(allow_null=True, help_text="null when the student is gone")
    explanation = GradeTreeSerializer(
        required=False, allow_null=True, help_text="With explain=true: the grade with everything it came from"
    )


class ChangesSerializer(serializers.Serializer):
    results = GradeChangeSerializer(many=True)
    cursor = serializers.CharField(help_text="Keep it once `results` are stored, and send it as `since` the next time")
    next = serializers.URLField(allow_null=True, help_text="There is more: follow it as it is")


PARAMETERS = [
    OpenApiParameter("since", str, description="`cursor` of your last answer; left out: everybody as they are now"),
    OpenApiParameter("explain", bool, description="With the whole explanation of each grade"),
    OpenApiParameter(
        "page_size", int, description=f"{LinkedPagination.page_size} when left out, {LinkedPagination.max_page_size} at most"
    ),
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have; 304 when it still holds"),
]


@extend_schema(
    operation_id="courses_grades_changes",
    summary="What changed since a cursor: grades, releases, policy, and who left",
    description="An instructor gets every student with all marks, a student their own released grade. The answer has all "
    "that was committed before the request.",
    parameters=PARAMETERS,
    responses={
        200: ChangesSerializer,
        304: OpenApiResponse(),
        410: OpenApiResponse(description="The cursor is older than a restored backup; pull without `since`"),
    },
)
@api_view(["GET"])
def grade_changes(request, course_slug):
    """The one GET that writes: it adds to the feed what nobody has told it of yet, which asking again does not do twice."""
    reader = require_graded(request.user, course_slug)
    explains, size = _flag(request, "explain"), page_size_of(request.query_params)
    stream = publish_changes(course=reader.course, student=stream_owner(reader))
    try:
        cursor = _cursor(request, stream)
    except CursorGone:
        return problem(410, title="Gone", detail=GONE, code="cursor_gone")
    page = page_after(stream, cursor, size)
    trees = _trees(reader, page) if explains else None
    text = page.cursor.text(stream)
    data = {
        "results": [_row(change, trees) for change in page.changes],
        "cursor": text,
        "next": _address(request, text) if page.has_more else None,
    }
    return with_etag(request, Response(data))


grade_changes.cls.scope_resource = "grades"


def _cursor(request, stream: Stream) -> Cursor | None:
    text = request.query_params.get("since")
    if text is None:
        return None
    try:
        return read_cursor(stream, text)
    except NotACursor:
        words = "This is not a cursor of ours; send `cursor` of your last answer as it is."
        raise ValidationError({"since": [words]}) from None
    except OfAnotherStream:
        words = "This cursor is of another course or of another person's view; pull without `since` to get one for this."
        raise ValidationError({"since": [words]}) from None


def _flag(request, name: str) -> bool:
    value = request.query_params.get(name, "false")
    if value.lower() not in WORDS:
        raise ValidationError({name: [f"Expected true or false, found {value or 'nothing'}."]})
    return WORDS[value.lower()]


def _address(request, cursor: str) -> str:
    query = {name: request.query_params[name] for name in ("explain", "page_size") if name in request.query_params}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query | {'since': cursor})}")


def _trees(reader, page: Page) -> dict[int, Grade]:
    """The grades as they are at this moment: newer than the entry if something came in between, which the next pull repeats."""
    ids = [change.entry.enrollment_id for change in page.changes if not change.entry.is_gone]
    return grades_of(reader.course, audience=audience_of(reader), enrollment_ids=ids)


def _row(change: Change, trees: dict[int, Grade] | None) -> dict:
    entry, user = change.entry, change.entry.enrollment.user
    student = {"id": entry.enrollment_id, "email": user.email, "name": user.name, "section": entry.enrollment.section}
    row = {
        "student": student,
        "change": "gone" if entry.is_gone else "set",
        "changed": change.kinds,
        "withdrawn": [{"component": each.component, "how": each.how} for each in change.withdrawn],
        "policy_version": entry.policy_version,
        "published_at": entry.published_at,
        "grade": entry.grade,
    }
    if trees is None:
        return row
    grade = trees.get(entry.enrollment_id)
    if grade and not entry.is_gone:
        # One moment's grade, in short and at length.
        row |= {"grade": summarise(grade), "policy_version": grade.policy_number}
    return row | {"explanation": {"student": student, **present(grade)} if grade else None}
