"""Steps that choose which results count."""

from fractions import Fraction

from grading.engine.facts import State
from grading.engine.flow import Flow, best_first, plural, say


def drop_lowest(flow: Flow, *, count: int) -> Flow:
    """Leave out the `count` lowest, first of all what was needed and never came; at least one always stays."""
    dropped = min(count, max(0, len(flow.counted) + flow.blanks - 1))
    if not dropped:
        return flow.then(say("Up to {} would be dropped; nothing to drop yet.", plural(count, "result")))
    blanks = max(0, flow.blanks - dropped)
    kept = tuple(best_first(flow.counted)[: len(flow.counted) + flow.blanks - dropped - blanks])
    never_came = flow.blanks - blanks
    words = "{} dropped; {} never came." if never_came else "{} dropped."
    return flow.then(say(words, plural(dropped, "lowest result"), never_came), counted=kept, blanks=blanks)


def best_of(flow: Flow, *, count: int) -> Flow:
    """Count the best `count` results; what was needed and never came is among the worst."""
    there = len(flow.counted) + flow.blanks
    if there <= count:
        return flow.then(say("The best {} count; there are {}.", count, there))
    kept = tuple(best_first(flow.counted)[:count])
    return flow.then(say("The best {} of {} count.", count, there), counted=kept, blanks=count - len(kept))


def required_count(flow: Flow, *, count: int, extra: Fraction = Fraction(0)) -> Flow:
    """`count` pieces of work are full credit: the best ones count, what is short of `count` counts as zero.

    Exempt work lowers `count` as far as what is left could not reach it. So far, work that is still outstanding can make up
    for what is missing, so only the rest is needed already. Each further one with points adds `extra` percent of the component.
    """
    asked, count = count, _reachable(flow, count)
    marked = tuple([item for item in flow.counted if item.points is not None])
    ranked = best_first(marked)
    best = tuple(ranked[:count])
    still_to_come = 0
    if not flow.is_final:
        listed = len(flow.counted) + len(flow.outstanding)
        unlisted = 0 if flow.is_over else max(0, count - listed)
        still_to_come = len(flow.outstanding) + unlisted
    needed = min(count, max(count - still_to_come, len(best)))
    blanks = needed - len(best)
    words = [say("{} needed; the best {} of {} marked count.", asked, len(best), len(marked))]
    if count < asked:
        words.insert(0, say("{} exempt, and too few others for {}: {} are full credit.", len(flow.exempt), asked, count))
    if still_to_come and needed < count:
        words.append(say("Only {} could be asked for so far.", needed))
    if blanks:
        words.append(say("{} short of the {}: they count as zero.", blanks, needed))
    beyond = sum(1 for item in ranked[count:] if item.points) if extra else 0
    if not beyond:
        return flow.then(*words, counted=best, blanks=blanks)
    words.append(say("{} beyond that: {} % extra each.", beyond, extra))
    return flow.then(*words, counted=best, blanks=blanks, bonus=flow.bonus + beyond * extra / 100)


def _reachable(flow: Flow, count: int) -> int:
    others = len(flow.counted) + len(flow.outstanding)
    if flow.exempt and not others:
        return 0
    return max(count - len(flow.exempt), min(count, others))


def skip(flow: Flow, *, count: int) -> Flow:
    """Up to `count` pieces of work may be left undone; they count neither for nor against."""
    undone = (State.MISSING, State.OPEN) if flow.is_final else (State.MISSING,)
    candidates = [item for item in flow.counted if item.state in undone]
    # The most valuable first, which is best for the student where points are added up; missing work before open work.
    candidates.sort(key=lambda item: (item.state is State.OPEN, -item.out_of, item.key))
    skipped = {item.key for item in candidates[:count]}
    words = say("{} of {} used; {} left.", len(skipped), plural(count, "skip"), count - len(skipped))
    return flow.then(words, counted=tuple(item for item in flow.counted if item.key not in skipped))


def exempt(flow: Flow, *, counts_as: str) -> Flow:
    """Exempt work is left out of both sides, or counted as done in full."""
    if counts_as == "left out" or not flow.exempt:
        return flow
    done = tuple(item._replace(state=State.MARKED, points=item.out_of) for item in flow.exempt)
    return flow.then(say("{} exempt: counted as done in full.", len(done)), counted=flow.counted + done, exempt=())


def sampled(flow: Flow) -> Flow:
    """Only what was picked out and marked counts, and what never came; the rest was not looked at."""
    counted = tuple(item for item in flow.counted if item.state is not State.PENDING)
    outstanding = tuple(item for item in flow.outstanding if item.state is not State.PENDING)
    left = len(flow.counted) + len(flow.outstanding) - len(counted) - len(outstanding)
    if not left:
        return flow
    return flow.then(say("{} handed in and not in the sample: left out.", left), counted=counted, outstanding=outstanding)
