"""A policy document, read into values that the engine computes with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grading.engine.deductions import Deduction, read_deduction
from grading.engine.entry import POINTS, Entry, read_entry
from grading.engine.needs import Gate, Specified, read_gate, read_specified
from grading.engine.schema import DEFAULT_MAX_POINTS, DEFAULT_ROUNDING
from grading.engine.steps import STEPS, Stage

ROUNDING_WORDS = {
    "half_up": "halves up",
    "half_even": "halves to the even digit",
    "down": "down",
    "up": "up",
}
# What a component does when its author states no aggregate.
DEFAULT_AGGREGATE = {
    "reviews": "mean",
    "presentations": "mean",
    "participation": "sum",
    "milestones": "sum",
    "discussion": "mean",
    "manual": "sum",
}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Component:
    key: str
    title: str
    weight: Fraction
    source: str = ""
    steps: tuple[Step, ...] = ()
    milestones: tuple[str, ...] | None = None  # None: every milestone
    credit: str = "marks"
    max_points: Decimal = Decimal(DEFAULT_MAX_POINTS)
    parts: tuple["Component", ...] = ()
    entry: Entry = POINTS
    is_anonymous: bool = False
    is_left_out_when_empty: bool = False

    def walk(self):
        yield self
        for part in self.parts:
            yield from part.walk()

    def leaves(self):
        return (component for component in self.walk() if not component.parts)

    @property
    def asks_around(self) -> bool:
        """Whether a step reads other facts of the student than the component's own items."""
        return any(STEPS[step.name].asks_around for step in self.steps)

    @property
    def most(self) -> Fraction:
        """The share that a result can reach: more than everything only where a cap above 100 % allows extra credit."""
        caps = [step.params["at"] / 100 for step in self.steps if step.name == "cap"]
        return max([Fraction(1), *caps])


@dataclass(frozen=True, slots=True)
class Rounding:
    decimals: int
    mode: str
    letters: str

    def apply(self, value: Fraction, *, at_least: int = 0) -> Decimal:
        """The number as it is shown. This is the one place where a result is rounded."""
        decimals = max(self.decimals, at_least)
        numerator, denominator = value.as_integer_ratio()
        whole, rest = divmod(abs(numerator) * 10**decimals, denominator)
        if _goes_up(self.mode, whole, rest, denominator):
            whole += 1
        return Decimal(whole if numerator >= 0 else -whole).scaleb(-decimals)

    @property
    def words(self) -> str:
        return f"rounded to {self.decimals} {'decimal' if self.decimals == 1 else 'decimals'}, {ROUNDING_WORDS[self.mode]}"


def _goes_up(mode: str, whole: int, rest: int, of: int) -> bool:
    """Whether `whole` and `rest` / `of` more is rounded away from zero."""
    if mode == "half_up":
        return 2 * rest >= of
    if mode == "half_even":
        return 2 * rest > of or (2 * rest == of and whole % 2 == 1)
    return mode == "up" and rest > 0


@dataclass(frozen=True, slots=True)
class Band:
    letter: str
    lowest: Fraction  # the band reaches from here up to, not including, the next


@dataclass(frozen=True, slots=True)
class Track:
    """The policy of the students of some sections, in place of the course's own."""

    title: str
    sections: frozenset[str]
    policy: "Policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """`curve` are (total, what it becomes), in ascending order; totals in between become what lies in between."""

    components: tuple[Component, ...]
    is_scaled: bool
    rounding: Rounding
    letters: tuple[Band, ...]
    regrade_days: int = 0
    curve: tuple[tuple[Fraction, Fraction], ...] = ()
    deductions: tuple[Deduction, ...] = ()
    gates: tuple[Gate, ...] = ()
    specification: tuple[Specified, ...] = ()
    tracks: tuple[Track, ...] = ()

    @classmethod
    def empty(cls) -> "Policy":
        return cls(components=(), is_scaled=True, rounding=Rounding(**DEFAULT_ROUNDING), letters=())

    @property
    def weight_sum(self) -> Fraction:
        return sum((component.weight for component in self.components), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        return Fraction(100) if self.is_scaled else self.weight_sum

    def of_section(self, section: str) -> "Policy":
        """The policy that holds for the students of this section."""
        own = next((track.policy for track in self.tracks if section in track.sections), self)
        return replace(own, tracks=()) if own.tracks else own

    def walk(self):
        """Every component, then those that only a track has; one of each key."""
        seen = set()
        for components in (self.components, *(track.policy.components for track in self.tracks)):
            for component in (inner for outer in components for inner in outer.walk()):
                if component.key not in seen:
                    seen.add(component.key)
                    yield component

    def leaves(self):
        return (component for component in self.walk() if not component.parts)

    def leaf(self, key: str) -> Component | None:
        return next((component for component in self.leaves() if component.key == key), None)

    def marked_by(self, source: str, milestone: str = "") -> Component | None:
        """The leaf that says how such work is marked; those that count the same work agree."""
        leaves = (leaf for leaf in self.leaves() if leaf.source == source and leaf.credit == "marks")
        return next((leaf for leaf in leaves if not milestone or leaf.milestones is None or milestone in leaf.milestones), None)

    def rounded(self, value: Fraction | None) -> Decimal | None:
        """A total as it is shown."""
        return None if value is None else self.rounding.apply(value)

    def rounded_part(self, value: Fraction | None) -> Decimal | None:
        """A component's number as it is shown: by the same rule, with two decimals at least."""
        return None if value is None else self.rounding.apply(value, at_least=2)

    @property
    def letter_names(self) -> list[str]:
        return [band.letter for band in (*self.letters, *self.specification)]

    def lowered(self, letter: str, steps: int) -> str:
        """So many steps below, and never below the last one."""
        names = self.letter_names
        return names[min(names.index(letter) + steps, len(names) - 1)] if letter in names else letter

    def lowest(self, *letters: str) -> str:
        """The one that stands last on the scale; "" where there is none."""
        names = self.letter_names
        return max((letter for letter in letters if letter in names), key=names.index, default="")

    def curved(self, value: Fraction) -> Fraction:
        """The total after the curve; without one the total itself."""
        if not self.curve:
            return value
        below = max((point for point in self.curve if point[0] <= value), default=self.curve[0])
        above = min((point for point in self.curve if point[0] >= value), default=self.curve[-1])
        if above[0] == below[0]:
            return below[1]
        return below[1] + (above[1] - below[1]) * (value - below[0]) / (above[0] - below[0])

    def letter_of(self, value: Fraction | None) -> str:
        if value is None:
            return ""
        compared = Fraction(self.rounding.apply(value)) if self.rounding.letters == "rounded" else value
        return next((band.letter for band in self.letters if compared >= band.lowest), "")


def exact(number: int | float | Decimal) -> Fraction:
    """The number as its author wrote it: 0.1 in a document is one tenth."""
    return Fraction(str(number))


# What a track may say otherwise than the policy around it.
OF_TRACKS = ("weights", "components", "letters", "curve", "deductions", "gates", "specification")


def read_policy(document: Mapping) -> Policy:
    """The document as a Policy. It must be free of lint errors."""
    tracks = tuple(
        Track(track["title"], frozenset(track["sections"]), _read_tree(of_track(document, track)))
        for track in document.get("tracks", [])
    )
    return replace(_read_tree(document), tracks=tracks)


def of_track(document: Mapping, track: Mapping) -> dict:
    """The document that holds for the track's students."""
    around = {key: value for key, value in document.items() if key != "tracks"}
    if "components" in track:
        # Weights that are stated for other components say nothing of these.
        around.pop("weights", None)
    if "letters" in track:
        around.pop("specification", None)
    if "specification" in track:
        around.pop("letters", None)
    return around | {key: track[key] for key in OF_TRACKS if key in track}


def _read_tree(document: Mapping) -> Policy:
    rounding = DEFAULT_ROUNDING | document.get("rounding", {})
    bands = [Band(band["letter"], exact(band["from"])) for band in document.get("letters", [])]
    return Policy(
        components=tuple(_read_component(component) for component in document["components"]),
        is_scaled=document.get("weights", "scale") == "scale",
        rounding=Rounding(**rounding),
        letters=tuple(sorted(bands, key=lambda band: -band.lowest)),
        regrade_days=document.get("regrade_days", 0),
        curve=tuple(sorted((exact(point["from"]), exact(point["to"])) for point in document.get("curve", []))),
        deductions=tuple(read_deduction(deduction) for deduction in document.get("deductions", [])),
        gates=tuple(read_gate(gate) for gate in document.get("gates", [])),
        specification=tuple(read_specified(band) for band in document.get("specification", [])),
    )


def _read_component(raw: Mapping) -> Component:
    if "parts" in raw:
        parts = tuple(_read_component(part) for part in raw["parts"])
        return Component(raw["key"], raw["title"], sum((part.weight for part in parts), Fraction(0)), parts=parts)
    entry = read_entry(raw)
    return Component(
        key=raw["key"],
        title=raw["title"],
        weight=exact(raw["weight"]),
        source=raw["source"],
        steps=_read_steps(raw),
        milestones=tuple(raw["milestones"]) if "milestones" in raw else None,
        credit=raw.get("credit", "marks"),
        max_points=entry.out_of or Decimal(DEFAULT_MAX_POINTS),
        entry=entry,
        is_anonymous=raw.get("anonymous", False),
        is_left_out_when_empty=raw.get("when_empty") == "left out",
    )


def _read_steps(raw: Mapping) -> tuple[Step, ...]:
    """The stated steps; where the author left the aggregate out, the source's own stands before what bounds the result."""
    steps = [Step(step["step"], _read_params(step)) for step in raw.get("steps", [])]
    if not any(STEPS[step.name].is_aggregate for step in steps):
        bounds = (place for place, step in enumerate(steps) if STEPS[step.name].stage > Stage.AGGREGATE)
        steps.insert(next(bounds, len(steps)), Step(DEFAULT_AGGREGATE[raw["source"]], {}))
    return tuple(steps)


def _read_params(step: Mapping) -> dict[str, Any]:
    return {name: param.read(step[name]) for name, param in STEPS[step["step"]].params.items() if name in step}
