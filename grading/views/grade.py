"""One student's grade with every number explained."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from courses.models import Enrollment
from courses.policies import require_instructor
from grading.engine import State
from grading.forms import NoteForm, OverrideForm
from grading.models import ExcusedSource
from grading.policies import find_student, require_graded
from grading.presenting import bar_of, outlook_of, present, present_what_if, summarise
from grading.queries import Grade, grades_of
from grading.queries.excuses import excusable, excuses_of, titles_of
from grading.queries.notes import note_history
from grading.queries.overrides import override_history
from grading.queries.regrades import Contest, contests_of
from grading.queries.scheduled import waiting_for
from grading.what_if import Typed, read_typed


@login_required
@require_safe
def grade_home(request, course_slug):
    enrollment = require_graded(request.user, course_slug)
    if enrollment.is_instructor:
        return redirect("grading:gradebook", course_slug=course_slug)
    return grade_page(request, enrollment, student=enrollment, audience="student")


@login_required
@require_safe
def student_grade(request, course_slug, enrollment_id):
    enrollment = require_instructor(request.user, course_slug)
    student = find_student(enrollment, enrollment_id)
    return grade_page(request, enrollment, student=student, audience="staff")


def grade_page(request, enrollment: Enrollment, *, student: Enrollment, audience: str, override_form=None, status: int = 200):
    """The page for its student or for staff; `override_form` is one that was refused."""
    grade = grades_of(enrollment.course, audience=audience, enrollment_ids=[student.pk]).get(student.pk)
    if grade is None:
        raise Http404("No such student.")
    is_own = student.pk == enrollment.pk
    typed = read_typed(grade, request.GET)
    shown = present(grade)
    contests = contests_of(enrollment, grade.policy) if is_own else {}
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "student": student,
        "is_own": is_own,
        "grade": _with_contests(shown, contests),
        "bar": bar_of(grade),
        "outlook": (outlook := outlook_of(grade)),
        "rows": _rows(outlook["outstanding"], typed, request.GET),
        "what_if": _compared(shown, grade, typed) if typed.points else None,
        "typed": typed,
        **({} if is_own else _excuses(student, grade)),
        "requests": [contest.request for contest in contests.values() if contest.request],
    }
    if not is_own:
        waiting = {"waiting_release": waiting_for(student)}
        context |= _overriding(grade, student, override_form) | _noting(student) | waiting
    return render(request, "grading/student_grade.html", context, status=422 if typed.errors else status)


def _overriding(grade: Grade, student: Enrollment, refused: OverrideForm | None) -> dict:
    """What staff set by hand, newest first, and the form for more."""
    history = override_history(student)
    titles = {component.key: component.title for component in grade.policy.walk()}
    form = OverrideForm(policy=grade.policy, initial={"revision": history[0].pk if history else 0})
    return {
        "overrides": [(row, titles.get(row.component, row.component) or "The whole grade") for row in history],
        "override_form": refused or form,
    }


def _noting(student: Enrollment) -> dict:
    """What staff noted about the student, newest first, and the form for more."""
    notes = note_history(student)
    initial = {"text": notes[0].text, "revision": notes[0].pk} if notes else {"revision": 0}
    return {"notes": notes, "note_form": NoteForm(initial=initial)}


def _excuses(student: Enrollment, grade: Grade) -> dict:
    """What can be excused, by source, and what was, each with the work in words."""
    there = excusable(grade.facts.sources)
    excuses = excuses_of(student)
    standing = {(excuse.source, excuse.item) for excuse in excuses if excuse.is_standing}
    groups: dict[str, list[tuple[str, str]]] = {}
    for (source, key), item in there.items():
        if (source, key) not in standing:
            groups.setdefault(ExcusedSource(source).label, []).append((f"{source}:{key}", item.title))
    missing = sum(item.state is State.MISSING for item in there.values())
    titles = {place: item.title for place, item in there.items()}
    # Work that the student has no more: a presentation that was swapped away, say.
    titles |= titles_of(student.course, [excuse for excuse in excuses if (excuse.source, excuse.item) not in titles])
    named = [(excuse, titles.get((excuse.source, excuse.item), excuse.item)) for excuse in excuses]
    return {"excusable": list(groups.items()), "excuses": named, "missing": missing}


def _with_contests(shown: dict, contests: dict[str, Contest]) -> dict:
    """Every item with what its student may do about its mark."""
    pending = list(shown["components"])
    while pending:
        component = pending.pop()
        pending += component["parts"]
        for item in component["items"]:
            item["contest"] = contests.get(item["work"])
    return shown


def _rows(outstanding: list[dict], typed: Typed, asked) -> list[dict]:
    """What is outstanding, each with what was typed for it and what is wrong with that."""
    return [
        row
        | {
            "typed": asked.get(row["name"], ""),
            "error": typed.errors.get(row["name"]),
            "is_number": not row["symbols"] and not row["is_percent"],
        }
        for row in outstanding
    ]


def _compared(shown: dict, grade: Grade, typed: Typed) -> dict:
    """The totals as they would be, and the components that would change."""
    then = present_what_if(grade, typed.points)
    now = summarise(grade)
    pairs = zip(now["components"], then["components"], strict=True)
    return then | {
        "count": len(typed.points),
        "now": shown["total_final"],
        "changed": [(before, after) for before, after in pairs if before["earned_final"] != after["earned_final"]],
    }
