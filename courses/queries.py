"""What a roster would do to a course, who is in it, and in which courses a person is."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace

from accounts.models import User
from accounts.queries import users_by_email
from courses.models import Course, Enrollment, Role
from courses.roster import Line, Problem, parse_roster


@dataclass(frozen=True)
class Change:
    what: str
    before: str
    after: str

    def __str__(self):
        return f"{self.what}: {self.before or 'none'} → {self.after or 'none'}"


@dataclass(frozen=True)
class Entry:
    """One line of a roster against the database.

    `state` is new (an account is made), added (a known account joins the course), changed or unchanged;
    `role`, `section` and `name` are what will hold afterwards.
    """

    line: Line
    user: User | None
    enrollment: Enrollment | None
    role: str
    section: str
    name: str
    changes: tuple[Change, ...] = ()
    note: str = ""

    @property
    def state(self) -> str:
        if self.user is None:
            return "new"
        if self.enrollment is None:
            return "added"
        return "changed" if self.changes else "unchanged"

    @property
    def role_label(self) -> str:
        return Role(self.role).label

    @property
    def shown_name(self) -> str:
        """What an instructor may read: the portal's name of somebody only once they are in the course."""
        return self.name if self.enrollment else self.line.name


@dataclass(frozen=True)
class RosterPlan:
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    absent: tuple[Enrollment, ...] = field(default=())
    invited: tuple[Enrollment, ...] = ()  # whom a plan that was carried out has enrolled

    @property
    def digest(self) -> str:
        """The same for two plans that do the same thing: what a person saw and what will be done can be compared."""
        facts = [
            (entry.line.number, entry.line.email, entry.state, entry.role, entry.section, entry.name, *map(str, entry.changes))
            for entry in self.entries
        ] + [str(problem) for problem in self.problems]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are in each state, in the order that pages show them."""
        found = Counter(entry.state for entry in self.entries)
        return {state: found[state] for state in ("new", "added", "changed", "unchanged")}

    @property
    def mail_is_late(self) -> bool:
        """Whether an invitation could not be queued, once the plan is committed."""
        return any(enrollment.mail_is_late for enrollment in self.invited)

    @property
    def has_effect(self) -> bool:
        return any(entry.state != "unchanged" for entry in self.entries)


def plan_roster(course: Course, text: str) -> RosterPlan:
    """What applying this roster would do, line by line. Raises UnreadableRoster; three queries whatever the length."""
    roster = parse_roster(text)
    people = list(course.enrollments.for_display())
    users = users_by_email(line.email for line in roster.lines)
    enrollments = {enrollment.user_id: enrollment for enrollment in people}
    entries, problems, lines_of = [], list(roster.problems), {}
    for line in roster.lines:
        user = users.get(line.email)
        entry = _entry(line, user, user and enrollments.get(user.pk))
        if user and user.pk in lines_of:
            problems.append(_problem(line, f"{line.email} is the same person as line {lines_of[user.pk]}."))
        elif user is None and not line.name:
            problems.append(_problem(line, "The name is missing; a person who is new to the portal needs one."))
        else:
            entries.append(entry)
            if user:
                lines_of[user.pk] = line.number
    if demotions := _demotions_of_the_last_instructor(people, entries):
        problems += [_problem(entry.line, "This would leave the course without an instructor.") for entry in demotions]
        entries = [entry for entry in entries if entry not in demotions]
    named = {entry.user.pk for entry in entries if entry.user} | set(lines_of)
    absent = [person for person in people if person.is_active and person.user_id not in named]
    return RosterPlan(tuple(entries), tuple(sorted(problems, key=lambda problem: problem.number)), tuple(absent))


def _problem(line: Line, message: str) -> Problem:
    return Problem(line.number, message, ", ".join(filter(None, (line.email, line.name, line.role, line.section))))


def _entry(line: Line, user: User | None, enrollment: Enrollment | None) -> Entry:
    if enrollment is None:
        role, section = line.role or Role.STUDENT, line.section
    else:
        role, section = line.role or enrollment.role, line.section or enrollment.section
    may_rename = enrollment is not None and user.was_never_used
    name = line.name if user is None or (line.name and may_rename) else user.name
    entry = Entry(line, user, enrollment, str(role), section, name)
    note = ""
    if user and line.name and line.name != name:
        # Whoever runs one course must neither change nor learn what somebody elsewhere is called.
        note = f"The name on the portal, {name}, is kept." if enrollment else "Has an account under another name; it is kept."
    return replace(entry, changes=tuple(_changes(entry)), note=note)


def _changes(entry: Entry):
    """What will be different for somebody who is known."""
    if entry.enrollment is None:
        return
    if entry.user.name != entry.name:
        yield Change("name", entry.user.name, entry.name)
    if entry.enrollment.role != entry.role:
        yield Change("role", entry.enrollment.role, entry.role)
    if entry.enrollment.section != entry.section:
        yield Change("section", entry.enrollment.section, entry.section)
    if not entry.enrollment.is_active:
        yield Change("state", "inactive", "active")


def _demotions_of_the_last_instructor(people: list[Enrollment], entries: list[Entry]) -> list[Entry]:
    """The lines that take the instructor's role away, where no active instructor would be left."""
    instructors = {person.user_id for person in people if person.is_active and person.is_instructor}
    after = instructors | {entry.line.email for entry in entries if entry.role == Role.INSTRUCTOR}
    demotions = [entry for entry in entries if entry.user and entry.user.pk in instructors and entry.role != Role.INSTRUCTOR]
    after -= {entry.user.pk for entry in demotions}
    return demotions if instructors and not after else []


def running_courses(user: User) -> list[Course]:
    """The courses that the user is in, in any role, and that are not over."""
    enrollments = Enrollment.objects.active().filter(user=user).select_related("course")
    return [each.course for each in enrollments if each.course.ends_on >= each.course.today()]
