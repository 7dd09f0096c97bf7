"""Writing a document into the portal: objects are matched by key, and what people did stays as it is.

`load.load_course` checks and plans; these functions run in its transaction, under the lock on the course.
"""

from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from coursefile.facts import LISTS, ONE, Facts, Rows, first_role, positions, removed
from coursefile.snapshot import FORM_KEY, review_form_of
from courses.models import Course, Enrollment, Meeting, Page, Paper, Role
from discussion.models import DiscussionRules
from grading.actions import set_policy
from participation.models import ParticipationRules
from planner.models import ReminderRules
from presentations.actions import assign_presenter, call_waiting, forget_cancellations, note_moved, withdraw_presenter
from presentations.models import PresentationRules, SignUp, Slot, SlotRole
from projects.models import Milestone, ProjectRules
from reviews.models import Field, PaperRound, ReviewForm, ReviewRules, Round, restamp_rounds
from talks.models import TalkRules


def create_course(values: dict, *, by) -> tuple[Course, bool]:
    """The course with its instructor, and whether it is new: another load may have made it at this moment."""
    course, is_new = Course.objects.get_or_create(slug=values["slug"], defaults=values)
    if is_new:
        # Who makes a course needs no mail about it: the command prints the link for somebody new.
        told_at = timezone.now() if by.was_never_used else None
        Enrollment.objects.create(course=course, user=by, role=Role.INSTRUCTOR, invitation_sent_at=told_at)
    return course, is_new


def lock_what_may_go(course: Course, before: Facts, after: Facts) -> None:
    """Lock the rows that may be removed, so that nobody adds work to them between the check and the removal."""
    gone = {section: removed(before, after, section) for section in ("meetings", "papers", "slots", "milestones")}
    _lock(course.meetings.filter(key__in=gone["meetings"]))
    _lock(course.papers.filter(key__in=gone["papers"]))
    _lock(course.slots.filter(key__in=gone["slots"]))
    _lock(course.milestones.filter(key__in=gone["milestones"]))
    changed = {slot for (slot, role), values in before["roles"].items() if after["roles"].get((slot, role)) != values}
    _lock(SlotRole.objects.filter(slot__course=course, slot__key__in=changed))


def _lock(rows) -> None:
    list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def write_document(course: Course, before: Facts, after: Facts, *, by) -> None:
    """Bring the course's rows in line with `after`; `before` is what they say now."""
    _save([course], [after["course"][ONE]])
    _write_pages(course, after)
    _write_calendar(course, before, after)
    _write_guests(course, before, after, by=by)
    _write_reviews(course, before, after)
    if before["rounds"] != after["rounds"] or _in_rounds(before) != _in_rounds(after):
        _write_rounds(course, before, after)
    _write_projects(course, before, after)
    for model, section in (
        (DiscussionRules, "discussion"),
        (PresentationRules, "presentations"),
        (TalkRules, "talks"),
        (ParticipationRules, "participation"),
        (ReminderRules, "reminders"),
    ):
        _write_rules(model, course, after[section])
    if _holidays(before) - _holidays(after):
        forget_cancellations(course)
    _tell_presenters(course, before, after, by=by)
    if after["grading"]:
        # Last, because its linter looks at the milestones, papers and slots that the course has.
        set_policy(course=course, document=after["grading"][ONE]["policy"], by=by, reason="From the course file")


def _tell_presenters(course: Course, before: Facts, after: Facts, *, by) -> None:
    """Of slots that now take place at another time, or at none; and places that the file has made free are filled."""
    both = [key for key in after["slots"] if key in before["slots"]]
    was, now = ({key: _when(facts, facts["slots"][key]["meeting"]) for key in both} for facts in (before, after))
    changed = [key for key in both if was[key] != now[key]]
    moved, cancelled = [key for key in changed if now[key]], [key for key in changed if not now[key]]
    if changed:
        note_moved(course=course, moved=moved, cancelled=cancelled, by=by)
    if before["roles"] != after["roles"] or before["presentations"] != after["presentations"] or changed:
        call_waiting(course=course, by=by)


def _holidays(facts: Facts) -> set[str]:
    return {key for key, values in facts["meetings"].items() if values["kind"] == "holiday"}


def _when(facts: Facts, meeting: str) -> tuple | None:
    """Day and clock time; None for a meeting that does not take place."""
    values = facts["meetings"][meeting]
    return None if values["kind"] == "holiday" else (values["date"], values["starts_at"])


# Rows by key


def _save(rows: Iterable, wanted: Iterable[dict]) -> None:
    """Give each row its values; rows that have them already are not written."""
    for row, values in zip(rows, wanted, strict=True):
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            row.save(update_fields=changed)


def _sync(rows: dict, wanted: Rows, make: Callable) -> dict:
    """The rows by key after making those that are wanted and not there, and changing those that differ."""
    new = {key: make(key, values) for key, values in wanted.items() if key not in rows}
    if new:
        type(next(iter(new.values()))).objects.bulk_create(new.values())
    there = {key: values for key, values in wanted.items() if key in rows}
    _save([rows[key] for key in there], there.values())
    return rows | new


def _by_key(rows) -> dict:
    return {row.key: row for row in rows}


def _placed(after: Facts, section: str) -> Rows:
    """The section's rows with their place in the list."""
    places = positions(after[section], LISTS[section])
    return {key: values | {"position": places[key]} for key, values in after[section].items()}


def _without(values: dict, *names: str) -> dict:
    return {name: value for name, value in values.items() if name not in names}


def _write_rules(model, course: Course, wanted: Rows) -> None:
    if not wanted:
        model.objects.filter(course=course).delete()
        return
    row = model.objects.filter(course=course).first()
    if row is None:
        model.objects.create(course=course, **wanted[ONE])
    else:
        _save([row], [wanted[ONE]])


# Pages, calendar, presentations


def _write_pages(course: Course, after: Facts) -> None:
    _sync(_by_key(course.pages.all()), _placed(after, "pages"), lambda key, values: Page(course=course, key=key, **values))
    course.pages.exclude(key__in=after["pages"]).delete()


def _write_calendar(course: Course, before: Facts, after: Facts) -> None:
    """Makes and moves first and removes last: a paper may move from a meeting that goes to one that comes."""
    meetings = _sync(
        _by_key(course.meetings.all()),
        after["meetings"],
        lambda key, values: Meeting(course=course, key=key, **values),
    )
    wanted = {
        key: _without(values, "meeting", "review_round") | {"meeting_id": meetings[values["meeting"]].pk}
        for key, values in _placed(after, "papers").items()
    }
    papers = _sync(_by_key(course.papers.all()), wanted, lambda key, values: Paper(course=course, key=key, **values))
    _write_slots(course, before, after, meetings, papers)
    _remove_papers(course, removed(before, after, "papers"))
    course.meetings.filter(key__in=removed(before, after, "meetings")).delete()


def _remove_papers(course: Course, keys: list[str]) -> None:
    for paper in course.papers.filter(key__in=keys):
        if paper.pdf:
            # Only once the removal is committed: a rollback must not leave the paper without its file.
            transaction.on_commit(partial(paper.pdf.storage.delete, paper.pdf.name))
        paper.delete()


def _write_slots(course: Course, before: Facts, after: Facts, meetings: dict, papers: dict) -> None:
    wanted = {
        key: _without(values, "meeting", "paper", "guests")
        | {
            "meeting_id": meetings[values["meeting"]].pk,
            "paper_id": papers[values["paper"]].pk if values["paper"] else None,
        }
        for key, values in _placed(after, "slots").items()
    }
    slots = _sync(_by_key(course.slots.all()), wanted, lambda key, values: Slot(course=course, key=key, **values))
    _write_roles(course, after, slots)
    _remove_slots(course, before, after)


def _write_roles(course: Course, after: Facts, slots: dict) -> None:
    rows = {(role.slot.key, role.key): role for role in SlotRole.objects.filter(slot__course=course).select_related("slot")}
    wanted = {key: _without(values, "slot") for key, values in _placed(after, "roles").items()}
    _sync(rows, wanted, lambda key, values: SlotRole(slot=slots[key[0]], key=key[1], **values))


def _remove_slots(course: Course, before: Facts, after: Facts) -> None:
    """Only guests and withdrawn sign-ups without a mark are left in what goes: `losses` has refused the rest."""
    going = set(removed(before, after, "roles"))
    roles = SlotRole.objects.filter(slot__course=course).select_related("slot")
    gone = SlotRole.objects.filter(pk__in=[role.pk for role in roles if (role.slot.key, role.key) in going])
    SignUp.objects.filter(role__in=gone).delete()
    gone.delete()
    course.slots.filter(key__in=removed(before, after, "slots")).delete()


def _write_guests(course: Course, before: Facts, after: Facts, *, by) -> None:
    """Guests stand in a slot's first role, and move when another becomes it; other roles' are the page's business."""
    for key, values in after["slots"].items():
        was = before["slots"].get(key, {"guests": []})["guests"]
        old, new = first_role(before, key), first_role(after, key)
        if was == values["guests"] and (old == new or key not in before["slots"]):
            continue
        roles = SlotRole.objects.filter(slot__course=course, slot__key=key)
        leaving = SignUp.objects.standing().filter(role__in=roles.filter(key__in=[old, new]), enrollment=None)
        for sign_up in leaving.exclude(role__key=new, guest_name__in=values["guests"]):
            # The waiting list is called when the whole file is written: until then the place may be for another guest.
            withdraw_presenter(sign_up=sign_up, by=by, calls_waiting=False)
        standing = set(SignUp.objects.standing().filter(role__in=roles.filter(key=new)).values_list("guest_name", flat=True))
        for name in [name for name in values["guests"] if name not in standing]:
            assign_presenter(role=roles.get(key=new), guest_name=name, by=by, needs_meeting=False)


# Reviews, projects


def _write_reviews(course: Course, before: Facts, after: Facts) -> None:
    if not after["reviews"]:
        ReviewRules.objects.filter(course=course).delete()
    form = review_form_of(course)
    if after["reviews"]:
        values = after["reviews"][ONE]
        form = form or ReviewForm.objects.create(course=course, key=FORM_KEY)
        _save([form], [{"title": values["title"]}])
        _write_rules(ReviewRules, course, {ONE: _without(values, "title") | {"form_id": form.pk}})
    wanted = {key: values | {"retired_at": None} for key, values in _placed(after, "fields").items()}
    if form:
        _sync(_by_key(form.fields.all()), wanted, lambda key, values: Field(form=form, key=key, **values))
        form.fields.filter(key__in=removed(before, after, "fields")).update(retired_at=timezone.now())


def _in_rounds(facts: Facts) -> dict[str, str]:
    """{paper: its round}, by their keys."""
    return {key: values["review_round"] for key, values in facts["papers"].items() if values["review_round"]}


def _write_rounds(course: Course, before: Facts, after: Facts) -> None:
    rounds = _sync(
        _by_key(course.review_rounds.all()),
        _placed(after, "rounds"),
        lambda key, values: Round(course=course, key=key, **values),
    )
    wanted = _in_rounds(after)
    papers = _by_key(course.papers.filter(key__in=wanted))
    PaperRound.objects.filter(paper__course=course).delete()
    PaperRound.objects.bulk_create(PaperRound(paper=papers[key], round=rounds[round]) for key, round in wanted.items())
    course.review_rounds.filter(key__in=removed(before, after, "rounds")).delete()
    restamp_rounds(course)


def _write_projects(course: Course, before: Facts, after: Facts) -> None:
    _write_rules(ProjectRules, course, after["projects"])
    _sync(
        _by_key(course.milestones.all()),
        _placed(after, "milestones"),
        lambda key, values: Milestone(course=course, key=key, **values),
    )
    course.milestones.filter(key__in=removed(before, after, "milestones")).delete()
