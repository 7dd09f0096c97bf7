"""A policy as its author writes it: the [grading] table of the course file, in TOML."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.toml.problems import BadCourseFile, Problem
from core.toml.source import Source, read_source
from core.toml.write import write_table
from grading import engine

# The order of keys in [grading], whose schema is made of cases; JSON in the database keeps no order.
POLICY_ORDER = (
    *("weights", "key", "title", "sections", "weight", "source", "milestones", "credit", "max_points", "anonymous"),
    *("scale", "rubric", "when_empty", "steps", "regrade_days", "symbol", "points", "value", "label", "step", "count", "at"),
    *("component", "count_of", "unit", "each", "free", "least", "letter", "needs", "from", "to", "decimals", "mode"),
    *("letters", "rounding", "curve", "components", "parts", "deductions", "gates", "specification", "tracks"),
)
FILE_NAME = "policy"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of the linter, or what is no TOML, at its line of the text."""

    severity: str
    line: int | None
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class PolicyText:
    """`document` is None when the text is none; with errors among what is `told` it cannot be computed with."""

    document: dict | None
    told: tuple[Told, ...]

    @property
    def errors(self) -> list[Told]:
        return [told for told in self.told if told.severity == engine.ERROR]

    @property
    def warnings(self) -> list[Told]:
        return [told for told in self.told if told.severity != engine.ERROR]


def policy_toml(document: Mapping) -> str:
    """The table, header and all, so that it can be pasted into the course file and out of it."""
    lines = ["[grading]"]
    write_table(lines, "grading", dict(document), engine.POLICY_SCHEMA, lambda schema: POLICY_ORDER)
    return "\n".join(lines) + "\n"


def read_policy_text(text: str, known: engine.Known) -> PolicyText:
    """What the text says, with everything that is wrong with it or worth telling, by line."""
    try:
        source = read_source(text, file_name=FILE_NAME)
    except BadCourseFile as refusal:
        return PolicyText(None, tuple(_told(problem) for problem in refusal.problems))
    if source.data is None:
        return PolicyText(None, tuple(_told(problem) for problem in source.problems))
    wrong = [
        *(source.problem(path, f"found {bare}, which is no TOML value.") for path, bare in source.not_toml.items()),
        *(source.problem((key,), "Only the [grading] table stands here.") for key in source.data if key != "grading"),
    ]
    if "grading" not in source.data:
        wrong.append(Problem(None, "", "There is no [grading] table. Begin the text with the line [grading]."))
    if wrong:
        return PolicyText(None, tuple(_told(problem) for problem in wrong))
    document = source.data["grading"]
    return PolicyText(document, tuple(_found(source, finding) for finding in engine.lint(document, known)))


def _told(problem: Problem) -> Told:
    return Told(engine.ERROR, problem.line, problem.where, problem.message)


def _found(source: Source, finding: engine.Finding) -> Told:
    return Told(finding.severity, source.line_of(("grading", *finding.path)), finding.where, finding.message)
