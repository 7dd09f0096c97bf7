"""What is wrong with a policy document, found before it is saved."""

from collections.abc import Iterator, Mapping

from grading.engine.lint.components import check_agreement, check_components
from grading.engine.lint.course import check_against_course, check_unread
from grading.engine.lint.finding import ERROR, WARNING, Finding, Known
from grading.engine.lint.shape import check_shape
from grading.engine.lint.tracks import check_tracks
from grading.engine.lint.walk import wholes
from grading.engine.lint.whole import check_whole
from grading.engine.policy import read_policy

__all__ = ["ERROR", "WARNING", "Finding", "Known", "lint"]


def lint(document: object, known: Known | None = None) -> list[Finding]:
    """Every finding, errors first; a document without errors can be read and computed."""
    shape = check_shape(document)
    if shape:
        return sorted(set(shape), key=lambda finding: [str(part) for part in finding.path])
    findings = [*_of_each(document, _check_sense), *check_agreement(document), *check_tracks(document, known or Known())]
    if not any(finding.severity == ERROR for finding in findings):
        findings += _of_each(document, lambda whole: check_against_course(read_policy(whole), whole, known or Known()))
        findings += check_unread(read_policy(document), known or Known())
    return sorted(findings, key=lambda finding: finding.severity)


def _check_sense(whole: Mapping) -> Iterator[Finding]:
    yield from check_components(whole)
    yield from check_whole(whole)


def _of_each(document: Mapping, check) -> Iterator[Finding]:
    """Of the policy and of each track; what a track takes over is found in the policy around it."""
    for prefix, whole in wholes(document):
        stated = document["tracks"][prefix[1]] if prefix else document
        for finding in check(whole):
            if not prefix or finding.path[0] in stated or (finding.path[0] == "weights" and "components" in stated):
                yield Finding(finding.severity, (*prefix, *finding.path), finding.message)
