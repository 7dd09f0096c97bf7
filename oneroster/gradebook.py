"""One course as OneRoster's categories, line items, results and score scale, from the grades that our own API shows.

A component of the policy is a category. Its line items are the pieces of work that everybody has (a paper, a milestone, a
meeting); where everybody has their own (talks, comments), the component is one line item. Two more hold the totals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from courses.models import Course, Enrollment
from grading import engine
from grading.engine import Item, Node, State
from grading.presenting import exact_decimal
from grading.queries import Grade, grades_of, read_in_force
from grading.queries.marks import Audience
from oneroster import ids
from oneroster.marks import Stamp, stamps_of
from oneroster.withdrawn import Withdrawn, Works, left_of, withdrawn_of

Row = dict[str, Any]
ONE_FOR_THE_COMPONENT = ("presentations", "discussion")  # sources whose items are each student's own
STATUS = {
    State.MARKED: "fully graded",
    State.PENDING: "submitted",
    State.MISSING: "not submitted",
    State.OPEN: "not submitted",
    State.EXEMPT: "exempt",
}
NO_STAMP = Stamp()


@dataclass(frozen=True, slots=True)
class Book:
    """What has been read of a course for one audience; each list is made from it when it is asked for."""

    course: Course
    policy: engine.Policy
    policy_changed_at: datetime
    grades: dict[int, Grade]
    students: dict[int, Enrollment]
    stamps: dict[tuple[int, str, str], Stamp]
    withdrawn: Withdrawn
    left: list[Enrollment]
    works: Works
    base: str
    items: dict[tuple[str, str], Item] = field(default_factory=dict)


def read_book(course: Course, *, audience: Audience, base: str, only: list[int] | None = None) -> Book:
    """Constant queries; `only` narrows to these enrollments. `base` is the service's address, for references."""
    row, policy = read_in_force(course)
    grades = grades_of(course, audience=audience, enrollment_ids=only)
    students = Enrollment.objects.filter(pk__in=grades).select_related("user").in_bulk()
    changed = max(row.created_at if row else course.created_at, course.grades_changed_at)
    stamps = stamps_of(course, audience=audience, only=only)
    works = Works(course)
    withdrawn, left = withdrawn_of(course, works), left_of(course, only=only)
    book = Book(course, policy, changed, grades, students, stamps, withdrawn, left, works, base)
    for grade in grades.values():
        for node in grade.explanation.leaves():
            for key, item in _items(node):
                book.items.setdefault((node.key, key), item)
    return book


def _items(node: Node) -> Iterator[tuple[str, Item]]:
    """(key, item) of the line items below a leaf; "" is the leaf itself."""
    if node.source in ONE_FOR_THE_COMPONENT:
        return
    for item in node.items:
        yield ("" if item.key == node.key else item.key), item


def categories_of(book: Book) -> list[Row]:
    wholes: dict[str, Fraction] = {}  # of a component that only a track has, the track's own
    for policy in _policies(book):
        for leaf in (leaf for component in policy.components for leaf in component.leaves()):
            wholes.setdefault(leaf.key, policy.weight_sum)
    rows = [
        _object(book, ids.category_id(book.course, leaf.key), title=leaf.title, weight=_percent(leaf.weight, wholes[leaf.key]))
        for leaf in book.policy.leaves()
    ]
    if book.policy.components:
        rows.append(_object(book, ids.category_id(book.course, ids.TOTAL), title="Total", weight=0))
    for key, gone in book.withdrawn.categories.items():
        rows.append(_object(book, ids.category_id(book.course, key), title=gone.title, weight=0) | _gone(gone.at))
    return rows


def _policies(book: Book) -> list[engine.Policy]:
    """The course's own, then those of its tracks."""
    return [book.policy, *(track.policy for track in book.policy.tracks)]


def _gone(at: datetime) -> Row:
    return {"status": "tobedeleted", "dateLastModified": _moment(at)}


def _percent(part: Fraction, whole: Fraction) -> float | int:
    """Of the class, so that the categories add up to 100 as far as four decimals can."""
    return _json_number(exact_decimal(round(100 * part / whole, 4))) if whole else 0


def line_items_of(book: Book) -> list[Row]:
    rows = []
    for leaf in book.policy.leaves():
        if leaf.source in ONE_FOR_THE_COMPONENT or (leaf.source == "manual" and (leaf.key, "") not in book.items):
            rows.append(_line_item(book, leaf.key, "", leaf.title, exact_decimal(leaf.weight), None))
        for (owner, key), item in book.items.items():
            if owner == leaf.key:
                title = leaf.title if key == "" else item.title
                rows.append(_line_item(book, leaf.key, key, title, item.out_of, item.when))
    if book.policy.components:
        out_of = exact_decimal(max(each.out_of for each in _policies(book)))
        rows.append(_line_item(book, ids.TOTAL, ids.SO_FAR, "Total so far", out_of, None))
        rows.append(_line_item(book, ids.TOTAL, ids.FINAL, "Final total", out_of, None))
    for (key, item), gone in book.withdrawn.line_items.items():
        row = _line_item(book, key, item, gone.title, Decimal(0), gone.when)
        del row["resultValueMin"], row["resultValueMax"]
        rows.append(row | _gone(gone.at))
    return rows


def _line_item(book: Book, leaf: str, key: str, title: str, out_of: Decimal, when) -> Row:
    course = book.course
    row = _object(
        book,
        ids.line_item_id(course, leaf, key),
        title=title,
        description="",
        assignDate=_moment(course.at(course.starts_on, time(0))),
        dueDate=_moment(course.at(when or course.ends_on, time(23, 59))),
        **{"class": _class(book)},
        school=_reference(book, "schools", ids.SCHOOL, "org"),
        category=_reference(book, "categories", ids.category_id(course, leaf), "category"),
        academicSession=_reference(book, "academicSessions", ids.session_id(course), "academicSession"),
        resultValueMin=0,
        resultValueMax=_json_number(out_of),
    )
    if leaf == ids.TOTAL and book.policy.letters:
        row["scoreScale"] = _reference(book, "scoreScales", ids.scale_id(course), "scoreScale")
    return row


def score_scales_of(book: Book) -> list[Row]:
    """The policy's letters: on the left the letter, on the right the lowest total that earns it."""
    if not book.policy.letters:
        return []
    values = [{"itemValueLHS": band.letter, "itemValueRHS": engine.plain(band.lowest)} for band in book.policy.letters]
    scale = {"title": "Letters", "type": "letter", "class": _class(book), "scoreScaleValue": values}
    return [_object(book, ids.scale_id(book.course), **scale)]


def results_of(book: Book) -> list[Row]:
    """With those that are gone for good: of line items that were withdrawn, and of students who left."""
    return current_results_of(book) + list(_gone_results(book))


def current_results_of(book: Book) -> list[Row]:
    """Of the students and line items that there are; a mark that was cleared may come again."""
    return [row for enrollment, grade in book.grades.items() for row in _results(book, enrollment, grade)]


def _gone_results(book: Book) -> Iterator[Row]:
    """Without anything of the person but their sourcedId."""
    for student in (*book.students.values(), *book.left):
        for place, gone in book.withdrawn.line_items.items():
            yield _gone_result(book, student, place, gone.at)
    if book.left and book.policy.components:
        # Not from the grades: with all students gone, or this one alone asked for, they know of no work.
        places = [*book.works.below(book.policy.leaves()), (ids.TOTAL, ids.SO_FAR), (ids.TOTAL, ids.FINAL)]
        for student in book.left:
            for place in places:
                yield _gone_result(book, student, place, student.left_at)


def _gone_result(book: Book, student: Enrollment, place: tuple[str, str], at: datetime) -> Row:
    return _gone(at) | {
        "sourcedId": ids.result_id(book.course, *place, student.pk),
        "lineItem": _reference(book, "lineItems", ids.line_item_id(book.course, *place), "lineItem"),
        "student": _reference(book, "students", ids.student_id(student.user_id), "user"),
        "class": _class(book),
        "scoreStatus": "not submitted",
        "scoreDate": book.course.local(at).date().isoformat(),
    }


def _results(book: Book, enrollment: int, grade: Grade) -> Iterator[Row]:
    for node in grade.explanation.leaves():
        mine = dict(_items(node))
        if not mine:
            if node.source in ONE_FOR_THE_COMPONENT:
                yield _result(book, enrollment, grade, (node.key, ""), **_component(grade, node))
            continue
        for key, item in mine.items():
            stamp = book.stamps.get((enrollment, node.source, item.key), NO_STAMP)
            yield _result(book, enrollment, grade, (node.key, key), stamp, **_work(item))
    if book.policy.components:
        yield _total(book, enrollment, grade, ids.SO_FAR, grade.total, grade.letter)
        yield _total(book, enrollment, grade, ids.FINAL, grade.total_final, grade.letter_final)


def _work(item: Item) -> Row:
    said = {
        "scoreStatus": STATUS.get(item.state, "not submitted"),
        "inProgress": _word(item.state is State.OPEN),
        "incomplete": "false",
        "late": _word(item.came_late),
        "missing": _word(item.state is State.MISSING),
    }
    if item.points is not None:
        said["score"] = _json_number(item.points)
    if item.ref and item.ref.comment:
        said["comment"] = item.ref.comment
    return said


def _component(grade: Grade, node: Node) -> Row:
    states = {item.state for item in node.items}
    status = "fully graded" if states == {State.MARKED} else "partially graded" if State.MARKED in states else None
    said = {
        "scoreStatus": status or ("submitted" if State.PENDING in states else "not submitted"),
        "inProgress": _word(State.OPEN in states),
        "incomplete": "false",
        "late": "false",
        "missing": _word(State.MISSING in states),
    }
    if node.so_far.share is not None:
        said["score"] = _json_number(grade.policy.rounded_part(node.so_far.earned))
    return said


def _total(book: Book, enrollment: int, grade: Grade, key: str, value: Decimal | None, letter: str) -> Row:
    """The final total is that of the course as it stands, so it is partial until the course is over."""
    is_over = book.course.today() > book.course.ends_on
    said: Row = {
        "scoreStatus": "not submitted" if value is None else "fully graded" if is_over else "partially graded",
        "inProgress": _word(not is_over),
        "incomplete": "false",
        "late": "false",
        "missing": "false",
    }
    if value is not None:
        said["score"] = _json_number(value)
    if letter:
        said["textScore"] = letter
    if grade.policy.letters and grade.policy.letters == book.policy.letters:  # the one scale; a track's own is in no list
        said["scoreScale"] = _reference(book, "scoreScales", ids.scale_id(book.course), "scoreScale")
    return _result(book, enrollment, grade, (ids.TOTAL, key), **said)


def _result(book: Book, enrollment: int, grade: Grade, place: tuple[str, str], stamp: Stamp = NO_STAMP, **said) -> Row:
    course, student = book.course, book.students[enrollment]
    row = {
        "sourcedId": ids.result_id(course, *place, enrollment),
        "status": "tobedeleted" if stamp.is_gone else "active",
        "dateLastModified": _moment(grade.changed_at),
        # There is no rostering service here to look a student up in.
        "metadata": {"studentEmail": student.user.email, "studentName": student.user.name},
        "lineItem": _reference(book, "lineItems", ids.line_item_id(course, *place), "lineItem"),
        "student": _reference(book, "students", ids.student_id(student.user_id), "user"),
        "class": _class(book),
        "scoreDate": course.local(stamp.at or grade.changed_at).date().isoformat(),
    }
    return row | said


def _object(book: Book, sourced_id: str, **said) -> Row:
    return {"sourcedId": sourced_id, "status": "active", "dateLastModified": _moment(book.policy_changed_at)} | said


def _class(book: Book) -> Row:
    return _reference(book, "classes", ids.class_id(book.course), "class")


def _reference(book: Book, collection: str, sourced_id: str, kind: str) -> Row:
    return {"href": f"{book.base}/{collection}/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def _word(is_so: bool) -> str:
    return "true" if is_so else "false"


def _moment(moment: datetime) -> str:
    """In UTC to the millisecond, rounded up: whoever asks for what came after a stamp that we told misses nothing."""
    moment = moment.astimezone(UTC)
    if moment.microsecond % 1000:
        moment += timedelta(microseconds=1000 - moment.microsecond % 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json_number(value: Decimal) -> int | float:
    """JSON knows no Decimal. With so few digits a float prints just the digits that the page shows."""
    return int(value) if value == value.to_integral_value() else float(value)
