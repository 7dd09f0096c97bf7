"""From the text of a course file to a plan, and from the plan to the course."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from core.errors import DomainError, StaleVersion
from core.toml.problems import BadCourseFile, Problem
from core.toml.source import Source, read_source
from coursefile import actions
from coursefile.document import completed, readable_document, shifted
from coursefile.dump import digest_of, toml_of
from coursefile.facts import ONE, facts_of
from coursefile.losses import losses_of, people
from coursefile.overdue import overdue_warnings
from coursefile.plan import REMOVED, Plan, changes_between
from coursefile.problems import WouldLoseWork
from coursefile.sense import errors_of, warnings_of
from coursefile.shape import Fault, expected_at, found, shape_faults
from coursefile.snapshot import document_of
from courses.actions import stamp_course_change
from courses.models import Course

STALE = "The course has changed since this text was read. Nothing was applied, and your text is kept."


@dataclass(frozen=True)
class CourseFile:
    """A file without errors: its document in full form, and what the author is to be told."""

    document: dict
    warnings: tuple[Problem, ...]

    @property
    def slug(self) -> str:
        return self.document["course"]["slug"]


def read_course_file(
    text: str, *, file_name: str = "course file", start: date | None = None, slug: str | None = None
) -> CourseFile:
    """Raises BadCourseFile with everything that is wrong; `slug` is the one that the file must have."""
    source = read_source(text, file_name=file_name)
    if source.data is None:
        raise BadCourseFile([*_not_toml(source), *source.problems], file_name=file_name)
    document = readable_document(source.data)
    shape = [fault for fault in shape_faults(source.data) if fault[0] not in source.not_toml]
    sense = [*_other_course(document, slug), *errors_of(_without_odd_policy(document, shape))]
    problems = [*_not_toml(source), *(source.problem(path, message) for path, message in [*shape, *sense])]
    if problems:
        raise BadCourseFile(problems, file_name=file_name)
    document = shifted(document, start) if start else document
    warnings = tuple(source.problem(path, message) for path, message in warnings_of(document))
    return CourseFile(completed(document), warnings)


def _not_toml(source: Source) -> Iterator[Problem]:
    for path, text in source.not_toml.items():
        yield source.problem(path, f"found {text[:60]}, expected {expected_at(path)}")


def _other_course(document: dict, slug: str | None) -> Iterator[Fault]:
    there = document["course"].get("slug")
    if slug and there and there != slug:
        yield ("course", "slug"), f"found {found(there)}, expected {found(slug)}: a file with another slug is another course"


def _without_odd_policy(document: dict, shape: list[Fault]) -> dict:
    """A policy of the wrong shape has been named already; the linter would say it again."""
    is_odd = any(path[:1] == ("grading",) for path, _ in shape)
    return {key: value for key, value in document.items() if key != "grading" or not is_odd}


def load_course(
    text: str,
    *,
    by: User | None,
    file_name: str = "course file",
    start: date | None = None,
    dry_run: bool = False,
    slug: str | None = None,
    only_new: bool = False,
    expected_digest: str | None = None,
) -> Plan:
    """Make the course what the file says, all of it or nothing; the plan that was carried out (`dry_run`: would be).

    `by` becomes the instructor of a new course. `start` moves all dates, `slug` is the course that the file must
    be of, `only_new` refuses a course that there is. `expected_digest` tells the state that the author has seen:
    StaleVersion, with the course file of now, when it is another. Raises BadCourseFile and WouldLoseWork.
    """
    file = read_course_file(text, file_name=file_name, start=start, slug=slug)
    if dry_run:
        course = Course.objects.filter(slug=file.slug).first()
        _require_maker(course, by=by, only_new=only_new)
        return _plan(course, document_of(course), file, expected_digest) if course else _plan_new(file)
    try:
        return _apply(file, by=by, only_new=only_new, expected_digest=expected_digest)
    except IntegrityError as error:
        if isinstance(error, ProtectedError):
            # What `losses` did not foresee, the references between the tables hold.
            names = people(map(str, error.protected_objects))
            raise WouldLoseWork([f"Work hangs on what would be removed: {names}."]) from error
    # Somebody's work came in after the look for losses and before the removal; now it is seen.
    return _apply(file, by=by, only_new=only_new, expected_digest=expected_digest)


def _require_maker(course: Course | None, *, by: User | None, only_new: bool) -> None:
    if course and only_new:
        raise DomainError(f"There is a course {course.slug} already. Choose another slug.", field="text", code="course_exists")
    if course is None and by is None:
        raise DomainError("The course is new: say who teaches it.", code="no_instructor")


@transaction.atomic
def _apply(file: CourseFile, *, by: User | None, only_new: bool, expected_digest: str | None) -> Plan:
    course = Course.objects.select_for_update(no_key=True).filter(slug=file.slug).first()
    _require_maker(course, by=by, only_new=only_new)
    if course is None:
        return _create(file, by=by, only_new=only_new)
    document = document_of(course)
    before, after = facts_of(document), facts_of(file.document)
    actions.lock_what_may_go(course, before, after)
    plan = _plan(course, document, file, expected_digest)
    if not plan.is_empty:
        actions.write_document(course, before, after, by=by)
        stamp_course_change(course=course)
    if plan.counts[REMOVED]:
        # Now, not at the commit: PostgreSQL would leave it to whoever commits last to find the reference broken.
        connection.check_constraints()
    return plan.applied()


def _create(file: CourseFile, *, by: User, only_new: bool) -> Plan:
    after = facts_of(file.document)
    course, is_new = actions.create_course(after["course"][ONE], by=by)
    if not is_new:
        # Another load made the course while this one waited for it; what it left is where this one starts.
        return _apply(file, by=by, only_new=only_new, expected_digest=None)
    actions.write_document(course, facts_of(document_of(course)), after, by=by)
    return _plan_new(file).applied()


def _plan_new(file: CourseFile) -> Plan:
    changes = changes_between(None, facts_of(file.document), {})
    return Plan(file.slug, is_new=True, changes=tuple(changes), warnings=file.warnings)


def _plan(course: Course, document: dict, file: CourseFile, expected_digest: str | None) -> Plan:
    """From the course's document to the file's. Raises StaleVersion, and WouldLoseWork naming all the work at stake."""
    text = toml_of(document)
    if expected_digest not in (None, digest_of(text)):
        raise StaleVersion(STALE, current=text)
    before, after = facts_of(document), facts_of(file.document)
    losses = losses_of(course, before, after)
    if losses.reasons:
        raise WouldLoseWork(losses.reasons)
    warnings = [*losses.warnings, *overdue_warnings(course, before, after)]
    return Plan(
        file.slug,
        is_new=False,
        changes=tuple(changes_between(before, after, losses.notes)),
        warnings=file.warnings + tuple(Problem(None, "", warning) for warning in warnings),
    )
