"""The addresses under /ims/oneroster/gradebook/v1p2. Everything is asked of the courses that the client reaches, no other."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from rest_framework.response import Response

from courses.models import Course, Enrollment, Role
from courses.policies import courses_of_machine
from grading.queries.marks import Audience
from machines.models import Sees
from oneroster import ids, writing
from oneroster.filtering import BadQuery, Page, narrowed, paged
from oneroster.gradebook import (
    Book,
    categories_of,
    current_results_of,
    line_items_of,
    read_book,
    results_of,
    score_scales_of,
)
from oneroster.service import Unsupported, service

LISTS: dict[str, Callable[[Book], list[dict]]] = {
    "categories": categories_of,
    "lineItems": line_items_of,
    "results": results_of,
    "scoreScales": score_scales_of,
}
ONE = {"categories": "category", "lineItems": "lineItem", "results": "result", "scoreScales": "scoreScale"}
WORDS = {"categories": "categories", "lineItems": "line items", "scoreScales": "score scales"}
NOT_OURS = (
    "In this portal {what} come from the course's grading policy and its calendar, which other systems do not change."
    " Nothing was changed."
)


def audience_of(request) -> Audience:
    """Chosen when the client was made: what students see, or every mark."""
    return "staff" if request.auth.client.sees == Sees.ALL else "student"


def base_of(request) -> str:
    return request.build_absolute_uri(reverse("oneroster:base")).rstrip("/")


def _book(request, course: Course, only: list[int] | None = None) -> Book:
    return read_book(course, audience=audience_of(request), base=base_of(request), only=only)


def find_course(request, sourced_id: str, kind: str = "class") -> Course:
    named = ids.read_id(sourced_id)
    course = courses_of_machine(request.user).filter(pk=named.course).first() if named.kind == kind else None
    if course is None:
        raise Http404(f"No such {kind}.")
    return course


def _answer(request, collection: str, rows_of: dict[int, list[dict]]) -> Response:
    """`rows_of` is {course id: rows}; the access log is told how many of whose are on the page."""
    query = _query(request)
    page = paged([row for rows in rows_of.values() for row in rows], collection, query)
    of_course = Counter(ids.read_id(row["sourcedId"]).course for row in page.rows)
    shown = narrowed(page.rows, collection, query)
    response = Response({collection: shown}, headers={"X-Total-Count": str(page.total)})
    if links := _links(request, page):
        response["Link"] = links
    response["Cache-Control"] = "private, no-cache"
    response.pulled_courses = of_course or dict.fromkeys(rows_of, 0)
    response.pulled_scope = "oneroster"
    return response


def _query(request) -> dict[str, str]:
    query = request.query_params.dict()
    if any("\x00" in value for value in query.values()):
        raise BadQuery("The query has a NUL character.", "invaliddata")
    return query


def _links(request, page: Page) -> str:
    last = max(page.total - 1, 0) // page.limit * page.limit
    offsets = {"first": 0, "last": last}
    if page.offset:
        offsets["prev"] = min(max(page.offset - page.limit, 0), last)
    if page.offset + page.limit < page.total:
        offsets["next"] = page.offset + page.limit
    if len(offsets) == 2 and not page.total > page.limit:
        return ""
    query = request.query_params.dict()

    def address(offset: int) -> str:
        query_of_page = urlencode(query | {"limit": page.limit, "offset": offset})
        return request.build_absolute_uri(f"{request.path}?{query_of_page}")

    return ", ".join(f'<{address(offset)}>; rel="{name}"' for name, offset in offsets.items())


def collection_view(collection: str):
    @service("GET", needs_full_reading=collection == "scoreScales")
    def view(request):
        courses = courses_of_machine(request.user)
        return _answer(request, collection, {course.pk: LISTS[collection](_book(request, course)) for course in courses})

    return view


def class_view(collection: str):
    @service("GET", needs_full_reading=collection == "scoreScales")
    def view(request, class_id):
        course = find_course(request, class_id)
        return _answer(request, collection, {course.pk: LISTS[collection](_book(request, course))})

    return view


@service("GET", "POST")
def class_line_items(request, class_id):
    course = find_course(request, class_id)
    if request.method == "POST":
        raise Unsupported(NOT_OURS.format(what="line items"))
    return _answer(request, "lineItems", {course.pk: line_items_of(_book(request, course))})


@service("POST")
def school_line_items(request, school_id):
    _check_school(school_id)
    raise Unsupported(NOT_OURS.format(what="line items"))


@service("GET", needs_full_reading=True)
def school_score_scales(request, school_id):
    _check_school(school_id)
    courses = courses_of_machine(request.user)
    return _answer(request, "scoreScales", {course.pk: score_scales_of(_book(request, course)) for course in courses})


def _check_school(school_id: str) -> None:
    if school_id != ids.SCHOOL:
        raise Http404("No such school.")


@service("GET")
def class_line_item_results(request, class_id, line_item_id):
    course = find_course(request, class_id)
    book = _book(request, course)
    if line_item_id not in {row["sourcedId"] for row in line_items_of(book)}:
        raise Http404("No such line item in this class.")
    rows = [row for row in results_of(book) if row["lineItem"]["sourcedId"] == line_item_id]
    return _answer(request, "results", {course.pk: rows})


@service("GET")
def class_student_results(request, class_id, student_id):
    course = find_course(request, class_id)
    kind, _, number = student_id.partition(".")
    was_or_is = Q(is_active=True, role=Role.STUDENT) | Q(left_at__isnull=False)
    students = Enrollment.objects.filter(was_or_is, course=course)
    known = kind == "user" and number.isascii() and number.isdigit() and len(number) < 18
    student = students.filter(user=int(number)).first() if known else None
    if student is None:
        raise Http404("No such student in this class.")
    return _answer(request, "results", {course.pk: results_of(_book(request, course, [student.pk]))})


def single_view(collection: str):
    kind = ONE[collection]

    @service("GET", "PUT", "DELETE", needs_full_reading=collection == "scoreScales")
    def view(request, sourced_id):
        named, row = _find(request, collection, sourced_id)
        if request.method == "GET":
            return _single(request, collection, row, named.course)
        if collection != "results":
            raise Unsupported(NOT_OURS.format(what=WORDS[collection]))
        if request.method == "DELETE":
            writing.clear(named=named, row=row, by=request.user)
            return Response(status=204)
        writing.write_all([(named, row, writing.read_one(request.data, kind, sourced_id))], by=request.user)
        _, row = _find(request, collection, sourced_id)
        return Response({kind: row}, status=201)

    return view


def _find(request, collection: str, sourced_id: str) -> tuple[ids.Named, dict]:
    named = ids.read_id(sourced_id)
    course = courses_of_machine(request.user).filter(pk=named.course).first()
    only = [named.enrollment] if collection == "results" else None
    # What is gone for good can be read, and not written.
    rows_of = current_results_of if collection == "results" and request.method != "GET" else LISTS[collection]
    rows = rows_of(_book(request, course, only)) if course else []
    row = next((row for row in rows if row["sourcedId"] == sourced_id), None)
    if row is None:
        raise Http404(f"No such {ONE[collection]}.")
    return named, row


def _single(request, collection: str, row: dict, course: int) -> Response:
    (shown,) = narrowed([row], collection, _query(request))
    response = Response({ONE[collection]: shown})
    response["Cache-Control"] = "private, no-cache"
    response.pulled_courses = {course: 1}
    response.pulled_scope = "oneroster"
    return response


@service("GET", "PUT", "POST", "DELETE")
def unknown_address(request, rest=""):
    """Whatever else is asked for below the service's address; refused in its own shape, and only to those it lets in."""
    raise Http404("The service has no such address.")


@service("POST")
def line_item_results(request, line_item_id):
    """Marks for several students of one line item; all of them or none."""
    course = find_course(request, line_item_id, "lineitem")
    return _post_results(request, course, line_item_id)


@service("POST")
def session_results(request, class_id, session_id):
    course = find_course(request, class_id)
    if session_id != ids.session_id(course):
        raise Http404("No such academic session of this class.")
    return _post_results(request, course, None)


def _post_results(request, course: Course, line_item_id: str | None) -> Response:
    given = writing.read_many(request.data)
    rows = {
        (row["lineItem"]["sourcedId"], row["student"]["sourcedId"]): row for row in current_results_of(_book(request, course))
    }
    writes, pairs = [], []
    for one in given:
        place = (line_item_id or writing.reference(one, "lineItem"), writing.reference(one, "student"))
        if place not in rows:
            raise Http404(f"The student {place[1]} has no result for the line item {place[0]} in this class.")
        row = rows[place]
        writes.append((ids.read_id(row["sourcedId"]), row, one))
        pairs.append({"suppliedSourcedId": str(one.get("sourcedId", "")), "allocatedSourcedId": row["sourcedId"]})
    writing.write_all(writes, by=request.user)
    return Response({"sourcedIdPairs": pairs}, status=201)
