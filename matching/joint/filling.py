"""Which others each taker gets, once it is decided what of the asked for, and how many others besides."""

from random import Random

from matching.joint.bundles import Menu
from matching.joint.levels import Chosen
from matching.joint.model import Model
from matching.joint.problem import Joint
from matching.problem import Key, Pair

SPARE = 12  # others that a taker may choose from at first
EFFORT = 1.0  # in CP-SAT's deterministic seconds, for each try


def fill(joint: Joint, menu: Menu, chosen: Chosen) -> set[Pair] | None:
    """The pairs, as good as `chosen` on its levels; None where the rules between offers leave none, or none was found."""
    asked = {(bundle.taker.key, offer) for bundle in chosen.bundles for offer in bundle.asked}
    wants = {bundle.taker.key: bundle.others for bundle in chosen.bundles if bundle.others}
    if not wants:
        return asked
    free = dict(chosen.loads)
    for taker, offer in asked:
        free[offer] -= joint.taker_of[taker].size
    open_to = {taker: [offer for offer in menu.others[taker] if free[offer]] for taker in wants}
    draw = Random(joint.seed)  # noqa: S311 - a lot, not a secret
    few = {taker: draw.sample(offers, min(SPARE, len(offers))) for taker, offers in open_to.items()}
    every = {taker: menu.others[taker] for taker in wants}
    for choice, loads in ((few, chosen.loads), (open_to, chosen.loads), (every, None)):
        if found := _deal(joint, asked, choice, wants, chosen, loads):
            return found
    return None


def _deal(joint: Joint, asked: set[Pair], choice: dict[Key, list[Key]], wants, chosen: Chosen, loads) -> set[Pair] | None:
    """With these loads, or with any that are as even."""
    model = Model(joint, [*sorted(asked), *((taker, offer) for taker, offers in choice.items() for offer in offers)])
    for pair in asked:
        model.model.add(model.made[pair] == 1)
    for taker, count in wants.items():
        model.model.add(sum(model.made[taker, offer] for offer in choice[taker]) == count)
    if loads is None:
        model.keep(sum(model.missing), chosen.reached[0])
        model.keep(model.uneven(), chosen.reached[3])
    else:
        for offer in joint.offers:
            model.model.add(model.load(offer) == loads[offer.key])
    found, _ = model.minimize(0, (), EFFORT)
    return found or None
