"""Writing the board as CSV, and reading such a file against the board as it is."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import DomainError
from courses.models import Course, Enrollment
from presentations.models import SignUp, Slot, SlotRole

COLUMNS = ["slot", "date", "paper", "role", "email", "guest"]
MOST_LINES = 5000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_board(course: Course) -> str:
    """A line for each place: who has it, or nobody."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for slot in Slot.objects.filter(course=course).for_display():
        for role in slot.roles.all():
            start = [slot.key, slot.meeting.date.isoformat(), slot.paper.key if slot.paper_id else "", role.key]
            people = [_person(sign_up) for sign_up in role.standing]
            writer.writerows([*start, *person] for person in [*people, *[("", "")] * role.open_places])
    return out.getvalue()


def _person(sign_up: SignUp) -> tuple[str, str]:
    """A guest's name that a spreadsheet would take for a formula begins with an apostrophe, and loses it when read."""
    if sign_up.enrollment_id:
        return sign_up.enrollment.user.email, ""
    return "", f"'{sign_up.guest_name}" if sign_up.guest_name.startswith(FORMULA) else sign_up.guest_name


@dataclass(frozen=True)
class Addition:
    line: int
    role: SlotRole
    enrollment: Enrollment | None
    guest_name: str

    @property
    def who(self) -> str:
        return self.enrollment.user.name if self.enrollment else self.guest_name


@dataclass(frozen=True)
class Plan:
    """What loading a file would change. `mistakes` are (line, words); with any, nothing is loaded."""

    add: list[Addition] = field(default_factory=list)
    remove: list[SignUp] = field(default_factory=list)
    same: int = 0
    mistakes: list[tuple[int, str]] = field(default_factory=list)
    digest: str = ""


def plan_board(course: Course, text: str) -> Plan:
    """Who stands in a role that the file names is to be who the file says; other roles stay. In four queries."""
    slots = {slot.key: slot for slot in Slot.objects.filter(course=course).for_display()}
    students = Enrollment.objects.active().students().filter(course=course).select_related("user")
    emails = {each.user.email.lower(): each for each in students}
    plan, named, wanted = Plan(digest=_digest(slots)), {}, {}
    for line, row in _rows(text):
        try:
            role = _role(slots, row)
            person = _wanted(row, emails)
        except DomainError as mistake:
            plan.mistakes.append((line, mistake.message))
            continue
        named[role.pk] = role
        if person is not None:
            wanted.setdefault(role.pk, []).append(Addition(line, role, *person))
    _check(wanted, plan)
    same = _compare(named, wanted, plan)
    return Plan(plan.add, plan.remove, same, sorted(plan.mistakes), plan.digest)


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line of the file, its cells); DomainError for what is no such table."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or []]
        if missing := {"slot", "role"} - set(header):
            raise DomainError(f"Line 1 has no column {' and no column '.join(sorted(missing))}; expected {', '.join(COLUMNS)}.")
        reader.fieldnames = header
        for row in reader:
            if reader.line_num > MOST_LINES:
                raise DomainError(f"The file has more than {MOST_LINES:,} lines.")
            cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if any(cells.values()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise DomainError(f"Line {reader.line_num} is no CSV: {error}.") from None


def _role(slots: dict[str, Slot], row: dict[str, str]) -> SlotRole:
    slot = slots.get(row["slot"])
    if slot is None:
        raise DomainError(f"there is no slot {row['slot'][:60]!r}.")
    if row["date"] and row["date"] != slot.meeting.date.isoformat():
        raise DomainError(f"slot {slot.key} is on {slot.meeting.date}, not on {row['date'][:20]!r}; move it on the page.")
    paper = slot.paper.key if slot.paper_id else ""
    if row["paper"] and row["paper"] != paper:
        raise DomainError(f"slot {slot.key} is of {paper or 'no paper'}, not of {row['paper'][:60]!r}.")
    role = next((each for each in slot.roles.all() if each.key == row["role"]), None)
    if role is None:
        known = ", ".join(each.key for each in slot.roles.all())
        raise DomainError(f"slot {slot.key} has no role {row['role'][:60]!r}; it has {known}.")
    return role


def _wanted(row: dict[str, str], emails: dict[str, Enrollment]) -> tuple[Enrollment | None, str] | None:
    """The student or the guest of the line, None for an open place."""
    email, guest = row["email"].lower(), " ".join(row["guest"].removeprefix("'").split())
    if email and guest:
        raise DomainError("names a student and a guest; expected one of them.")
    if guest:
        if len(guest) > SignUp._meta.get_field("guest_name").max_length:
            raise DomainError("the guest's name is too long; at most 150 characters fit.")
        return None, guest
    if not email:
        return None
    if email not in emails:
        raise DomainError(f"no student of the course has the email {email[:100]!r}.")
    return emails[email], ""


def _key(enrollment_id: int | None, guest_name: str) -> tuple[int, str]:
    return enrollment_id or 0, guest_name


def _check(wanted: dict[int, list[Addition]], plan: Plan) -> None:
    for additions in wanted.values():
        seen = set()
        for each in additions:
            if each.enrollment and each.enrollment.pk in seen:
                plan.mistakes.append((each.line, f"{each.who} is in this role twice."))
            seen.add(each.enrollment and each.enrollment.pk)
        role = additions[0].role
        if len(additions) > role.capacity:
            line = additions[role.capacity].line
            plan.mistakes.append((line, f"{role.slot.key}, {role.key} takes {role.capacity}, and this is one more."))


def _compare(named: dict[int, SlotRole], wanted: dict[int, list[Addition]], plan: Plan) -> int:
    same = 0
    for pk, role in named.items():
        left = Counter(_key(each.enrollment_id, each.guest_name) for each in role.standing)
        for each in wanted.get(pk, []):
            key = _key(each.enrollment and each.enrollment.pk, each.guest_name)
            if left[key]:
                left[key] -= 1
                same += 1
            else:
                plan.add.append(each)
        for sign_up in role.standing:
            key = _key(sign_up.enrollment_id, sign_up.guest_name)
            if left[key]:
                left[key] -= 1
                plan.remove.append(sign_up)
    return same


def _digest(slots: dict[str, Slot]) -> str:
    """Equal for two boards on which the same people stand in the same places."""
    places = sorted(
        f"{role.pk}/{role.capacity}/{sign_up.enrollment_id}/{sign_up.guest_name}"
        for slot in slots.values()
        for role in slot.roles.all()
        for sign_up in role.standing
    )
    return hashlib.sha256("\n".join(places).encode()).hexdigest()
