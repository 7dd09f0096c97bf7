"""Searches at random: against a plain reading of what they mean, and against what the searcher may not see."""

import contextlib
import operator
import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from courses.models import Enrollment
from reviews import policies
from reviews.models import Preference, Review, SavedSearch
from reviews.queries.owing import shut_from
from reviews.search import SearchError, find
from reviews.search.parse import parse
from reviews.tags.names import RESERVED, read_label
from tests.effort import examples
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    FieldFactory,
    MarkFactory,
    MeetingFactory,
    PaperFactory,
    ReviewFactory,
    ReviewRulesFactory,
    SavedSearchFactory,
    ScoreFactory,
    ScoreFieldFactory,
    SubmittedReviewFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 9, 20, 12, 0, tzinfo=UTC)
WORDS = ("graph", "deep", "tensor", "sparse")
slow = settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_asked(enrollment):
    return Enrollment.objects.select_related("course", "course__review_rules").get(pk=enrollment.pk)


class Small:
    """A course of six papers, four of them closed, three students and their reviews, drawn by `seen`; by `hidden` what
    Ann may not see: the others' names, drafts, marks, staff fields, preferences and own tags, the tags and searches of
    staff, and the others' reviews of papers not open to her."""

    def __init__(self, *, seen: int, hidden: int, visibility: str = "after_own"):
        self.seen, self.hidden = random.Random(seen), random.Random(hidden)
        self.course = CourseFactory()
        rules = ReviewRulesFactory(course=self.course, required_count=None, visibility=visibility)
        FieldFactory(form=rules.form, key="summary", label="Summary")
        FieldFactory(form=rules.form, key="remarks", label="Remarks", visible_to="staff")
        self.merit = ScoreFieldFactory(form=rules.form, key="merit", label="Overall merit")
        self.secret = ScoreFieldFactory(form=rules.form, key="secret", label="Secret score", visible_to="staff")
        self.ann = EnrollmentFactory(course=self.course, user__name="Ann")
        others = [EnrollmentFactory(course=self.course, user__name=f"{name}{self.hidden.random()}") for name in ("Ben", "Cyd")]
        self.staff = EnrollmentFactory(course=self.course, role="instructor")
        self.papers = [self._paper(number) for number in range(6)]
        for paper in self.papers:
            self._review(paper, self.ann, self.seen, self.seen)
            is_open = self._is_open(paper)
            for other in others:
                self._review(paper, other, self.seen if is_open else self.hidden, self.hidden)

        self._find_again([self.ann, *others])

    def _find_again(self, students):
        """Tags, saved searches and preferences of everybody."""
        for paper in self.papers:
            for draw, audience in ((self.seen, "course"), (self.hidden, "staff")):
                for name in draw.sample(WORDS, 2):
                    TagFactory(paper=paper, audience=audience, name=name, value=draw.randint(0, 3))
            for student in students:
                draw = self.seen if student is self.ann else self.hidden
                TagFactory(paper=paper, audience="own", owner=student, name=draw.choice(WORDS), value=draw.randint(0, 3))
                if draw.random() < 0.7:
                    Preference.objects.create(course=self.course, paper=paper, reviewer=student, value=draw.randint(1, 20))
        for owner, audience, name, draw in (
            (self.ann, "own", "mine", self.seen),
            (self.staff, "course", "courses", self.seen),
            (self.staff, "staff", "staffs", self.hidden),
            (students[1], "own", "bens", self.hidden),
        ):
            text = f"{draw.choice(WORDS)} OR #~~{draw.choice(WORDS)} OR #~{draw.choice(WORDS)}"
            SavedSearchFactory(owner=owner, audience=audience, name=name, text=text)

    def _paper(self, number):
        day = (NOW + timedelta(days=number * 5 - 17)).date()
        meeting = MeetingFactory(course=self.course, date=day, topic=WORDS[number % len(WORDS)])
        return PaperFactory(course=self.course, meeting=meeting, key=f"p{number}", title=" ".join(self.seen.sample(WORDS, 2)))

    def _is_open(self, paper):
        ann = as_asked(self.ann)
        has_submitted = Review.objects.submitted().filter(paper=paper, reviewer=ann).exists()
        return policies.may_read_others(ann, paper, has_submitted=has_submitted, shut_from=shut_from(ann))

    def _review(self, paper, student, draw, private):
        """Nothing, a draft or a review by `draw`; by `private` what only staff and the reviewer see of it."""
        answers = {"summary": draw.choice(WORDS), "merit": draw.choice([*range(1, 6), None])}
        answers |= {"remarks": private.choice(WORDS), "secret": private.randint(1, 5)}
        if draw.random() < 0.4:
            if private.random() < 0.5:
                ReviewFactory(paper=paper, reviewer=student, answers=answers)
            return
        review = SubmittedReviewFactory(paper=paper, reviewer=student, answers=answers)
        for field in (self.merit, self.secret):
            if answers[field.key] is not None:
                ScoreFactory(review=review, field=field, value=answers[field.key])
        if private.random() < 0.5:
            points = private.randint(1, 9)
            released = {"released_points": points, "released_at": NOW} if private.random() < 0.5 else {}
            MarkFactory(review=review, points=points, **released)

    def found(self, who, text):
        """The keys found, or the mistake."""
        try:
            ids = find(as_asked(who), text).ids
        except SearchError as mistake:
            return mistake.position, mistake.message
        keys = {paper.pk: paper.key for paper in self.papers}
        return [keys[pk] for pk in ids]


# -- against a plain reading: (text, {paper key: bool})

COMPARE = {"=": operator.eq, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "!=": operator.ne}
LEAVES = st.one_of(
    st.tuples(st.just("word"), st.sampled_from(WORDS)),
    st.tuples(st.just("numbers"), st.integers(0, 7), st.integers(0, 7)),
    st.tuples(st.just("merit"), st.sampled_from(sorted(COMPARE)), st.integers(1, 5)),
    st.tuples(st.just("range"), st.sampled_from(["any", "all", "none"]), st.integers(1, 5), st.integers(1, 5)),
    st.tuples(st.just("cre"), st.sampled_from(sorted(COMPARE)), st.integers(0, 4)),
    st.tuples(st.just("me"), st.sampled_from(["cre", "pre", "ire"])),
    st.tuples(st.just("topic"), st.sampled_from(WORDS)),
    st.tuples(st.just("tag"), st.sampled_from(["", "~", "~~"]), st.sampled_from(WORDS)),
    st.tuples(st.just("value"), st.sampled_from(["", "~", "~~"]), st.sampled_from(WORDS), st.integers(0, 3)),
    st.tuples(st.just("saved"), st.sampled_from(["courses"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("NOT"), inner),
        st.tuples(st.sampled_from(["AND", "OR", "XOR", ""]), inner, inner),
    ),
    max_leaves=8,
)


def text_of(tree):
    match tree:
        case ("word", word):
            return word
        case ("numbers", low, high):
            return f"({low}-{high})"
        case ("merit", sign, number):
            return f"merit:{sign}{number}"
        case ("range", how_many, low, high):
            return f"OveMer:{how_many}:{low}..{high}"
        case ("cre", sign, number):
            return f"cre:{sign}{number}"
        case ("me", kind):
            return f"{kind}:me"
        case ("topic" | "tag" | "value" | "saved", *_):
            return text_of_label(tree)
        case ("NOT", term):
            return f"-({text_of(term)})"
        case (sign, left, right):
            return f"({text_of(left)}) {sign} ({text_of(right)})"


def text_of_label(tree):
    match tree:
        case ("topic", word):
            return f"topic:{word}"
        case ("tag", prefix, name):
            return f"#{prefix}{name}"
        case ("value", prefix, name, least):
            return f"#{prefix}{name}:>={least}"
        case ("saved", name):
            return f"ss:{name}"


def holds(tree, paper, number, viewer, reviews):
    """What a person would say who reads the paper and those of its reviews that the policy lets them read."""
    match tree:
        case ("word", word):
            return word in paper.title.split()
        case ("numbers", low, high):
            return min(low, high) <= number <= max(low, high)
        case ("merit", sign, wanted):
            return any(COMPARE[sign](merit, wanted) for merit in merits(reviews) if merit is not None)
        case ("range", how_many, low, high):
            inside = [merit is not None and min(low, high) <= merit <= max(low, high) for merit in merits(reviews)]
            return {"any": any(inside), "all": bool(inside) and all(inside), "none": not any(inside)}[how_many]
        case ("cre", sign, wanted):
            return COMPARE[sign](len(merits(reviews)), wanted)
        case ("me", kind):
            own = [review for review in reviews if review.reviewer_id == viewer.pk]
            is_in, is_begun = any(review.is_submitted for review in own), bool(own)
            return {"cre": is_in, "pre": is_begun and not is_in, "ire": viewer.is_student and not is_in}[kind]
        case ("topic" | "tag" | "value" | "saved", *_):
            return holds_label(tree, paper, viewer)
        case ("NOT", term):
            return not holds(term, paper, number, viewer, reviews)
        case (sign, left, right):
            both = [holds(side, paper, number, viewer, reviews) for side in (left, right)]
            return {"AND": all(both), "": all(both), "OR": any(both), "XOR": both[0] != both[1]}[sign]


def holds_label(tree, paper, viewer):
    match tree:
        case ("topic", word):
            return paper.meeting.topic == word
        case ("tag", prefix, name):
            return any(tag.name == name for tag in tags_seen(paper, prefix, viewer))
        case ("value", prefix, name, least):
            return any(tag.name == name and tag.value >= least for tag in tags_seen(paper, prefix, viewer))
        case ("saved", name):
            word, staffs, own = SavedSearch.objects.get(course=viewer.course, name=name).text.split(" OR ")
            terms = (("tag", "~~", staffs[3:]), ("tag", "~", own[2:]))
            return word in paper.title.split() or any(holds_label(term, paper, viewer) for term in terms)


def tags_seen(paper, prefix, viewer):
    audience = {"": "course", "~": "own", "~~": "staff"}[prefix]
    return [tag for tag in paper.tags.all() if tag.audience == audience and policies.may_see(viewer, tag)]


def merits(reviews):
    return [review.current.answers["merit"] for review in reviews if review.is_submitted]


def readable_by(viewer, paper):
    reviews = list(Review.objects.filter(paper=paper).select_related("paper__meeting", "current"))
    has_submitted = any(review.reviewer_id == viewer.pk and review.is_submitted for review in reviews)
    return [review for review in reviews if policies.may_read(viewer, review, has_submitted=has_submitted)]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("role", ["student", "instructor", "observer"])
def test_search_finds_what_a_plain_reading_finds(role):
    small = Small(seen=1, hidden=2)
    viewer = as_asked(small.ann if role == "student" else EnrollmentFactory(course=small.course, role=role))
    reviews = {paper.pk: readable_by(viewer, paper) for paper in small.papers}

    @slow
    @given(TREES)
    def check(tree):
        expected = [
            paper.key
            for number, paper in enumerate(small.papers, start=1)
            if holds(tree, paper, number, viewer, reviews[paper.pk])
        ]
        assert (text_of(tree), small.found(viewer, text_of(tree))) == (text_of(tree), expected)

    check()


# -- against what is hidden

TERMS = st.one_of(
    st.tuples(
        st.sampled_from(["merit", "OveMer", "secret", "mark", "cre", "re", "ire", "pre"]),
        st.sampled_from(["", "any:", "all:", "none:", "span:", ">1:", "<2:", "=0:"]),
        st.sampled_from(["1", ">2", "<4", "!=3", "1..3", "2-5", "any", "none", "empty"]),
    ).map(lambda parts: f"{parts[0]}:{parts[1]}{parts[2]}"),
    st.tuples(
        st.sampled_from(["re", "cre", "ire", "pre"]),
        st.sampled_from(["me", "Ben", "Cyd", "Ann", "nobody", "draft", "complete", "incomplete"]),
        st.sampled_from(["", ">0", "=0", ":incomplete", ":1"]),
    ).map(lambda parts: f"{parts[0]}:{parts[1]}{parts[2]}"),
    st.tuples(
        st.sampled_from(["summary", "remarks", "has", "status"]), st.sampled_from([*WORDS, "any", "none", "secret", "mark"])
    ).map(":".join),
    st.tuples(
        st.sampled_from(["#", "#~", "#~~", "tag:", "tag:~~"]),
        st.sampled_from([*WORDS, "any", "none", "*", "*e*", "unknown"]),
        st.sampled_from(["", "#1", ":>1", ":none", "#0..2"]),
    ).map("".join),
    st.tuples(st.just("pref"), st.sampled_from(["any", "none", ">5", "-20..10", "all:>9", "2>5"])).map(":".join),
    st.sampled_from(["ss:mine", "ss:courses", "ss:staffs", "ss:bens", "ss:unknown", "has:tag", "has:pref"]),
    st.sampled_from([*WORDS, "1-3", "status:submitted", "status:draft", "has:pre", "has:ire", "has:re", "has:cre"]),
)
SEARCHES = st.lists(
    st.tuples(st.sampled_from(["", "-", "OR ", "XOR -", "AND "]), TERMS).map("".join), min_size=1, max_size=4
).map(lambda parts: " ".join(parts).removeprefix("OR ").removeprefix("XOR ").removeprefix("AND "))


@pytest.mark.parametrize("visibility", ["after_own", "after_deadline", "after_mine", "never"])
def test_no_search_tells_what_is_hidden(visibility):
    """Two courses that look alike to Ann and differ in all that she may not see answer every search of hers alike."""
    one, two = (Small(seen=3, hidden=hidden, visibility=visibility) for hidden in (10, 20))

    @settings(slow, max_examples=examples(200))
    @given(SEARCHES)
    def check(text):
        assert (text, one.found(one.ann, text)) == (text, two.found(two.ann, text))

    check()


def test_the_twins_differ_in_what_staff_find():
    """Or the test above would show nothing."""
    one, two = (Small(seen=3, hidden=hidden) for hidden in (10, 20))

    searches = ("merit:>3", "pre:any", "mark:any", "remarks:deep", "secret:5", "cre:2", "#~~graph", "pref:>15", "ss:staffs")
    assert [text for text in searches if one.found(one.staff, text) == two.found(two.staff, text)] == []


# -- against anything at all

PIECES = st.sampled_from(
    [
        "#",
        "~",
        "~~",
        "tag:",
        "ss:",
        "pref:",
        "topic:",
        "deep",
        "mine",
        "courses",
        "any",
        "none",
        "*",
        ":",
        ">",
        "=",
        "2",
        "-",
        "..",
    ]
    + ["1e9", "0.00001", "(", ")", " ", " OR ", "-", '"', "\\", "\0", "é", "…", "\n"]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40))


def test_every_text_is_found_by_or_a_mistake_in_it():
    """Also as a tag, as a name, and as a saved search that another search runs."""
    small = Small(seen=1, hidden=2)
    saved = SavedSearchFactory(owner=small.ann, name="odd")

    @settings(slow, max_examples=examples(300))
    @given(TEXTS)
    def check(text):
        for prefix in ("", "#", "#~", "ss:", "pref:", "topic:"):
            found = small.found(small.ann, prefix + text)
            assert isinstance(found, list) or 0 <= found[0] <= len(prefix + text)
        SavedSearch.objects.filter(pk=saved.pk).update(text=text.replace("\0", ""))
        assert isinstance(small.found(small.ann, "ss:odd deep"), list | tuple)

    check()


@given(TEXTS)
def test_every_text_is_a_tag_or_refused(text):
    """And a tag that is read is found by as it is written."""
    with contextlib.suppress(DomainError):
        label = read_label(text)
        assert read_label(f"#{label.text}")[:2] == label[:2]
        assert parse(f"#{label.text}").name == "tag"


@given(st.from_regex(r"(~~?)?[A-Za-z][A-Za-z0-9_.-]{0,79}(#[0-9]{1,6}(\.[0-9]{1,4})?)?", fullmatch=True))
def test_a_tag_is_written_as_it_is_read(text):
    name = text.partition("#")[0].strip("~")
    assume(name.lower() not in RESERVED)
    label = read_label(text)

    assert label.name == name
    assert read_label(label.text) == label._replace(value=label.value or None)
