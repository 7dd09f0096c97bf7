"""What people did that a change of the course would take away: each reason names the work and whose it is.

Only what would really vanish or lose its meaning is asked about, so that a file which takes nothing away
costs no query here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.utils.functional import SimpleLazyObject

from coursefile.facts import ONE, Facts, first_role, removed
from coursefile.snapshot import review_form_of
from courses.models import Course
from discussion.models import Comment
from grading.engine import Known, read_policy
from grading.engine.lint.tracks import check_tracks
from grading.models import Mark
from grading.queries.policy import sections_of
from participation.models import Record
from presentations.models import SignUp, Slides, Waiting, Wish
from projects.models import Deliverable, Team
from reviews.answers import is_blank
from reviews.models import Assignment, Field, FieldVisibility, Review, ReviewVersion, Score
from talks.models import Feedback, Question

MOST = 10  # people named
WAITING = ("role__slot__key", "role__key", "enrollment__user__name")


@dataclass(frozen=True)
class Losses:
    """`reasons` refuse the file; `warnings` are told; `notes` {(section, key): what becomes of it}."""

    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: dict[tuple[str, object], str] = field(default_factory=dict)


def losses_of(course: Course, before: Facts, after: Facts) -> Losses:
    checks = (
        *(_of_papers, _of_threads, _of_meetings, _of_slots, _of_roles),
        *(_of_milestones, _of_rounds, _of_fields, _of_parts, _of_components),
    )
    reasons = [reason for check in checks for reason in check(course, before, after)]
    told = (
        *(_marks_above, _large_teams, _guests_leaving, _waiting_leaving, _wishes_leaving, _presenters_moving),
        _tracks_of_nobody,
    )
    warnings = [warning for check in told for warning in check(course, before, after)]
    return Losses(reasons, warnings, _notes_on_fields(course, before, after))


def people(names: Iterable[str]) -> str:
    """A, B and 3 more; each once."""
    names = list(dict.fromkeys(names))
    if len(names) > MOST:
        names = [*names[: MOST - 1], f"{len(names) - MOST + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _grouped(pairs: Iterable[tuple[object, str]]) -> dict[object, list[str]]:
    found = defaultdict(list)
    for key, name in pairs:
        found[key].append(name)
    return found


# Reading list and calendar


def _of_papers(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "papers")
    if not gone:
        return
    reviews = Review.objects.filter(paper__course=course, paper__key__in=gone).order_by("paper", "reviewer__user__name")
    by_paper = _grouped(reviews.values_list("paper__key", "reviewer__user__name"))
    for key, names in by_paper.items():
        title = before["papers"][key]["title"]
        yield f"Paper {key} cannot be removed: {many(len(names), 'review')} of “{title}”, by {people(names)}."


def _of_threads(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "papers")
    if not gone:
        return
    comments = Comment.objects.filter(thread__paper__course=course, thread__paper__key__in=gone)
    rows = comments.order_by("thread__paper", "pk").values_list("thread__paper__key", "author__user__name")
    for key, names in _grouped(rows).items():
        title = before["papers"][key]["title"]
        yield f"Paper {key} cannot be removed: {many(len(names), 'comment')} on “{title}”, by {people(names)}."


def _of_meetings(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "meetings")
    holidays = [
        key
        for key, values in after["meetings"].items()
        if values["kind"] == "holiday" and key in before["meetings"] and before["meetings"][key]["kind"] != "holiday"
    ]
    if not gone and not holidays:
        return
    records = Record.objects.filter(meeting__course=course, meeting__key__in=[*gone, *holidays]).order_by("meeting", "pk")
    for key, names in _grouped(records.values_list("meeting__key", "enrollment__user__name")).items():
        act = "removed" if key in gone else "made a holiday"
        yield f"Meeting {key} cannot be {act}: {many(len(names), 'participation record')}, of {people(names)}."


# Presentations


def work_in_roles(roles: Q):
    """Sign-ups that may not be deleted: a student stands there, or a mark hangs on it."""
    return SignUp.objects.filter(roles).filter(Q(withdrawn_at=None, enrollment__isnull=False) | Q(mark__isnull=False))


def _in_slots(course: Course, keys: Iterable[str]) -> Q:
    return Q(role__slot__course=course, role__slot__key__in=keys)


def _of_slots(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "slots")
    if not gone:
        return
    sign_ups = work_in_roles(_in_slots(course, gone)).select_related("enrollment__user", "role__slot").order_by("pk")
    for key, names in _grouped((sign_up.role.slot.key, str(sign_up)) for sign_up in sign_ups).items():
        yield f"Slot {key} cannot be removed: {many(len(names), 'sign-up')}, by {people(names)}."
    yield from _said_of_talks(course, gone)
    slides = Slides.objects.filter(slot__course=course, slot__key__in=gone).order_by("pk")
    for key, names in _grouped(slides.values_list("slot__key", "uploaded_by__name")).items():
        yield f"Slot {key} cannot be removed: {many(len(names), 'version')} of slides, handed in by {people(names)}."


def _said_of_talks(course: Course, gone) -> Iterator[str]:
    """Not by whom: feedback is anonymous."""
    for model, what in ((Question, "question"), (Feedback, "feedback answer")):
        rows = model.objects.filter(slot__course=course, slot__key__in=gone).order_by("slot__key")
        for key, count in rows.values_list("slot__key").annotate(count=Count("pk")):
            yield f"Slot {key} cannot be removed: {many(count, what)} from the audience."


def _of_roles(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = [key for key in removed(before, after, "roles") if key[0] in after["slots"]]
    tighter = [key for key in after["roles"] if key in before["roles"] and _is_tighter(before, after, *key)]
    if not gone and not tighter:
        return
    work = work_in_roles(_in_slots(course, {slot for slot, _ in [*gone, *tighter]}))
    by_role = defaultdict(list)
    for sign_up in work.select_related("enrollment__user", "role__slot").order_by("pk"):
        by_role[sign_up.role.slot.key, sign_up.role.key].append(sign_up)
    for slot, role in gone:
        if sign_ups := by_role[slot, role]:
            names = people(map(str, sign_ups))
            yield f"Role {role} of slot {slot} cannot be removed: {many(len(sign_ups), 'sign-up')}, by {names}."
    for slot, role in tighter:
        students = [str(sign_up) for sign_up in by_role[slot, role] if sign_up.withdrawn_at is None and sign_up.enrollment_id]
        yield from _overfull(after, slot, role, students)


def _is_tighter(before: Facts, after: Facts, slot: str, role: str) -> bool:
    """Whether the role has fewer places for students than it had: a lower capacity, or further guests."""
    was, now = before["roles"][slot, role]["capacity"], after["roles"][slot, role]["capacity"]
    return now - _guests_in(after, slot, role) < was - _guests_in(before, slot, role)


def _guests_in(facts: Facts, slot: str, role: str) -> int:
    """Guests stand in the first role."""
    return len(facts["slots"][slot]["guests"]) if first_role(facts, slot) == role else 0


def _overfull(after: Facts, slot: str, role: str, students: list[str]) -> Iterator[str]:
    capacity, guests = after["roles"][slot, role]["capacity"], _guests_in(after, slot, role)
    if students and len(students) + guests > capacity:
        with_guests = f" besides {many(guests, 'guest')}" if guests else ""
        yield (
            f"Role {role} of slot {slot} cannot have a capacity of {capacity}{with_guests}: "
            f"{many(len(students), 'sign-up')}, by {people(students)}."
        )


# Projects


def _of_milestones(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "milestones")
    if not gone:
        return
    at = {"milestone__course": course, "milestone__key__in": gone}
    deliverables = Deliverable.objects.filter(**at).order_by("pk").values_list("milestone__key", "team__name")
    for key, teams in _grouped(deliverables).items():
        yield f"Milestone {key} cannot be removed: {many(len(teams), 'deliverable')}, of {people(teams)}."
    whose = Coalesce("team__name", "enrollment__user__name")
    marks = Mark.objects.filter(**at).order_by("pk").values_list("milestone__key", whose)
    for key, teams in _grouped(marks).items():
        yield f"Milestone {key} cannot be removed: {many(len(teams), 'mark')}, of {people(teams)}."


# Review form


def _leaving(before: Field, after: dict) -> set:
    """The values that can no longer be chosen."""
    return {option["value"] for option in before.options} - {option["value"] for option in after["options"]}


def _changes_hands(before: Field, after: dict) -> bool:
    """Whether staff would be asked instead of the reviewers, or the other way round."""
    return before.is_for_staff_only != (after["visible_to"] == FieldVisibility.STAFF_ONLY)


def _of_rounds(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = removed(before, after, "rounds")
    if not gone:
        return
    rows = Assignment.objects.filter(course=course, round__key__in=gone).order_by("round", "reviewer__user__name")
    for key, names in _grouped(rows.values_list("round__key", "reviewer__user__name")).items():
        yield f"Round {key} cannot be removed: {many(len(names), 'review')} assigned in it, to {people(names)}."


def _known_fields(course: Course) -> dict[str, Field]:
    """The fields of the course's form by key, retired ones too."""
    form = review_form_of(course)
    return {field.key: field for field in form.fields.all()} if form else {}


def _of_fields(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    known = _known_fields(course) if after["fields"] else {}
    rekinded = [key for key, values in after["fields"].items() if key in known and known[key].kind != values["kind"]]
    handed = [key for key, values in after["fields"].items() if key in known and _changes_hands(known[key], values)]
    narrowed = [
        key for key, values in after["fields"].items() if key in known and key not in rekinded and _leaving(known[key], values)
    ]
    if not rekinded and not narrowed and not handed:
        return
    answers = _answers(course, [*rekinded, *narrowed, *handed])
    for key in handed:
        if names := [name for _, name in answers[key]]:
            yield f"Review field {key} cannot pass between reviewers and staff: it has answers, by {people(names)}."
    for key in rekinded:
        if names := [name for _, name in answers[key]]:
            retired = " (it was retired)" if known[key].retired_at else ""
            yield (
                f"Review field {key}{retired} cannot become a {after['fields'][key]['kind']}: "
                f"it has answers as a {known[key].kind}, by {people(names)}. Give the new field a key of its own."
            )
    for key in narrowed:
        for value in sorted(_leaving(known[key], after["fields"][key]), key=str):
            if names := [name for answer, name in answers[key] if value in (answer if isinstance(answer, list) else [answer])]:
                yield f"Review field {key} cannot lose the option {value}: it was given by {people(names)}."


def _answers(course: Course, keys: list[str]) -> dict[str, list[tuple[object, str]]]:
    """{field key: [(answer, reviewer)]} over drafts and every submitted version, blank answers left out."""
    found = defaultdict(list)
    reviews = Review.objects.filter(course=course)
    drafts = reviews.values_list("answers", "reviewer__user__name")
    by_staff = reviews.exclude(staff_revision=0).values_list("staff_answers", Value("staff"))
    versions = ReviewVersion.objects.filter(review__course=course).values_list("answers", "review__reviewer__user__name")
    for answers, name in [*drafts, *versions, *by_staff]:
        for key in keys:
            if not is_blank(answers.get(key)):
                found[key].append((answers[key], name))
    scores = Score.objects.filter(review__course=course, field__key__in=keys)
    for key, value, name in scores.values_list("field__key", "value", "review__reviewer__user__name"):
        found[key].append((value, name))
    return found


def _notes_on_fields(course: Course, before: Facts, after: Facts) -> dict[tuple[str, object], str]:
    notes = {("fields", key): "retired; answers that were given are kept" for key in removed(before, after, "fields")}
    added = [key for key in after["fields"] if key not in before["fields"]]
    if added and before["fields"]:
        known = _known_fields(course)
        notes |= {("fields", key): "was retired and is asked again" for key in added if key in known}
    return notes


# Whole parts, and the policy


def _of_parts(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    parts = {
        "reviews": (Review.objects.filter(course=course), "review", "reviewer__user__name"),
        "participation": (Record.objects.filter(meeting__course=course), "participation record", "enrollment__user__name"),
        "projects": (Team.objects.filter(course=course), "team", "name"),
    }
    for part, (work, noun, name) in parts.items():
        if before[part] and not after[part] and (names := list(work.order_by("pk").values_list(name, flat=True))):
            yield f"[{part}] cannot be removed: {many(len(names), noun)}, of {people(names)}."
    if before["grading"] and not after["grading"]:
        yield "[grading] cannot be removed: a course that has a grading policy keeps one. Change it instead."


def _by_hand(facts: Facts) -> set[str]:
    if not facts["grading"]:
        return set()
    return {leaf.key for leaf in read_policy(facts["grading"][ONE]["policy"]).leaves() if leaf.source == "manual"}


def _of_components(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    gone = _by_hand(before) - _by_hand(after) if after["grading"] else set()
    if not gone:
        return
    marks = Mark.objects.filter(course=course, component__in=gone).order_by("component", "enrollment__user__name")
    for key, names in _grouped(marks.values_list("component", "enrollment__user__name")).items():
        yield f"Grading component {key} cannot be removed: {many(len(names), 'mark')} given by hand, to {people(names)}."


# Told, not refused


def _marks_above(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """Marks that an upper end, being lowered, leaves above it: they then count as the upper end."""
    old, new = before["reviews"].get(ONE), after["reviews"].get(ONE)
    if old and new and new["max_points"] < old["max_points"]:
        count = Mark.objects.filter(course=course, review__isnull=False, points__gt=new["max_points"]).count()
        if count:
            yield f"{many(count, 'review')} marked above the new max_points; full marks count for each."
    for key, values in after["milestones"].items():
        was = before["milestones"].get(key)
        if was and values["max_points"] < was["max_points"]:
            at = Mark.objects.filter(course=course, milestone__key=key, points__gt=values["max_points"])
            if count := at.count():
                yield f"Milestone {key}: {many(count, 'mark')} above the new max_points; full marks count for each."


def _large_teams(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    old, new = before["projects"].get(ONE), after["projects"].get(ONE)
    if old and new and new["max_team_size"] < old["max_team_size"]:
        teams = Team.objects.filter(course=course).annotate(size=Count("members")).filter(size__gt=new["max_team_size"])
        if names := [team.name for team in teams]:
            yield f"{people(names)} already has more members than the new max_team_size; the team stays as it is."


def _tracks_of_nobody(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """The file's own checks know no roster."""
    if after["grading"] and before["grading"] != after["grading"]:
        known = Known(sections=SimpleLazyObject(partial(sections_of, course)))
        for told in check_tracks(after["grading"][ONE]["policy"], known):
            yield told.message


def _guests_leaving(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """Guests whom staff put into a role that becomes the first one, of which the file names all guests."""
    for slot, values in after["slots"].items():
        role = first_role(after, slot)
        if slot not in before["slots"] or (slot, role) not in before["roles"] or first_role(before, slot) == role:
            continue
        guests = SignUp.objects.standing().filter(_in_slots(course, [slot]), role__key=role, enrollment=None)
        if names := list(guests.exclude(guest_name__in=values["guests"]).values_list("guest_name", flat=True)):
            words = f"the file does not name its guest {people(names)}, who leaves"
            yield f"Role {role} becomes the first of slot {slot}, and {words}."


def _waiting_leaving(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """Waiting for a role that goes; nobody has a place there."""
    gone = {key for key in before["roles"] if key not in after["roles"]}
    if not gone:
        return
    line = Waiting.objects.in_line().filter(role__slot__course=course, role__slot__key__in={slot for slot, _ in gone})
    names = _grouped(((slot, role), name) for slot, role, name in line.values_list(*WAITING) if (slot, role) in gone)
    for (slot, role), waiting in names.items():
        yield f"Role {role} of slot {slot} goes, and with it the waiting list of {people(waiting)}."


def _wishes_leaving(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """Wishes for a slot, paper or topic that goes; nobody presents there."""
    was, stays = ({values["topic"] for values in facts["meetings"].values()} for facts in (before, after))
    going = {
        "slot__key": removed(before, after, "slots"),
        "paper__key": removed(before, after, "papers"),
        "topic": was - stays - {""},
    }
    for column, gone in going.items():
        wishes = Wish.objects.filter(enrollment__course=course, **{f"{column}__in": gone}) if gone else Wish.objects.none()
        names = _grouped(wishes.order_by(column, "pk").values_list(column, "enrollment__user__name"))
        for name, wishing in names.items():
            what = column.removesuffix("__key").capitalize()
            yield f"{what} {name} goes, and with it what {people(wishing)} said about presenting it."


def _presenters_moving(course: Course, before: Facts, after: Facts) -> Iterator[str]:
    """Cancelled meetings in which somebody presents: they stay signed up, and their slots ask for another meeting."""
    holidays = {key for key, values in after["meetings"].items() if values["kind"] == "holiday"}
    homeless = {key for key, values in after["slots"].items() if values["meeting"] in holidays and key in before["slots"]}
    new = {key for key in homeless if before["meetings"][before["slots"][key]["meeting"]]["kind"] != "holiday"}
    if not new:
        return
    standing = SignUp.objects.standing().filter(_in_slots(course, new)).select_related("enrollment__user", "role__slot")
    for key, names in _grouped((sign_up.role.slot.key, str(sign_up)) for sign_up in standing.order_by("pk")).items():
        yield f"Slot {key} has no meeting any more; {people(names)} stays signed up. Give it another meeting on Presentations."
