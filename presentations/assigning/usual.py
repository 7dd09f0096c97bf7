"""What the form of a deal proposes: every place filled, and the places shared out evenly."""

from presentations.assigning.world import Parameters, World
from presentations.models import PresentationRules


def usual_parameters(world: World, rules: PresentationRules) -> Parameters:
    """As often as the places go round, within what the course asks of a student; `rules` speak before arithmetic."""
    students, places = len(world.students), places_of(world)
    least = max(rules.at_least, places // students if students else 0, 1)
    most = max(rules.at_least, -(-places // students) if students else 0, 1)
    if rules.at_most is not None:
        least, most = min(least, rules.at_most), min(most, rules.at_most)
    return Parameters(least, most, slot_least=int(_reaches_every_slot(world, most)))


def places_of(world: World) -> int:
    """What students have in the term and what is still to give."""
    return sum(len(each.held) for each in world.students) + sum(slot.open for slot in world.slots)


def _reaches_every_slot(world: World, most: int) -> bool:
    still = sum(max(0, most - len(each.held)) for each in world.students)
    empty = sum(slot.is_empty for slot in world.slots)
    return 0 < empty <= still
