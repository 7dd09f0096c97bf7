"""What another policy would make of every student's grade, before it is saved."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from courses.models import Course, Enrollment
from grading import engine
from grading.queries.grades import Grade, grades_of
from grading.queries.policy import policy_digest, policy_in_force


@dataclass(frozen=True, slots=True)
class Effect:
    """One student's grade as it is and as it would be, with marks that are not released."""

    student: Enrollment
    before: Grade
    after: Grade

    @property
    def is_moved(self) -> bool:
        """Across a letter boundary, in either of the two totals."""
        return (self.before.letter, self.before.letter_final) != (self.after.letter, self.after.letter_final)

    @property
    def is_changed(self) -> bool:
        """One of the totals themselves is another."""
        return _totals(self.before) != _totals(self.after)

    def left_behind(self) -> Iterator[str]:
        """What a person gave by hand and the other policy has no place for."""
        there = {component.key for component in self.after.policy.walk()}
        for leaf in self.before.policy.leaves():
            if leaf.source == "manual" and leaf.key not in there and _is_marked(self.before, leaf.key):
                yield f"Marks by hand for {leaf.title} would count for nothing"
        titles = {component.key: component.title for component in self.before.policy.walk()}
        for key, override in self.before.facts.overrides.items():
            if key and key not in there:
                yield f"{titles.get(key, key)}, set by hand, would count for nothing"
            if override.letter and override.letter not in self.after.policy.letter_names:
                yield f"The letter {override.letter}, set by hand, would stay and is none of this policy"

    @property
    def direction(self) -> str:
        """up, down, or "" where the letters of the two policies cannot be compared; of the total so far where that moves."""
        pair = self.before.letter, self.after.letter
        before, after = pair if pair[0] != pair[1] else (self.before.letter_final, self.after.letter_final)
        letters = letters_of(self.after.policy)
        if before == after or before not in letters or after not in letters:
            return ""
        return "up" if letters.index(after) < letters.index(before) else "down"


def _is_marked(grade: Grade, key: str) -> bool:
    items = grade.facts.sources.get("manual", ())
    return any(item.key == key and item.state is engine.State.MARKED for item in items)


def _totals(grade: Grade) -> tuple:
    return grade.total, grade.total_final, grade.out_of


def letters_of(policy: engine.Policy) -> list[str]:
    """Best first."""
    return [band.letter for band in policy.specification or policy.letters]


@dataclass(frozen=True)
class Preview:
    """`digest` names both the policy in force and the previewed one: saving asks for it."""

    version: int  # of the policy in force, 0 before there is one
    digest: str
    effects: list[Effect]

    @cached_property
    def counts(self) -> dict[str, int]:
        moved = [effect for effect in self.effects if effect.is_moved]
        return {
            "students": len(self.effects),
            "moved": len(moved),
            "up": sum(effect.direction == "up" for effect in moved),
            "down": sum(effect.direction == "down" for effect in moved),
            "changed": sum(effect.is_changed for effect in self.effects),
        }

    @cached_property
    def left_behind(self) -> list[str]:
        """What people gave by hand and the other policy has no place for, each in a sentence with how many it is of."""
        found = Counter(words for effect in self.effects for words in effect.left_behind())
        return [f"{words} ({count} student{'' if count == 1 else 's'})." for words, count in found.items()]

    @cached_property
    def letters(self) -> list[tuple[str, int, int]]:
        """(letter, students who have it so far, students who would), of both policies."""
        before = Counter(effect.before.letter for effect in self.effects)
        after = Counter(effect.after.letter for effect in self.effects)
        known = [letter for effect in self.effects for policy in _policies(effect) for letter in letters_of(policy)]
        named = dict.fromkeys([*known, *before, *after])
        return [(letter, before[letter], after[letter]) for letter in named if letter and (before[letter] or after[letter])]


def _policies(effect: Effect) -> tuple[engine.Policy, engine.Policy]:
    return effect.after.policy, effect.before.policy


def preview_policy(course: Course, document: Mapping) -> Preview:
    """The document must be free of lint errors. Effects come with who moves across a letter boundary first, then whose totals
    change; by name.

    Twice the queries of `grades_of`, because what a piece of work is out of may differ between the two.
    """
    row = policy_in_force(course)
    before = grades_of(course, audience="staff")
    after = grades_of(course, audience="staff", under=engine.read_policy(document))
    students = Enrollment.objects.filter(pk__in=before).select_related("user").order_by("user__name", "pk")
    effects = [Effect(student, before[student.pk], after[student.pk]) for student in students if student.pk in after]
    effects.sort(key=lambda effect: (not effect.is_moved, not effect.is_changed))
    return Preview(row.number if row else 0, policy_digest(row, document), effects)
