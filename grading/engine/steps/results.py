"""Steps that turn what counts into a share of the component, and bound or lower it."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from grading.engine import counting
from grading.engine.counting import Tier
from grading.engine.exact import add_up, ratio
from grading.engine.flow import NOTHING, Flow, Times, by_scale, nothing, say


def mean(flow: Flow) -> Flow:
    """The mean of the shares: every piece of work weighs the same."""
    size = len(flow.counted) + flow.blanks
    if not size:
        return nothing(flow)
    scales = by_scale(flow.counted)
    share = add_up([ratio(points, out_of * size) for points, out_of in scales])
    if len(scales) == 1:
        out_of = scales[0][1]
        words = say("Mean of {}: {} of {}.", size, Times(out_of, share), out_of)
    else:
        words = say("Mean of {}: {} %.", size, Times(100, share))
    if flow.bonus:
        return flow.then(words, say("{} % extra.", Times(100, flow.bonus)), share=share + flow.bonus)
    return flow.then(words, share=share)


def total_points(flow: Flow, *, full_points: Fraction | None = None) -> Flow:
    """Points over possible points; with `full_points`, that many are full credit.

    Exempt work lowers `full_points` as far as what is left could not reach it. So far, they are asked for in proportion to
    what could already be had.
    """
    if not flow.counted:
        return nothing(flow)
    points = sum([item.points for item in flow.counted if item.points is not None], NOTHING)
    possible = sum([item.out_of for item in flow.counted], NOTHING)
    if full_points is None:
        return flow.then(say("{} of {} points.", points, possible), share=ratio(points, possible))
    later = sum([item.out_of for item in flow.outstanding], NOTHING)
    if flow.exempt:
        full_points = _reachable(flow, full_points, possible + later)
    if flow.outstanding:
        asked = full_points * ratio(possible, possible + later)
        words = say("{} points; {} are full credit, {} of them so far.", points, full_points, asked)
        return flow.then(words, share=ratio(points, asked))
    return flow.then(say("{} points; {} are full credit.", points, full_points), share=ratio(points, full_points))


def _reachable(flow: Flow, full_points: Fraction, left: Decimal) -> Fraction:
    let_off = sum([item.out_of for item in flow.exempt], NOTHING)
    return max(full_points - Fraction(let_off), min(full_points, Fraction(left)))


def all_or_nothing(flow: Flow, *, at: Fraction) -> Flow:
    """At least `at` percent is full credit, less is none."""
    if flow.share is None:
        return flow
    is_passed = flow.share * 100 >= at
    words = "{} % reach the {} % that are full credit." if is_passed else "{} % are less than the {} % asked for: no credit."
    return flow.then(say(words, Times(100, flow.share), at), share=Fraction(is_passed))


def cap(flow: Flow, *, at: Fraction) -> Flow:
    """At most `at` percent of the component."""
    if flow.share is None or flow.share * 100 <= at:
        return flow
    return flow.then(say("Capped at {} %.", at), share=at / 100)


def deduct(flow: Flow, *, count_of: str, tiers: Sequence[Tier] = (), each: Fraction | None = None, free: int = 0) -> Flow:
    """Take a share of the result away by how often something happened."""
    if flow.share is None:
        return flow
    count = counting.count_of(count_of, flow.items, flow.known, is_final=flow.is_final)
    percent = min(Fraction(100), counting.taken_off(count, tiers=tiers, each=each, free=free))
    if not percent:
        return flow
    still = counting.outstanding_of(count_of, flow.items, flow.known, is_final=flow.is_final)
    counted = f"{{}} {counting.COUNTED[count_of]}"
    if still:
        words = say(f"{counted}, {{}} of them outstanding: {{}} % of the result taken off.", count, still, percent)
    else:
        words = say(f"{counted}: {{}} % of the result taken off.", count, percent)
    return flow.then(words, share=flow.share * (100 - percent) / 100)
