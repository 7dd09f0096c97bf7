"""What a total means: its letter, and whether what is required to pass is met."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from grading.engine.flow import Said, say
from grading.engine.needs import Need
from grading.engine.policy import Policy
from grading.engine.tree import Node

Nodes = tuple[Node, ...]


class Reading(NamedTuple):
    """The components in one reading. `at_best` gives them as if everything outstanding were full; asked only so far."""

    nodes: Nodes
    is_final: bool
    at_best: Callable[[], Nodes]

    def meets(self, need: Need) -> bool:
        """In the final reading, by what is there; so far, by whether it can still be met."""
        if self.meets_now(need):
            return True
        if self.is_final or need.least is None:
            return False
        best = find(self.at_best(), need.component)
        return best is not None and need.is_met(best, is_final=False)

    def meets_now(self, need: Need) -> bool:
        node = find(self.nodes, need.component)
        return node is not None and need.is_met(node, is_final=self.is_final)

    def words(self, need: Need) -> str:
        node = find(self.nodes, need.component)
        return str(need.words(node.title if node else need.component))


def standing(policy: Policy, reading: Reading, value: Fraction | None, lowered: int) -> tuple[str, bool, tuple[Said, ...]]:
    """(letter, whether something required to pass is not met, sentences) of a total whose letter is so many steps lower."""
    if value is None:
        return "", False, ()
    letter, said = _letter(policy, reading, value)
    if lowered and letter:
        letter = policy.lowered(letter, lowered)
        said = (*said, say("Lowered to {}.", letter))
    unmet = [gate for gate in policy.gates if not reading.meets(gate.need)]
    if unmet:
        words = "Required to pass, and not met: {}." if reading.is_final else "Required to pass, and not met as it stands: {}."
        letter = policy.lowest(letter, *(gate.letter for gate in unmet))
        return letter, True, tuple([say(words, reading.words(gate.need)) for gate in unmet])
    return letter, False, (*said, *_not_yet_met(policy, reading))


def _not_yet_met(policy: Policy, reading: Reading) -> tuple[Said, ...]:
    """Of the gates that can still be met, those that are not as it stands."""
    waiting = [gate for gate in policy.gates if not reading.meets_now(gate.need)]
    return tuple([say("Required to pass, and not met yet: {}.", reading.words(gate.need)) for gate in waiting])


def _letter(policy: Policy, reading: Reading, value: Fraction) -> tuple[str, tuple[Said, ...]]:
    if policy.specification:
        return _specified_letter(policy, reading)
    letter = policy.letter_of(value)
    if not letter:
        return "", ()
    read = policy.rounded(value) if policy.rounding.letters == "rounded" else value
    return letter, (say("{}: {} on the letter scale ({}).", letter, read, policy.rounding.words),)


def _specified_letter(policy: Policy, reading: Reading) -> tuple[str, tuple[Said, ...]]:
    """The first letter whose needs are all met; so far, the first that can still be reached."""
    lacking = ""
    for band in policy.specification:
        unmet = [need for need in band.needs if not reading.meets(need)]
        if not unmet:
            words = "{}: everything is there that it needs." if reading.is_final else "{} can still be reached."
            return band.letter, (say(words + "{}", band.letter, lacking),)
        lacking = lacking or f" {band.letter} would need {', '.join(map(reading.words, unmet))}."
    return "", ()


def find(nodes: Nodes, key: str) -> Node | None:
    for node in nodes:
        found = node if node.key == key else find(node.parts, key)
        if found:
            return found
    return None
