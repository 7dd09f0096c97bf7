"""What must be there whatever the total is: gates that fail the course, and letters by specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grading.engine.exact import plain
from grading.engine.facts import State
from grading.engine.flow import Said, say, share_of
from grading.engine.tree import Node, Outcome

NEED_SCHEMA = {
    "type": "object",
    "properties": {
        "component": {"type": "string", "description": "The key of a component or group"},
        "least": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 100,
            "description": "So many percent of the component",
        },
        "count": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "So many pieces of work passed"},
        "at": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "With count: passed from so many percent on; with points at all when left out",
        },
        "all_handed_in": {"const": True, "description": "Nothing of the component is missing"},
    },
    "required": ["component"],
    "additionalProperties": False,
}
GATE_SCHEMA = {
    "type": "object",
    "properties": NEED_SCHEMA["properties"]
    | {"letter": {"type": "string", "minLength": 1, "maxLength": 8, "description": "The letter of who does not meet it"}},
    "required": ["component"],
    "additionalProperties": False,
}
SPECIFICATION_SCHEMA = {
    "type": "object",
    "properties": {
        "letter": {"type": "string", "minLength": 1, "maxLength": 8},
        "needs": {"type": "array", "items": NEED_SCHEMA, "description": "All of them; the last letter needs nothing"},
    },
    "required": ["letter"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement on a component; exactly one of `least`, `count` and `all_handed_in` is set."""

    component: str
    least: Fraction | None = None
    count: int | None = None
    at: Fraction = Fraction(0)
    all_handed_in: bool = False

    def is_met(self, node: Node, *, is_final: bool) -> bool:
        """In the final reading, by what is there; so far, by whether it can still be met."""
        if self.least is not None:
            outcome = node.final if is_final else node.so_far
            if outcome.share is None and _is_let_off(node):
                return True
            return _percent(outcome, is_final=is_final) >= self.least
        items = [item for leaf in node.leaves() for item in leaf.items]
        if self.all_handed_in:
            undone = (State.MISSING, State.OPEN) if is_final else (State.MISSING,)
            return not any(item.state in undone or item.never_came for item in items)
        passed = sum(1 for item in items if item.points and share_of(item) * 100 >= self.at)
        open_yet = 0 if is_final else sum(1 for item in items if item.state in (State.OPEN, State.PENDING))
        exempt = sum(1 for item in items if item.state is State.EXEMPT)
        # As for required_count: exempt work lowers the number as far as what is left could not reach it.
        return passed + open_yet >= max(self.count - exempt, min(self.count, len(items) - exempt))

    def words(self, title: str) -> Said:
        if self.least is not None:
            return say("{} of {} % at least", title, plain(self.least))
        if self.all_handed_in:
            return say("everything of {} handed in", title)
        at = f" at {plain(self.at)} % or better" if self.at else ""
        return say("{} of {} passed{}", str(self.count), title, at)


def _is_let_off(node: Node) -> bool:
    """Whether there is work, and the student is exempt from all of it."""
    states = {item.state for leaf in node.leaves() for item in leaf.items}
    return states == {State.EXEMPT}


def _percent(outcome: Outcome, *, is_final: bool) -> Fraction:
    """What has nothing to count yet may still become everything."""
    if outcome.share is None:
        return Fraction(0) if is_final else Fraction(100)
    return outcome.share * 100


@dataclass(frozen=True, slots=True)
class Gate:
    need: Need
    letter: str  # "" where the policy has no letters


@dataclass(frozen=True, slots=True)
class Specified:
    letter: str
    needs: tuple[Need, ...]


def read_need(raw: Mapping) -> Need:
    return Need(
        component=raw["component"],
        least=Fraction(str(raw["least"])) if "least" in raw else None,
        count=raw.get("count"),
        at=Fraction(str(raw.get("at", 0))),
        all_handed_in=raw.get("all_handed_in", False),
    )


def read_gate(raw: Mapping) -> Gate:
    return Gate(read_need(raw), raw.get("letter", ""))


def read_specified(raw: Mapping) -> Specified:
    return Specified(raw["letter"], tuple(read_need(need) for need in raw.get("needs", [])))
