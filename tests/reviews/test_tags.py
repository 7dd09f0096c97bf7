"""Tags: how they are written, who sets and sees them, what finds them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse

from core import kept
from core.errors import DomainError
from courses.models import Enrollment
from reviews import policies
from reviews.models import Tag
from reviews.search import find
from reviews.tags.actions import MAX_ON_A_PAPER, change_tags
from reviews.tags.names import read_label, read_labels, written
from reviews.tags.queries import tags_of, used_tags
from tests.factories import CourseFactory, EnrollmentFactory, PaperFactory, TagFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(course, paper):
    return [paper, *(PaperFactory(course=course, meeting=paper.meeting, key=f"p{number}") for number in (2, 3))]


@pytest.fixture
def other(course):
    return EnrollmentFactory(course=course)


def tag(by, papers, add="", remove=""):
    return change_tags(by=by, papers=[paper.pk for paper in papers], add=read_labels(add), remove=read_labels(remove))


def seen(viewer, paper):
    return [each.text for each in tags_of(viewer, [paper.pk]).get(paper.pk, ())]


def found(viewer, text):
    """The places in the reading order."""
    viewer = Enrollment.objects.select_related("course").get(pk=viewer.pk)
    return list(find(viewer, text).numbers.values())


# -- how they are written


@pytest.mark.parametrize(
    ("text", "audience", "name", "value"),
    [
        ("discuss", "course", "discuss", None),
        ("#Discuss", "course", "Discuss", None),
        ("~mine#2", "own", "mine", Decimal(2)),
        ("#~~check#0.5", "staff", "check", Decimal("0.5")),
        ("a-b_c.d1", "course", "a-b_c.d1", None),
        ("a" * 80, "course", "a" * 80, None),
    ],
)
def test_label_is_read(text, audience, name, value):
    assert read_label(text) == (audience, name, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3d",
        "~",
        "~~~a",
        "a b",
        "a/b",
        "größe",
        "a#",
        "a#b",
        "a#-1",
        "a#1234567",
        "-a",
        "a" * 81,
        "any",
        "~NONE",
        "a\n#",
        "a\0",
    ],
)
def test_what_is_no_label_is_refused(text):
    with pytest.raises(DomainError) as refused:
        read_label(text)

    assert (refused.value.code, refused.value.field) == ("bad_tag", "tags")


@pytest.mark.parametrize(
    ("audience", "value", "text"),
    [("course", 0, "x"), ("own", Decimal("20.0000"), "~x#20"), ("staff", Decimal("0.5000"), "~~x#0.5")],
)
def test_label_is_written_as_it_is_read(audience, value, text):
    assert written(audience, "x", value) == text
    assert read_label(text)[:2] == (audience, "x")


def test_several_labels_have_blanks_or_commas_between():
    assert [label.text for label in read_labels(" a, ~b#2\n~~c  A#3 ")] == ["A#3", "~b#2", "~~c"]
    with pytest.raises(DomainError, match="Up to 20 tags"):
        read_labels(" ".join(f"t{number}" for number in range(21)))


# -- who sets them


def test_staff_set_every_kind_and_each_sees_what_is_theirs(papers, student, other, assistant, instructor):
    tag(assistant, papers[:1], "discuss#3 ~~check ~mine")
    tag(student, papers[:1], "~later#2")

    assert [seen(who, papers[0]) for who in (student, other, assistant, instructor)] == [
        ["discuss#3", "~later#2"],
        ["discuss#3"],
        ["discuss#3", "~~check", "~mine"],
        ["discuss#3", "~~check"],
    ]


@pytest.mark.parametrize("text", ["discuss", "~~check", "~mine discuss"])
@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("is_removal", [True, False])
def test_students_set_their_own_only(papers, student, assistant, text, is_there, is_removal):
    if is_there:
        tag(assistant, papers, "discuss ~~check")
    before = Tag.objects.count()

    with pytest.raises(DomainError, match="Only staff set") as refused:
        tag(student, papers, **{"remove" if is_removal else "add": text})

    assert (refused.value.code, Tag.objects.count()) == ("staff_only", before)


def test_who_has_left_or_is_no_longer_staff_tags_nothing(papers, student, assistant):
    Enrollment.objects.filter(pk=student.pk).update(is_active=False)
    Enrollment.objects.filter(pk=assistant.pk).update(role="student")

    refusals = []
    for who, text in ((student, "~mine"), (assistant, "discuss")):
        with pytest.raises(DomainError) as refused:
            tag(who, papers, text)
        refusals.append(refused.value.code)

    assert (refusals, Tag.objects.count()) == (["not_a_member", "staff_only"], 0)


def test_case_makes_no_difference_and_a_value_stays_until_another_is_said(papers, assistant):
    tag(assistant, papers, "Discuss#3")

    changes = [tag(assistant, papers[:2], text) for text in ("discuss", "DISCUSS#3", "discuss#4", "discuss#0")]

    assert (changes, [seen(assistant, paper) for paper in papers]) == ([0, 0, 2, 2], [["Discuss"], ["Discuss"], ["Discuss#3"]])


def test_removing_takes_off_one_s_own_and_nobody_else_s(papers, student, other):
    tag(student, papers, "~mine ~also")
    tag(other, papers, "~mine")

    changed = tag(student, papers[:2], remove="~MINE ~unknown")

    assert (changed, seen(student, papers[0]), seen(student, papers[2]), seen(other, papers[0])) == (
        2,
        ["~also"],
        ["~also", "~mine"],
        ["~mine"],
    )


def test_what_is_added_and_removed_at_once_is_added(papers, student):
    tag(student, papers[:1], "~mine")

    assert (tag(student, papers[:1], "~mine#2", "~mine"), seen(student, papers[0])) == (1, ["~mine#2"])


def test_paper_of_another_course_is_refused(papers, student):
    with pytest.raises(DomainError) as refused:
        tag(student, [papers[0], PaperFactory()], "~mine")

    assert (refused.value.code, Tag.objects.count()) == ("unknown_paper", 0)


def test_tags_of_a_paper_have_a_limit_for_each_person(paper, student, other):
    for start in range(0, MAX_ON_A_PAPER, 10):
        tag(student, [paper], " ".join(f"~t{number}" for number in range(start, start + 10)))

    with pytest.raises(DomainError, match="50 tags of a kind"):
        tag(student, [paper], "~more")

    assert (len(seen(student, paper)), tag(student, [paper], "~t1#2"), tag(other, [paper], "~mine")) == (50, 1, 1)


@pytest.mark.parametrize("audience", ["course", "staff", "own"])
def test_database_holds_one_tag_per_paper_and_name(paper, student, other, audience):
    owner = {"owner": student} if audience == "own" else {}
    TagFactory(paper=paper, audience=audience, name="Mine", **owner)
    if audience == "own":
        TagFactory(paper=paper, audience="own", name="mine", owner=other)

    with pytest.raises(IntegrityError):
        TagFactory(paper=paper, audience=audience, name="mINE", **owner)


@pytest.mark.parametrize(("audience", "has_owner"), [("own", False), ("course", True), ("staff", True), ("other", False)])
def test_database_ties_owner_to_audience(paper, student, audience, has_owner):
    with pytest.raises(IntegrityError):
        TagFactory(paper=paper, audience=audience, owner=student if has_owner else None)


@pytest.mark.parametrize("role", ["student", "assistant", "instructor", "observer"])
@pytest.mark.parametrize("is_active", [True, False])
def test_set_and_policy_agree(course, paper, role, is_active):
    viewer = EnrollmentFactory(course=course, role=role, is_active=is_active)
    elsewhere = PaperFactory()
    for audience in ("course", "staff"):
        TagFactory(paper=paper, audience=audience)
        TagFactory(paper=elsewhere, audience=audience)
    for owner in (viewer, EnrollmentFactory(course=course)):
        TagFactory(paper=paper, audience="own", owner=owner)

    by_policy = {tag.pk for tag in Tag.objects.all() if policies.may_see(viewer, tag)}

    assert set(Tag.objects.visible_to(viewer).values_list("pk", flat=True)) == by_policy
    assert len(by_policy) == (0 if not is_active else 3 if role in ("assistant", "instructor") else 2)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["discuss#1 ~~check", "~mine#1"])
def test_tags_added_at_once_are_one(text):
    course = CourseFactory()
    paper, staff = PaperFactory(course=course), EnrollmentFactory(course=course, role="instructor")

    changes = at_once([lambda: change_tags(by=staff, papers=[paper.pk], add=read_labels(text))] * 6)

    assert (sorted(changes), Tag.objects.count()) == ([0, 0, 0, 0, 0, 1], len(text.split()))


# -- finding by them


@pytest.fixture
def tagged(papers, student, other, assistant):
    tag(assistant, papers[:2], "discuss#3")
    tag(assistant, papers[1:], "discuss.later ~~check#5")
    tag(student, papers[2:], "~mine#2")
    tag(other, papers[:1], "~mine#7 ~theirs")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#discuss", [1, 2]),
        ("#DISCUSS", [1, 2]),
        ("tag:discuss", [1, 2]),
        ("tag:#discuss", [1, 2]),
        ("-#discuss", [3]),
        ("#discuss#3", [1, 2]),
        ("#discuss#2", []),
        ("#discuss:>2", [1, 2]),
        ("#discuss>=3", [1, 2]),
        ("#discuss#<3", []),
        ("#discuss#1..3", [1, 2]),
        ("#discuss.later:0", [2, 3]),
        ("#dis*", [1, 2, 3]),
        ("#*ater", [2, 3]),
        ("#d*s*r", [2, 3]),
        ("#~mine", [3]),
        ("#~mine#2", [3]),
        ("#~mine#7", []),
        ("#~*", [3]),
        ("#mine", []),
        ("#any", [1, 2, 3]),
        ("#none", []),
        ("has:tag", [1, 2, 3]),
        ("tag:(discuss OR ~mine)", [1, 2, 3]),
        ("#discuss #discuss.later", [2]),
        # What staff and others keep to themselves is like what nobody has.
        ("#~~check", []),
        ("-#~~check", [1, 2, 3]),
        ("#~~check#5", []),
        ("#~~*", []),
        ("#check", []),
        ("#~theirs", []),
        ("#~~unknown", []),
    ],
)
def test_student_finds_by_tags_they_see(tagged, student, text, numbers):
    assert found(student, text) == numbers


def test_staff_find_by_staff_tags(tagged, assistant):
    assert [found(assistant, text) for text in ("#~~check", "#~~check:>5", "#~mine", "#none")] == [[2, 3], [], [], []]


def test_used_tags_are_those_one_sees(tagged, student, assistant):
    assert [(each.tag, each.papers) for each in used_tags(student)] == [("discuss", 2), ("discuss.later", 2), ("~mine", 1)]
    assert [(each.tag, each.papers) for each in used_tags(assistant)] == [("discuss", 2), ("discuss.later", 2), ("~~check", 2)]


# -- pages


@pytest.fixture
def visit(client, course):
    """visit(who, name, *args, **post) -> response; a POST where something is posted."""

    def ask(who, name, *args, post=None, **headers):
        client.force_login(who.user)
        url = reverse(f"reviews:{name}", args=[course.slug, *args])
        return client.get(url) if post is None else client.post(url, post, headers=headers)

    return ask


def test_chips_on_paper_list_and_search_show_what_one_sees(visit, tagged, papers, student):
    shown = {
        "list": visit(student, "paper_list").content.decode(),
        "paper": visit(student, "paper_detail", papers[2].key).content.decode(),
        "search": visit(student, "paper_search").content.decode(),
    }

    assert {name: [word in text for word in ("#discuss", "#~mine#2", "~~check", "theirs")] for name, text in shown.items()} == {
        "list": [True, True, False, False],
        "paper": [True, True, False, False],
        "search": [True, True, False, False],
    }
    assert "search/?q=%23~mine" in shown["paper"]


def test_paper_page_offers_to_remove_what_one_may_remove(visit, tagged, papers, student, assistant):
    buttons = 'name="remove" value="{}"'
    texts = [visit(who, "paper_detail", papers[2].key).content.decode() for who in (student, assistant)]

    assert [[buttons.format(name) in text for name in ("discuss.later", "~~check", "~mine")] for text in texts] == [
        [False, False, True],
        [True, True, False],
    ]


def test_form_adds_and_removes_without_script(visit, paper, student):
    added = visit(student, "tag_change", paper.key, post={"add": "~mine#2 ~later"})
    removed = visit(student, "tag_change", paper.key, post={"add": "~ignored", "remove": "~mine"})

    assert (added.status_code, added["Location"][-5:], removed.status_code) == (302, "#tags", 302)
    assert seen(student, paper) == ["~later"]


def test_fragment_says_what_is_wrong_and_keeps_what_was_typed(visit, paper, student):
    response = visit(student, "tag_change", paper.key, post={"add": "~mine discuss <b>"}, HX_Request="true")

    text = response.content.decode()
    assert (response.status_code, 'value="~mine discuss &lt;b&gt;"' in text, "is no tag" in text) == (200, True, True)
    assert seen(student, paper) == []


def test_page_without_script_says_what_is_wrong(visit, client, paper, student):
    visit(student, "tag_change", paper.key, post={"add": "discuss"})

    assert "Only staff set discuss" in visit(student, "paper_detail", paper.key).content.decode()


def test_unknown_paper_is_404(visit, paper, student):
    assert visit(student, "tag_change", "nothing", post={"add": "~x"}).status_code == 404


def test_bulk_tags_what_the_search_finds_for_who_asks(visit, tagged, papers, student, assistant):
    visit(student, "tag_bulk", post={"q": "#discuss.later", "tags": "~both", "add": "1"})
    visit(student, "tag_bulk", post={"q": "#~~check", "tags": "~secret", "add": "1"})
    visit(assistant, "tag_bulk", post={"q": "", "tags": "discuss", "remove": "1"})

    assert [seen(student, paper) for paper in papers] == [
        [],
        ["discuss.later", "~both"],
        ["discuss.later", "~both", "~mine#2"],
    ]


@pytest.mark.parametrize(
    ("post", "says"),
    [
        ({"q": "", "tags": "", "add": "1"}, "Name a tag."),
        ({"q": "(", "tags": "~x", "add": "1"}, "never closed"),
        ({"q": "", "tags": "x", "add": "1"}, "Only staff set x"),
        ({"q": "", "tags": "3", "add": "1"}, "3 is no tag"),
        ({"q": "", "tags": "~x", "add": "1"}, "#~x put on 3 of 3 papers."),
    ],
)
def test_bulk_says_what_came_of_it(visit, papers, student, post, says):
    response = visit(student, "tag_bulk", post=post)

    assert response.status_code == 302
    assert says in visit(student, "paper_search").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_tags(client, course, papers, student, assistant, django_assert_num_queries, rows):
    for number in range(rows):
        tag(assistant, papers[:rows], f"discuss{number} ~~check{number}")
        tag(student, papers[:rows], f"~mine{number}")

    # Session, user, enrollment; a change has its savepoint, locks, papers, tags, limits and writes.
    for who, url, post, count in [
        (student, reverse("reviews:paper_list", args=[course.slug]), None, 9),
        (assistant, reverse("reviews:paper_detail", args=[course.slug, papers[0].key]), None, 10),
        (assistant, reverse("api:tag_list", args=[course.slug]), None, 4),
        (assistant, reverse("api:paper_tags", args=[course.slug, papers[0].key]), None, 5),
        (student, reverse("reviews:tag_bulk", args=[course.slug]), {"q": "#any", "tags": "~all1 ~all2", "add": "1"}, 12),
        (assistant, reverse("reviews:tag_bulk", args=[course.slug]), {"q": "#any", "tags": "one two", "add": "1"}, 13),
    ]:
        client.force_login(who.user)
        kept.forget_all()
        with django_assert_num_queries(count):
            client.get(url) if post is None else client.post(url, post)


# -- API


@pytest.fixture
def api(client, course):
    def ask(who, method, name, *args, **body):
        client.force_login(who.user)
        url = reverse(f"api:{name}", args=[course.slug, *args])
        return getattr(client, method)(url, **({"data": body, "content_type": "application/json"} if body else {}))

    return ask


def test_api_reads_adds_and_removes(api, paper, student, assistant):
    api(assistant, "post", "paper_tags", paper.key, add=["discuss#3", "~~check"])
    changed = api(student, "post", "paper_tags", paper.key, add=["~mine#0.5"], remove=["~old"])
    staff = api(assistant, "get", "paper_tags", paper.key)
    gone = api(student, "delete", "paper_tag", paper.key, "~mine#1")

    assert (changed.status_code, changed.json()) == (
        200,
        [
            {"tag": "discuss", "audience": "course", "value": "3"},
            {"tag": "~mine", "audience": "own", "value": "0.5"},
        ],
    )
    assert [row["tag"] for row in staff.json()] == ["discuss", "~~check"]
    assert (gone.status_code, seen(student, paper)) == (204, ["discuss#3"])


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"add": ["3d"]}, 400, "add"),
        ({"add": ["~a\0"]}, 400, "add"),
        ({"add": ["~a", 3, None]}, 400, "add"),
        ({"add": "~a"}, 400, "add"),
        ({"add": []}, 400, "add"),
        ({"remove": ["~" * 300]}, 400, "remove"),
        ({"add": ["~x"], "remove": ["discuss"]}, 403, None),
    ],
)
def test_api_refuses(api, paper, student, body, status, field):
    response = api(student, "post", "paper_tags", paper.key, **body)

    assert (response.status_code, list(response.json().get("errors", {}))) == (status, [field] if field else [])
    assert not Tag.objects.exists()


def test_api_tags_what_a_search_finds(api, tagged, student):
    changed = api(student, "post", "tag_found", q="#discuss", add=["~x"], remove=["~y"])
    unread = api(student, "post", "tag_found", q="a (", add=["~x"])
    tags = api(student, "get", "tag_list")

    assert changed.json() == {"found": 2, "changed": 2}
    assert (unread.status_code, unread.json()["position"]) == (422, 2)
    assert {"tag": "~x", "audience": "own", "papers": 2} in tags.json()


def test_api_search_names_the_tags(api, tagged, student):
    rows = api(student, "get", "paper_search").json()["results"]

    assert [row["tags"] for row in rows] == [["discuss#3"], ["discuss#3", "discuss.later"], ["discuss.later", "~mine#2"]]


def test_api_of_a_tag_that_is_none_is_404(api, paper, student):
    assert api(student, "delete", "paper_tag", paper.key, "3d").status_code == 404
