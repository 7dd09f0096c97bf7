"""Steps that change single results before some are chosen: onto another scale, for lateness, by what else was there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

from grading.engine.facts import Item, State
from grading.engine.flow import NOTHING, Flow, best_first, plural, say
from grading.engine.late import LateRule, spend_bank

Level = tuple[Decimal, Decimal]  # (from these points or this percentage on, percent)


def map_marks(flow: Flow, *, levels: Sequence[Level], by: str = "points") -> Flow:
    """Read each mark on a scale: it counts as the percentage of the highest level that it reaches, below all levels 0."""
    counted = tuple(item if item.points is None else _mapped(item, levels, by) for item in flow.counted)
    scale = ", ".join("{} as {} %" for _ in levels)
    words = say(f"Marks count by {by}: {scale}.", *(number for level in levels for number in level))
    return flow.then(words, counted=counted)


def _mapped(item: Item, levels: Sequence[Level], by: str) -> Item:
    reached = item.points if by == "points" else item.points * 100
    factor = 1 if by == "points" else item.out_of
    percent = max((level for level in levels if level[0] * factor <= reached), default=(NOTHING, NOTHING))[1]
    return item._replace(points=percent * item.out_of / 100)


def late(flow: Flow, *, bank_days: int = 0, **rule) -> Flow:
    """Take off for work that was handed in late; free days from the bank go where they save most."""
    affected = [item for item in flow.counted if item.points is not None and item.came_late]
    if not affected:
        return flow
    rule = LateRule(**rule)
    affected.sort(key=lambda item: item.key)
    spent = spend_bank(affected, rule, bank_days)
    kept = {
        item.key: rule.kept(item, late=item.late - timedelta(days=days)) for item, days in zip(affected, spent, strict=True)
    }
    taken = sum((item.points - kept[item.key] for item in affected), NOTHING)
    words = [say("{} handed in late: {} points taken off.", len(affected), taken)]
    if bank_days:
        words.append(say("{} of {} used.", sum(spent), plural(bank_days, "free late day")))
    counted = tuple([item._replace(points=kept[item.key]) if item.key in kept else item for item in flow.counted])
    return flow.then(*words, counted=counted)


def group(flow: Flow, *, by: str, exempt: str = "one") -> Flow:
    """Of the pieces of work of one day, or about one paper, the best counts, once.

    With `exempt` = "all" who is exempt from one is exempt from its whole group, which then is one exempt piece of work.
    """
    flow = _excused(flow, by) if exempt == "all" and flow.exempt else flow
    groups: dict = defaultdict(lambda: ([], []))
    for place, items in enumerate((flow.counted, flow.outstanding)):
        for item in items:
            groups[_group_of(item, by)][place].append(item)
    counted, outstanding = [], []
    for settled, unsettled in groups.values():
        marked = [item for item in settled if item.points is not None]
        if marked:
            counted.append(best_first(tuple(marked))[0])
        elif unsettled:
            outstanding.append(min(unsettled, key=lambda item: item.key))
        else:
            # In the final reading work that may still come stands for its group before work that is missing.
            counted.append(min(settled, key=lambda item: (item.state is State.MISSING, item.key)))
    merged = len(flow.counted) + len(flow.outstanding) - len(counted) - len(outstanding)
    if not merged:
        return flow
    words = say("Of several on one {} the best counts: {} left out.", by, merged)
    return flow.then(words, counted=tuple(counted), outstanding=tuple(outstanding))


def _excused(flow: Flow, by: str) -> Flow:
    """What belongs to a group of exempt work does not count either."""
    exempt = {_group_of(item, by): item for item in sorted(flow.exempt, key=attrgetter("key"), reverse=True)}
    counted = tuple(item for item in flow.counted if _group_of(item, by) not in exempt)
    outstanding = tuple(item for item in flow.outstanding if _group_of(item, by) not in exempt)
    excused = len(flow.counted) + len(flow.outstanding) - len(counted) - len(outstanding)
    words = (say("{} on one {} with exempt work: exempt too.", excused, by),) if excused else ()
    return flow.then(*words, counted=counted, outstanding=outstanding, exempt=tuple(exempt.values()))


def _group_of(item: Item, by: str):
    """The day or paper; what has none stands for itself."""
    return (item.when if by == "day" else item.paper) or (None, item.key)


def needs(flow: Flow, *, source: str, least: Decimal = Decimal(1)) -> Flow:
    """Work counts only on days on which the other source gave `least` points; otherwise it is worth nothing.

    While the other source has nothing for the day yet, so far the work waits with it.
    """
    met = _days_met(flow.known.sources.get(source, ()), least)
    counted, waiting, lost = [], [], 0
    for item in flow.counted:
        is_met = met.get(item.when, False)
        if is_met is None and not flow.is_final:
            waiting.append(item)
        elif is_met or item.points is None:
            counted.append(item)
        else:
            counted.append(item._replace(points=NOTHING))
            lost += 1
    words = (say("{} without {} on the same day: no points.", lost, source),) if lost else ()
    return flow.then(*words, counted=tuple(counted), outstanding=flow.outstanding + tuple(waiting))


def _days_met(items: Sequence[Item], least: Decimal) -> dict[date | None, bool | None]:
    """Per day whether it has `least` points; None: cannot be told yet."""
    met: dict[date | None, bool | None] = {}
    for item in items:
        if item.points is not None and item.points >= least:
            met[item.when] = True
        elif not met.get(item.when):
            met[item.when] = None if item.state in (State.OPEN, State.PENDING) else met.get(item.when, False)
    return met
