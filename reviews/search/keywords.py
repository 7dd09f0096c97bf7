"""What each keyword means: one table of handlers, each from a keyword and the world to the papers it finds."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from reviews import policies
from reviews.models import Field, FieldKind
from reviews.offline.names import Names
from reviews.search.comparing import Condition, count_condition, values_condition
from reviews.search.errors import SearchError
from reviews.search.syntax import Keyword
from reviews.search.tagged import tagged
from reviews.search.texts import folded, matcher
from reviews.search.world import TEXTS, Ids, Reviewers, World
from reviews.symbols import as_numbers

Papers = Ids
Handler = Callable[[World, Keyword], Papers]

MAX_TEXT_TERMS = 5  # keywords that read the text of all reviews
NUMBERS_ARE_LIKE = "3, >3, 1..2, all:1..2 or 2<=3"
COUNTS_ARE_LIKE = "3, >=2, any or none"


def refused(keyword: Keyword, message: str) -> SearchError:
    """About what stands after the colon."""
    return SearchError(keyword.value_at, message, length=keyword.value.length)


# -- papers


def text_in(*which: str) -> Handler:
    """The words stand in one of these texts of the paper."""
    places = [TEXTS.index(name) for name in which]

    def find(world: World, keyword: Keyword) -> Papers:
        holds = matcher(keyword.value.text, has_stars=not keyword.value.is_quoted)
        return world.papers_where(lambda entry: any(holds(entry.texts[place]) for place in places))

    return find


def has(world: World, keyword: Keyword) -> Papers:
    wanted = folded(keyword.value.text)
    if wanted in HAS:
        return HAS[wanted](world, keyword)
    key = _field_key(world, keyword, keyword.value.text)
    if key is None:
        known = ", ".join(HAS)
        raise refused(keyword, f"has: knows {known} and the fields of the review form.")
    return _with_field(world, key, "any", keyword)


def has_count(kind: str) -> Handler:
    return lambda world, keyword: _by_reviewers(world, kind, None, lambda count: count > 0)


def has_paper(test) -> Handler:
    return lambda world, keyword: world.papers_where(test)


def has_mark(world: World, keyword: Keyword) -> Papers:
    return _where(world.marks, values_condition("any"))


def topic(world: World, keyword: Keyword) -> Papers:
    """The words stand in the topic of the paper's meeting."""
    wanted = folded(keyword.value.text)
    if wanted in ("any", "none") and not keyword.value.is_quoted:
        return world.papers_where(lambda entry: bool(entry.topic) is (wanted == "any"))
    holds = matcher(keyword.value.text, has_stars=not keyword.value.is_quoted)
    return world.papers_where(lambda entry: holds(entry.topic))


def pref(world: World, keyword: Keyword) -> Papers:
    """A student's own preference, for the instructor the students'; a paper that nobody has rated has none."""
    if not (world.viewer.is_student or policies.sees_preferences(world.viewer)):
        message = "Preferences are for the student who has them and for the instructor."
        raise SearchError(keyword.position, message, length=len(keyword.name) + 1)
    condition = values_condition(keyword.value.text)
    if condition is None:
        raise refused(keyword, "After pref: write a number from -20 to 20 such as 3, >0, -20..-1, any or none.")
    return _where(world.preferences, condition)


def has_pref(world: World, keyword: Keyword) -> Papers:
    return pref(world, replace(keyword, value=replace(keyword.value, text="any")))


def status(world: World, keyword: Keyword) -> Papers:
    """The state of the viewer's own review, as the lists show it; upcoming and past are the meeting's."""
    wanted, today = folded(keyword.value.text), world.viewer.course.today()
    if wanted in MEETING_STATES:
        happens = MEETING_STATES[wanted]
        return world.papers_where(lambda entry: happens(entry.date, today))
    if wanted not in OWN_STATES:
        raise refused(keyword, f"status: knows {', '.join([*OWN_STATES, *MEETING_STATES])}.")
    if not world.viewer.is_student:
        raise refused(keyword, "You write no reviews, so none has a state; try cre:, ire:, status:past or status:upcoming.")
    return {paper for paper, state in world.states.items() if state == wanted}


OWN_STATES = ("open", "draft", "submitted", "late", "missing", "exempt")
MEETING_STATES: dict[str, Callable[[date, date], bool]] = {
    "upcoming": lambda day, today: day >= today,
    "past": lambda day, today: day < today,
}


def in_round(world: World, keyword: Keyword) -> Papers:
    """Papers of a round, by its key or title, and those that the viewer knows to be assigned in it; any and none."""
    wanted, rounds = folded(keyword.value.text), world.rounds
    if wanted in ("any", "none"):
        placed = set().union(*rounds.values())
        return placed if wanted == "any" else world.all - placed
    found = [papers for round, papers in rounds.items() if wanted in (folded(round.key), folded(round.title))]
    if not found:
        known = f"its rounds are {', '.join(round.key for round in rounds)}" if rounds else "it has none"
        raise refused(keyword, f"This course has no such round; {known}.")
    return found[0]


# -- who reviews

KINDS: dict[str, Callable[[Reviewers], Ids]] = {
    "re": lambda of: of.begun.union(of.asked),
    "cre": lambda of: of.submitted,
    "ire": lambda of: of.begun.union(of.required).difference(of.submitted),
    "pre": lambda of: of.begun.difference(of.submitted),
}
KIND_WORDS = {
    "complete": "cre", "completed": "cre", "done": "cre", "submitted": "cre",
    "incomplete": "ire", "notdone": "ire", "not-done": "ire",
    "inprogress": "pre", "in-progress": "pre", "draft": "pre", "partial": "pre",
}  # fmt: skip
_PART = re.compile(r'((?:"(?:\\.|[^"\\])*"|[^:"<>=!≠≤≥])+)|([<>=!≠≤≥]+[0-9]+)|(:)|(.)', re.DOTALL)


def reviewers(kind: str) -> Handler:
    """me, a name, complete, a count, or several of them with colons between: re:lee:complete, re:me, cre:<3."""

    def find(world: World, keyword: Keyword) -> Papers:
        meant, who, is_enough = kind, None, None
        for part in _parts(keyword):
            word = folded(part)
            if count := None if keyword.value.is_quoted else count_condition(word):
                if is_enough:
                    raise refused(keyword, f"There is more than one count here; write one like {COUNTS_ARE_LIKE}.")
                is_enough = count
            elif word in KIND_WORDS and not keyword.value.is_quoted:
                meant = KIND_WORDS[word]
            else:
                named = _named(world, keyword, part)
                who = named if who is None else who & named
        return _by_reviewers(world, meant, who, is_enough or (lambda count: count > 0))

    return find


def _parts(keyword: Keyword) -> list[str]:
    if keyword.value.is_quoted:
        return [keyword.value.text]
    found = list(_PART.finditer(keyword.value.text))
    if any(part[4] or (part[2] and not count_condition(part[2])) for part in found):
        raise refused(keyword, f"After {keyword.name}: write me, a name, complete or a count such as {COUNTS_ARE_LIKE}.")
    return [part[0] for part in found if not part[3]]


def _named(world: World, keyword: Keyword, name: str) -> set[int]:
    """Who is meant. Of hidden names nothing is said, not even that somebody is called so."""
    if name.casefold() == "me" and not keyword.value.is_quoted:
        return {world.viewer.pk}
    if not policies.sees_signed_names(world.viewer):
        raise refused(keyword, f"Names are hidden in this course; {keyword.name}:me finds your own.")
    if not folded(name):
        raise refused(keyword, f"After {keyword.name}: write me, a name, complete or a count such as {COUNTS_ARE_LIKE}.")
    return world.people(name)


def _by_reviewers(world: World, kind: str, who: set[int] | None, is_enough: Callable[[int], bool]) -> Papers:
    if kind == "cre" and who is None:
        return {paper for paper in world.all if is_enough(world.review_counts.get(paper, 0))}
    choose = KINDS[kind]
    if who is None:
        return {paper for paper, of in world.reviewers.items() if is_enough(len(choose(of)))}
    return {paper for paper, of in world.named_reviewers.items() if is_enough(len(who & choose(of)))}


# -- what reviews hold


def mark(world: World, keyword: Keyword) -> Papers:
    if not (world.viewer.is_staff or world.viewer.is_student):
        raise SearchError(keyword.position, "Marks are for staff and for whom they are about.", length=len(keyword.name) + 1)
    condition = values_condition(keyword.value.text)
    if condition is None:
        raise refused(keyword, f"After mark: write a number of points such as {NUMBERS_ARE_LIKE}.")
    return _where(world.marks, condition)


def _where(given, condition: Condition) -> Papers:
    return {paper for paper, values in given.items() if condition.holds(values)}


RATINGS = {
    "any": "any", "helpful": "helpful", "good": "helpful", "+": "helpful",
    "needswork": "needs_work", "bad": "needs_work", "-": "needs_work",
    "tooshort": "too_short", "short": "too_short", "vague": "vague", "offtopic": "off_topic",
    "disrespectful": "disrespectful", "copied": "copied", "lookscopied": "copied",
}  # fmt: skip
_RATING = re.compile(r"([^<>=!≠≤≥:0-9]*):?((?:[<>=!≠≤≥]*[0-9]+)?)")


def rating(world: World, keyword: Keyword) -> Papers:
    """A review of the paper is rated so, by so many; a sum that is not shown is like none."""
    text = folded(keyword.value.text)
    if text == "none":
        return {paper for paper in world.all if not world.ratings.get(paper)}
    parts = _RATING.fullmatch(text)
    name = RATINGS.get(re.sub(r"[\s_-]+(?=.)", "", parts[1]) or "any") if parts and text else None
    is_enough = count_condition(parts[2] or "any") if parts else None
    if name is None or is_enough is None:
        known = "helpful, needs-work, too-short, vague, off-topic, disrespectful, copied, any or none"
        raise refused(keyword, f"rating: knows {known}, with a count where you want one: bad>=3.")
    return {paper for paper, sums in world.ratings.items() if any(is_enough(counted[name]) for counted in sums)}


def review_field(world: World, keyword: Keyword) -> Papers:
    """A keyword that the table does not have: a field of the review form, by key or abbreviated label."""
    key = _field_key(world, keyword, keyword.name)
    if key is None:
        message = f"{keyword.name}: is no keyword and no field of the review form. To look for the text, put it in quotes."
        raise SearchError(keyword.position, message, length=len(keyword.name) + 1)
    return _with_field(world, key, keyword.value.text, keyword)


def _field_key(world: World, keyword: Keyword, name: str) -> str | None:
    keys = world.field_keys(name)
    if len(keys) > 1:
        labels = ", ".join(world.fields[key][0].label for key in keys)
        raise SearchError(keyword.position, f"{name} may mean {labels}; write more of it.", length=len(keyword.name) + 1)
    return keys[0] if keys else None


def _with_field(world: World, key: str, value: str, keyword: Keyword) -> Papers:
    field = world.fields[key][0]
    if field.kind == FieldKind.SCORE:
        return _where(world.scores(key), _score_condition(field, value, keyword))
    wanted = folded(value)
    if not keyword.value.is_quoted or keyword.name == "has":
        given = {paper for paper, answer in world.answers(key) if answer is not False}
        if wanted in ("any", "yes") and (wanted == "any" or field.kind == FieldKind.CHECKBOX):
            return given
        if wanted in ("none", "no") and (wanted == "none" or field.kind == FieldKind.CHECKBOX):
            return world.all - given
    return _answered(world, field, value, keyword)


def _score_condition(field: Field, value: str, keyword: Keyword) -> Condition:
    condition = values_condition(as_numbers(field.options, value))
    if condition is None:
        raise refused(keyword, f"{field.label} is a score: write {NUMBERS_ARE_LIKE}.")
    scale = [option["value"] for option in field.options]
    if scale and any(not min(scale) <= bound <= max(scale) for bound in condition.bounds):
        raise refused(keyword, f"{field.label} goes from {min(scale)} to {max(scale)}.")
    return condition


def _answered(world: World, field: Field, value: str, keyword: Keyword) -> Papers:
    if field.kind == FieldKind.CHECKBOX:
        raise refused(keyword, f"{field.label} is ticked or not: write yes or no.")
    if field.kind == FieldKind.TEXT:
        world.text_terms += 1
        if world.text_terms > MAX_TEXT_TERMS:
            raise refused(keyword, f"A search may read the text of the reviews {MAX_TEXT_TERMS} times; this is once more.")
        holds = matcher(value, has_stars=not keyword.value.is_quoted)
        return {paper for paper, answer in world.answers(field.key) if isinstance(answer, str) and holds(answer)}
    chosen = Names((str(option["value"]), str(option["label"])) for option in field.options).find(value)
    if not chosen:
        labels = ", ".join(str(option["label"]) for option in field.options)
        raise refused(keyword, f"{field.label} is one of: {labels}.")
    wanted = {folded(option) for option in chosen}
    return {paper for paper, answer in world.answers(field.key) if wanted & _options(answer)}


def _options(answer) -> set[str]:
    """One choice, or several."""
    return {folded(str(one)) for one in (answer if isinstance(answer, list) else [answer])}


# -- the tables

HAS: dict[str, Handler] = {
    "pdf": has_paper(lambda entry: entry.has_pdf),
    "url": has_paper(lambda entry: entry.has_url),
    "abstract": has_paper(lambda entry: bool(entry.texts[TEXTS.index("abstract")])),
    "authors": has_paper(lambda entry: bool(entry.texts[TEXTS.index("authors")])),
    "re": has_count("re"),
    "cre": has_count("cre"),
    "ire": has_count("ire"),
    "pre": has_count("pre"),
    "mark": has_mark,
    "tag": lambda world, keyword: {paper for paper, *_ in world.tags},
    "topic": has_paper(lambda entry: bool(entry.topic)),
    "pref": has_pref,
    "rating": lambda world, keyword: {paper for paper in world.all if world.ratings.get(paper)},
}
ALIKE = {
    "title": "ti", "author": "au", "authors": "au", "auth": "au", "review": "re", "reviewer": "re", "rate": "rating",
    "abstract": "ab", "preference": "pref", "revpref": "pref", "marks": "mark",
}  # fmt: skip
KEYWORDS: dict[str, Handler] = {
    "ti": text_in("title"),
    "au": text_in("authors"),
    "ab": text_in("abstract"),
    "re": reviewers("re"),
    "cre": reviewers("cre"),
    "ire": reviewers("ire"),
    "pre": reviewers("pre"),
    "has": has,
    "status": status,
    "mark": mark,
    "round": in_round,
    "topic": topic,
    "tag": tagged,
    "pref": pref,
    "rating": rating,
}


def handler_of(name: str) -> Handler:
    known = name.casefold()
    return KEYWORDS.get(ALIKE.get(known, known), review_field)
