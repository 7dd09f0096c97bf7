"""What each keyword finds, and that nobody finds by what they may not see."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.models import Enrollment, Meeting, Paper
from reviews.actions import save_draft, submit_review
from reviews.models import Assignment, Preference
from reviews.search import SearchError, find
from tests.factories import (
    EnrollmentFactory,
    FieldFactory,
    MarkFactory,
    MeetingFactory,
    PaperFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)

pytestmark = pytest.mark.django_db

# Five papers: two that met in September (closed), two in October, one on a holiday.
NOW = datetime(2021, 9, 20, 12, 0, tzinfo=UTC)
BEFORE_ALL = datetime(2021, 8, 30, 12, 0, tzinfo=UTC)
TITLES = ("Attention is all you need", "TVM: deep learning compiler", "Rammer", "Schrödinger’s deep nets", "GPT-3, few-shot")


@pytest.fixture
def papers(course, rules):
    """In the reading order; the keys are a, b, c, d, e."""
    days = (date(2021, 9, 2), date(2021, 9, 9), date(2021, 10, 5), date(2021, 10, 12), date(2021, 10, 19))
    kinds = ("paper",) * 4 + ("holiday",)
    meetings = [MeetingFactory(course=course, date=day, kind=kind) for day, kind in zip(days, kinds, strict=True)]
    made = [
        PaperFactory(course=course, meeting=meeting, key=key, title=title, authors=authors, url="")
        for meeting, key, title, authors in zip(
            reversed(meetings),
            "edcba",
            reversed(TITLES),
            ("OpenAI", "", "Lingxiao Ma, Zhiqiang Xie", "Tianqi Chen", ""),
            strict=True,
        )
    ]
    return {paper.key: paper for paper in made}


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE_ALL, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(course):
    return {name: EnrollmentFactory(course=course, user__name=f"{name} Test") for name in ("Ann", "Ben", "Cyd")}


def submit(paper, reviewer, answers, **changed):
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers | changed, revision=None)
    return submit_review(review=review, revision=1)


@pytest.fixture
def reviews(papers, people, answers, clock):
    """Overall merit of a: Ann 5, Ben 4, Cyd 4; of b: Ann 2, and Ben has a draft; of c: Ann 1."""
    given = {("a", "Ann"): 5, ("a", "Ben"): 4, ("a", "Cyd"): 4, ("b", "Ann"): 2, ("c", "Ann"): 1}
    made = {
        (key, name): submit(papers[key], people[name], answers, merit=merit, summary=f"Of {key} says {name} naïveté.")
        for (key, name), merit in given.items()
    }
    save_draft(paper=papers["b"], reviewer=people["Ben"], answers=answers | {"merit": 5}, revision=None)
    clock.move_to(NOW)
    return made


def keys(viewer, text):
    """The keys of the papers found, in the reading order; the viewer as a request reads it."""
    viewer = Enrollment.objects.select_related("course").get(pk=viewer.pk)
    found = find(viewer, text)
    by_id = dict(viewer.course.papers.values_list("pk", "key"))
    return "".join(by_id[pk] for pk in found.ids)


def mistake(viewer, text):
    with pytest.raises(SearchError) as raised:
        keys(viewer, text)
    return raised.value


# -- words and numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcde"),
        ("all", "abcde"),
        ("deep", "bd"),
        ("DEEP learning", "b"),
        ('"learning deep"', ""),
        ('"deep learning"', "b"),
        ("learn", ""),
        ("learn*", "b"),
        ("*earn*", "b"),
        ('"learn*"', ""),
        ("schrodinger", "d"),
        ("gpt-3", "e"),
        ("chen", "b"),
        ("ti:chen", ""),
        ("au:chen", "b"),
        ("author:(chen OR ma)", "bc"),
        ("title:deep -compiler", "d"),
        ("deep OR rammer -ma", "bd"),
        ("deep XOR compiler", "d"),
        ("NOT deep", "ace"),
        ("2", "b"),
        ("#2", "b"),
        ("2-4", "bcd"),
        ("4-2", "bcd"),
        ("4-", "de"),
        ("1 3-4 deep", "d"),
        ("-1,5", "bcd"),
        ("0", ""),
        ("99-100", ""),
        ("9" * 5000, ""),
        ('"3"', "e"),
        ("gpt-3 OR 1", "ae"),
    ],
)
def test_words_and_numbers(papers, student, text, found):
    assert keys(student, text) == found


def test_words_stand_in_the_abstract_too(papers, student):
    Paper.objects.filter(key="c").update(abstract="We schedule kernels.\nNothing else is deep.")

    assert [keys(student, text) for text in ("kernels", "ab:deep", "ti:kernels", "has:abstract", "-has:abstract deep")] == [
        "c",
        "c",
        "",
        "c",
        "bd",
    ]


def test_numbers_are_places_in_the_reading_order(papers, student):
    viewer = Enrollment.objects.select_related("course").get(pk=student.pk)

    found = find(viewer, "deep")

    assert list(found.numbers.values()) == [2, 4]


# -- reviews, as staff see them

STAFF_SEARCHES = [
    ("OveMer:4", "a"),
    ("merit:5", "a"),
    ('"Overall merit":>1', "ab"),
    ("OveMer:>=4", "a"),
    ("OveMer:≤2", "bc"),
    ("OveMer:!=4", "abc"),
    ("OveMer:1..2", "bc"),
    ("OveMer:2-1", "bc"),
    ("OveMer:4–5", "a"),
    ("OveMer:all:4", ""),
    ("OveMer:all:>3", "a"),
    ("OveMer:any:1..4", "abc"),
    ("OveMer:none:>3", "bcde"),
    ("OveMer:span:4..5", "a"),
    ("OveMer:span:3..5", ""),
    ("OveMer:2<=4", "a"),
    ("OveMer:>1:4", "a"),
    ("OveMer:2:5", ""),
    ("OveMer:=1:5", "a"),
    ("OveMer:any", "abc"),
    ("OveMer:none", "de"),
    ("OveMer:empty", ""),
    ("OveMer:(>3 OR 1)", "ac"),
    ("has:merit", "abc"),
    ("Summary:ben", "a"),
    ("Sum:naivete", "abc"),
    ('Summary:"of b"', "b"),
    ("Summary:any", "abc"),
    ("Summary:none", "de"),
    ("remarks:author", "abc"),
    ("cre:3", "a"),
    ("cre:>0", "abc"),
    ("cre:<2", "bcde"),
    ("cre:none", "de"),
    ("cre:any", "abc"),
    ("has:cre", "abc"),
    ("re:complete<2", "bcde"),
    ("re:ben", "abcd"),
    ("cre:ben", "a"),
    ("pre:ben", "b"),
    ("re:ben:draft", "b"),
    ("pre:any", "b"),
    ("has:pre", "b"),
    ("ire:ben", "bcd"),
    ("re:ann:complete", "abc"),
    ('re:"ann test":done', "abc"),
    ("cre:(ann OR ben) -cre:cyd", "bc"),
    ("cre:test>1", "a"),
    ("re:me", ""),
    ("re:4", "abcd"),
    ("ire:>2", "bcd"),
    ("ire:1", "a"),
    ("cre:nobody", ""),
    ("status:past", "ab"),
    ("status:upcoming deep", "d"),
]


@pytest.mark.parametrize(("text", "found"), STAFF_SEARCHES)
def test_staff_search_reviews(reviews, student, assistant, text, found):
    """`student` is a fourth one who has written nothing."""
    assert keys(assistant, text) == found


# -- a student's own


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("re:me", "abcd"),
        ("cre:me", "a"),
        ("pre:me", "b"),
        ("ire:me", "bcd"),
        ("re:me:incomplete", "bcd"),
        ("status:submitted", "a"),
        ("status:missing", "b"),
        ("status:open", "cd"),
        ("status:past", "ab"),
        ("merit:5", "a"),
        ("merit:2", "b"),
        ("merit:1", ""),  # not open yet
        ("cre:any", "ab"),
        ("cre:none", "cde"),
        ("ire:any", "bcd"),  # only their own, of the others' it is not said
        ("Remarks:author", "a"),  # for staff: of their own only
        ("Remarks:any", "a"),
        ("Summary:ann", "ab"),
    ],
)
def test_student_searches_what_is_open(reviews, people, text, found):
    """Ben has submitted a, has a draft of b, and c is not closed."""
    assert keys(people["Ben"], text) == found


@pytest.mark.parametrize(
    "text", ["re:ann", "re:ben", "cre:nobody", 're:"me"', "re:ann>1", "re:(me OR ann)", "-cre:ann:complete"]
)
def test_hidden_names_cannot_be_searched(reviews, people, text):
    """Whoever is named, even oneself, the answer is the same."""
    found = mistake(people["Ben"], text)

    assert "Names are hidden" in found.message


def test_shown_names_tell_of_open_reviews_only(reviews, rules, people):
    rules.names = "shown"
    rules.save()

    found = {
        text: keys(people["Ben"], text)
        for text in ("re:ann", "cre:cyd", "ire:cyd", "pre:ann", f"re:{people['Ann'].user.email}")
    }

    assert found == {"re:ann": "ab", "cre:cyd": "a", "ire:cyd": "", "pre:ann": "", f"re:{people['Ann'].user.email}": ""}


def test_observer_searches_what_has_closed(reviews, course):
    observer = EnrollmentFactory(course=course, role="observer")

    assert (keys(observer, "merit:>1"), keys(observer, "cre:any"), keys(observer, "re:me")) == ("ab", "ab", "")
    assert "no field" in mistake(observer, "Remarks:any").message
    assert "Marks are for staff" in mistake(observer, "mark:any").message
    assert "You write no reviews" in mistake(observer, "status:open").message


def test_nothing_is_open_where_the_course_shows_none(reviews, rules, people):
    rules.visibility = "never"
    rules.save()

    assert [keys(people["Ben"], text) for text in ("merit:any", "cre:any", "cre:2", "Summary:ann", "merit:4")] == [
        "a",
        "a",
        "",
        "",
        "a",
    ]


def test_someone_withdrawn_finds_nothing(reviews, people):
    Enrollment.objects.update(is_active=False)

    assert [keys(people["Ben"], text) for text in ("", "cre:any", "all", "NOT x", "1-9")] == [""] * 5


def test_a_draft_is_not_searched_by_what_it_says(reviews, people, assistant):
    assert (keys(people["Ben"], "merit:5 2"), keys(assistant, "merit:5 2")) == ("", "")


def test_assignments_count_as_reviewers(papers, rules, people, assistant, clock):
    rules.who = "chosen"
    rules.save()
    Assignment.objects.create(course=rules.course, paper=papers["a"], reviewer=people["Ann"])
    Assignment.objects.create(course=rules.course, paper=papers["b"], reviewer=people["Ann"], asks="optional")
    Assignment.objects.create(course=rules.course, paper=papers["c"], reviewer=people["Ann"], asks="exempt")

    searches = ("re:ann", "ire:ann", "re:any", "re:none", "ire:1")
    assert [keys(assistant, text) for text in searches] == ["ab", "a", "ab", "cde", "a"]
    assert [keys(people["Ann"], text) for text in ("re:me", "ire:me", "status:exempt")] == ["ab", "a", "c"]


def test_exempt_presenters_owe_nothing(papers, rules, people, assistant, clock):
    rules.presenters_are_exempt = True
    rules.save()
    role = SlotRoleFactory(slot=SlotFactory(course=rules.course, paper=papers["a"], meeting=papers["a"].meeting))
    SignUpFactory(role=role, enrollment=people["Ann"])

    assert [keys(assistant, text) for text in ("ire:ann", "re:ben", "ire:3")] == ["bcd", "abcd", "bcd"]
    assert keys(people["Ann"], "status:exempt") == "a"


# -- marks


@pytest.fixture
def marks(reviews, people):
    """Ann's review of a is marked 8.5 and released as 8; Ben's of a 6, not released."""
    MarkFactory(review=reviews["a", "Ann"], points=Decimal("8.5"), released_points=Decimal(8), released_at=NOW)
    MarkFactory(review=reviews["a", "Ben"], points=Decimal(6))


@pytest.mark.parametrize(
    ("text", "found"),
    [("mark:8.5", "a"), ("mark:>8", "a"), ("mark:any", "a"), ("mark:empty", "abc"), ("has:mark", "a"), ("mark:all:>5", "")],
)
def test_staff_search_marks(marks, instructor, text, found):
    assert keys(instructor, text) == found


def test_an_assistant_of_a_section_searches_its_marks_only(marks, people, assistant):
    Enrollment.objects.filter(pk__in=[assistant.pk, people["Ben"].pk]).update(section="B")

    assert [keys(assistant, text) for text in ("mark:6", "mark:8.5", "mark:any")] == ["a", "", "a"]


def test_students_search_their_own_released_mark(marks, people):
    found = {name: [keys(people[name], text) for text in ("mark:any", "mark:8", "mark:8.5")] for name in people}

    assert found == {"Ann": ["a", "a", ""], "Ben": ["", "", ""], "Cyd": ["", "", ""]}


# -- other fields and has:


def test_choices_and_checkboxes(papers, rules, people, answers, assistant, clock):
    options = [{"value": "yes", "label": "Discuss it"}, {"value": "no", "label": "Skip it"}]
    FieldFactory(form=rules.form, key="discuss", label="For class", kind="choice", options=options, is_required=False)
    FieldFactory(form=rules.form, key="code", label="I ran the code", kind="checkbox", is_required=False)
    submit(papers["a"], people["Ann"], answers, discuss="yes", code=True)
    submit(papers["b"], people["Ann"], answers, discuss="no", code=False)

    searches = ("discuss:yes", 'ForCla:"Skip it"', "discuss:any", "code:yes", "code:no", "has:code")
    assert [keys(assistant, text) for text in searches] == ["a", "b", "ab", "a", "bcde", "a"]
    assert "Discuss it, Skip it" in mistake(assistant, "discuss:maybe").message
    assert "yes or no" in mistake(assistant, "code:maybe").message


def test_has_finds_what_papers_have(papers, student):
    papers["a"].url = "https://example.org/"
    papers["b"].pdf = SimpleUploadedFile("b.pdf", b"%PDF-1.4")
    for paper in papers.values():
        paper.save()

    assert [keys(student, f"has:{what}") for what in ("url", "pdf", "authors")] == ["a", "b", "bce"]


# -- topics and preferences


def test_topic_is_that_of_the_meeting(papers, people):
    Meeting.objects.filter(pk=papers["a"].meeting_id).update(topic="Machine Learning Compilers")
    Meeting.objects.filter(pk=papers["b"].meeting_id).update(topic="")

    searches = ('topic:"learning compilers"', "topic:compil*", "topic:none", "-has:topic", "topic:any", "topic:zebra")
    assert [keys(people["Ann"], text) for text in searches] == ["a", "a", "b", "b", "acde", ""]


@pytest.fixture
def preferences(papers, people):
    """Of a: Ann 20, Ben -3; of b: Ann -20; of c: Ben 3."""
    for key, name, value in (("a", "Ann", 20), ("a", "Ben", -3), ("b", "Ann", -20), ("c", "Ben", 3)):
        Preference.objects.create(course=papers[key].course, paper=papers[key], reviewer=people[name], value=value)


@pytest.mark.parametrize(
    ("text", "ann", "instructors"),
    [
        ("pref:any", "ab", "abc"),
        ("has:pref", "ab", "abc"),
        ("pref:none", "cde", "de"),
        ("pref:>0", "a", "ac"),
        ("pref:<0", "b", "ab"),
        ("pref:-20", "b", "b"),
        ("pref:-3", "", "a"),
        ("pref:!=20", "b", "abc"),
        ("pref:-20..-1", "b", "b"),
        ("pref:any:-5..-1", "", "a"),
        ("pref:all:>0", "a", "c"),
        ("revpref:20", "a", "a"),
    ],
)
def test_students_find_by_their_own_preferences_and_instructors_by_all(preferences, people, instructor, text, ann, instructors):
    assert (keys(people["Ann"], text), keys(instructor, text)) == (ann, instructors)


@pytest.mark.parametrize("role", ["assistant", "observer"])
@pytest.mark.parametrize("text", ["deep pref:>0", "deep has:pref"])
def test_preferences_are_nobody_else_s(preferences, course, role, text):
    found = mistake(EnrollmentFactory(course=course, role=role), text)

    assert (found.position, found.message) == (5, "Preferences are for the student who has them and for the instructor.")


def test_preferences_of_who_has_left_do_not_count(preferences, people, instructor):
    Enrollment.objects.filter(pk=people["Ann"].pk).update(is_active=False)

    assert keys(instructor, "pref:any") == "ac"


# -- mistakes


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("deep foo:bar", 5, "foo: is no keyword"),
        ("http://x", 0, "http: is no keyword"),
        ("#3d", 1, "A tag begins with a letter"),
        ("tag:a/b", 4, "A tag begins with a letter"),
        ("#~~~a", 1, "A tag begins with a letter"),
        ("#good#much", 1, "write a number for its value"),
        ("#good:", 1, "write a number for its value"),
        ("round:R1", 6, "no such round; it has none"),
        ("pref:good", 5, "a number from -20 to 20"),
        ("rating:ugly", 7, "rating: knows helpful"),
        ("ss:nothing", 3, "There is no saved search called nothing here"),
        ("x has:y", 6, "has: knows"),
        ("status:foo", 7, "status: knows"),
        ("a merit:high", 8, "Overall merit is a score"),
        ("merit:9", 6, "goes from 1 to 5"),
        ("merit:1..9", 6, "goes from 1 to 5"),
        ("mark:good", 5, "number of points"),
        ("cre:3:4", 4, "more than one count"),
        ("re:>", 3, "write me, a name"),
        ("re:<>3", 3, "write me, a name"),
        ("x OR foo:y AND (", 15, "never closed"),
        ("foo:y OR ab:z", 0, "foo: is no keyword"),
        ("none AND rating:z", 16, "rating: knows"),  # a part that decides nothing hides no mistake
    ],
)
def test_mistake_points_at_the_keyword_or_its_value(reviews, people, text, position, says):
    found = mistake(people["Ben"], text)

    assert (found.position, says in found.message) == (position, True), found.message


def test_a_name_of_several_fields_asks_for_more(papers, rules, student):
    FieldFactory(form=rules.form, key="overall", label="Overall surprise")

    found = mistake(student, "a Over:3")

    assert (found.position, found.message) == (2, "Over may mean Overall merit, Overall surprise; write more of it.")


def test_reading_the_reviews_text_is_limited(reviews, student):
    assert keys(student, " OR ".join(["Summary:x"] * 5)) == ""
    assert mistake(student, " OR ".join(["Summary:x"] * 6)).position == 13 * 5 + 8


def test_a_course_without_reviews_has_papers_still(course, student):
    paper = PaperFactory(course=course, title="Rammer")

    assert keys(student, "rammer -re:any cre:none -merit OR all") == paper.key
    assert keys(student, "re:me") == ""
