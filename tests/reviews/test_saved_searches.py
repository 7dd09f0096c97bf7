"""Searches kept under a name: who sees and changes them, what they find inside one another."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from core.errors import DomainError
from courses.models import Enrollment
from reviews import policies
from reviews.models import SavedSearch
from reviews.search import SearchError, find
from reviews.search.saved.actions import MOST, change_search, remove_search, save_search
from reviews.search.saved.opening import MAX_DEPTH
from tests.factories import CourseFactory, EnrollmentFactory, PaperFactory, SavedSearchFactory, TagFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(course, paper):
    """Rammer, Deep, Deep Rammer, by their places in the reading order."""
    titles = ("Deep", "Deep Rammer")
    return [paper, *(PaperFactory(course=course, meeting=paper.meeting, title=title) for title in titles)]


@pytest.fixture
def other(course):
    return EnrollmentFactory(course=course)


def as_asked(enrollment):
    return Enrollment.objects.select_related("course").get(pk=enrollment.pk)


def save(by, name, text, audience="own"):
    return save_search(by=as_asked(by), name=name, text=text, audience=audience)


def found(viewer, text):
    return list(find(as_asked(viewer), text).numbers.values())


def mistake(viewer, text):
    with pytest.raises(SearchError) as raised:
        found(viewer, text)
    return raised.value.position, raised.value.length, raised.value.message


# -- finding by them


def test_name_stands_for_what_it_finds(papers, student):
    save(student, "Both", "deep OR 1")

    assert [found(student, text) for text in ("ss:both", "-ss:BOTH", "ss:both rammer", "search:both", "ss:(both)")] == [
        [1, 2, 3],
        [],
        [1, 3],
        [1, 2, 3],
        [1, 2, 3],
    ]
    assert find(as_asked(student), "ss:Both rammer").meaning == "ss:Both AND rammer"


def test_saved_searches_stand_in_one_another(papers, student):
    save(student, "deep", "deep")
    save(student, "two", "ss:deep rammer")
    save(student, "rest", "-ss:two -ss:deep")

    assert [found(student, text) for text in ("ss:two", "ss:rest", "ss:two OR ss:rest")] == [[3], [1], [1, 3]]


def test_result_is_that_of_who_runs_it(papers, student, other, assistant):
    TagFactory(paper=papers[0], audience="staff", name="check")
    TagFactory(paper=papers[1], audience="own", name="mine", owner=student)
    save(assistant, "picked", "#~~check OR #~mine", "course")

    assert [found(who, "ss:picked") for who in (student, other, assistant)] == [[2], [], [1]]


@pytest.mark.parametrize("name", ["others", "staffs", "nothing", "x" * 200])
def test_what_one_does_not_see_is_not_there(papers, student, other, assistant, name):
    save(other, "others", "deep")
    save(assistant, "staffs", "deep", "staff")

    assert mistake(student, f"deep ss:{name}") == (8, len(name), f"There is no saved search called {name[:80]} here.")


def test_one_s_own_goes_before_what_is_shared_but_not_inside_it(papers, student, assistant):
    save(assistant, "few", "deep", "course")
    save(assistant, "fewer", "ss:few rammer", "course")
    save(student, "few", "1")
    save(student, "mine", "ss:few")

    assert [found(student, text) for text in ("ss:few", "ss:fewer", "ss:mine")] == [[1], [3], [1]]


def test_what_is_shared_with_the_course_holds_nothing_of_staff_s(papers, assistant):
    save(assistant, "own", "deep")
    save(assistant, "staffs", "ss:own", "own")
    save(assistant, "shared", "deep", "staff")

    refusals = []
    for text, audience in (("ss:shared", "course"), ("ss:own", "course"), ("ss:own", "staff")):
        with pytest.raises(DomainError) as refused:
            save(assistant, "out", text, audience)
        refusals.append(refused.value.mistake.position)

    assert (refusals, found(assistant, "ss:shared ss:staffs")) == ([3, 3, 3], [2, 3])


def test_cycle_is_an_error_at_its_place(papers, student):
    one = save(student, "one", "deep")
    save(student, "two", "deep OR ss:one")
    SavedSearch.objects.filter(pk=one.pk).update(text="rammer ss:two")

    says = "A saved search may not run itself: ss:{0} to ss:{1} to ss:{0}."
    assert mistake(student, "deep ss:one") == (8, 3, f"In ss:two: {says.format('one', 'two')}")
    assert mistake(student, "ss:two")[:2] == (3, 3)


def test_cycle_is_not_saved(papers, student):
    one = save(student, "one", "deep")
    save(student, "two", "ss:one")

    refusals = []
    for text in ("deep ss:two", "ss:one"):
        with pytest.raises(DomainError) as refused:
            change_search(by=as_asked(student), saved=one, name="one", text=text, audience="own")
        refusals.append((refused.value.code, refused.value.mistake.position))
    one.refresh_from_db()

    assert (refusals, one.text) == ([("bad_search", 8), ("bad_search", 3)], "deep")


def test_mistake_inside_is_told_at_the_name(papers, student):
    SavedSearchFactory(owner=student, name="bad", text="merit:99")
    SavedSearchFactory(owner=student, name="worse", text="x ss:bad")

    assert mistake(student, "deep ss:bad") == (8, 3, "In ss:bad: Overall merit goes from 1 to 5.")
    assert mistake(student, "ss:worse") == (3, 5, "In ss:bad: Overall merit goes from 1 to 5.")


def test_depth_has_a_limit(papers, student):
    save(student, "s0", "deep")
    for number in range(1, MAX_DEPTH):
        save(student, f"s{number}", f"ss:s{number - 1}")
    SavedSearchFactory(owner=student, name="over", text=f"ss:s{MAX_DEPTH - 1}")

    assert found(student, f"ss:s{MAX_DEPTH - 1}") == [2, 3]
    assert mistake(student, "ss:over")[:2] == (3, 4)


def test_many_that_hold_many_are_read_once_each(papers, student, django_assert_num_queries):
    SavedSearchFactory(owner=student, name="s0", text="deep")
    for number in range(1, 8):
        SavedSearchFactory(owner=student, name=f"s{number}", text=f"ss:s{number - 1} " * 90)
    viewer = as_asked(student)

    with django_assert_num_queries(3):  # the rules, the saved searches, the papers
        assert len(find(viewer, "ss:s7 " * 90).ids) == 2


# -- saving, changing, removing


@pytest.mark.parametrize("name", ["", "3d", "a b", "größe", "a" * 81, "-a", "a:b"])
def test_name_that_could_not_be_written_is_refused(papers, student, name):
    with pytest.raises(DomainError) as refused:
        save(student, name, "deep")

    assert (refused.value.code, refused.value.field) == ("bad_name", "name")


def test_search_that_is_not_understood_is_not_saved(papers, student):
    with pytest.raises(DomainError) as refused:
        save(student, "a", "deep foo:x")

    assert (refused.value.code, refused.value.mistake.position, SavedSearch.objects.count()) == ("bad_search", 5, 0)


def test_names_are_taken_where_they_are_seen(papers, student, other, assistant, instructor):
    save(student, "few", "deep")
    save(other, "FEW", "deep")
    save(assistant, "few", "deep", "course")

    refusals = []
    for who, audience in ((student, "own"), (instructor, "staff"), (assistant, "own")):
        with pytest.raises(DomainError) as refused:
            save(who, "Few", "1", audience)
        refusals.append(refused.value.code)

    assert refusals == ["name_taken"] * 3


def test_database_holds_the_names_apart(course, student, assistant, instructor):
    SavedSearchFactory(owner=assistant, name="few", audience="course")
    SavedSearchFactory(owner=student, name="few")

    with pytest.raises(IntegrityError):
        SavedSearchFactory(owner=instructor, name="FEW", audience="staff")


def test_database_holds_one_list_apart(student):
    SavedSearchFactory(owner=student, name="few")

    with pytest.raises(IntegrityError):
        SavedSearchFactory(owner=student, name="FEW")


@pytest.mark.parametrize("audience", ["staff", "course"])
def test_students_share_nothing(papers, student, audience):
    saved = save(student, "few", "deep")

    refusals = []
    for act in (
        lambda: save(student, "new", "deep", audience),
        lambda: change_search(by=as_asked(student), saved=saved, name="few", text="deep", audience=audience),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        refusals.append(refused.value.code)

    assert (refusals, SavedSearch.objects.get().audience) == (["staff_only"] * 2, "own")


def test_staff_change_and_remove_what_others_shared(papers, assistant, instructor):
    saved = save(assistant, "few", "deep", "staff")

    changed = change_search(by=as_asked(instructor), saved=saved, name="some", text="rammer", audience="course")
    remove_search(by=as_asked(instructor), saved=changed)

    assert ((changed.name, changed.owner_id), SavedSearch.objects.count()) == (("some", assistant.pk), 0)


def test_what_another_shared_does_not_become_one_s_own(papers, assistant, instructor):
    saved = save(assistant, "few", "deep", "staff")

    with pytest.raises(DomainError) as refused:
        change_search(by=as_asked(instructor), saved=saved, name="few", text="deep", audience="own")
    change_search(by=as_asked(assistant), saved=saved, name="few", text="deep", audience="own")

    assert (refused.value.code, SavedSearch.objects.get().audience) == ("not_yours", "own")


def test_nobody_changes_what_is_another_s_own_or_gone(papers, student, assistant):
    saved, gone = save(student, "few", "deep"), save(student, "gone", "deep")
    SavedSearch.objects.filter(pk=gone.pk).delete()

    refusals = []
    for by, row in ((assistant, saved), (student, gone)):
        with pytest.raises(DomainError) as refused:
            remove_search(by=as_asked(by), saved=row)
        refusals.append(refused.value.code)

    assert (refusals, SavedSearch.objects.count()) == (["removed", "removed"], 1)


def test_list_has_a_limit(papers, student):
    SavedSearch.objects.bulk_create(
        SavedSearch(course=student.course, owner=student, name=f"s{number}", text="") for number in range(MOST)
    )

    with pytest.raises(DomainError) as refused:
        save(student, "more", "deep")

    assert refused.value.code == "too_many"


@pytest.mark.parametrize("role", ["student", "assistant", "instructor", "observer"])
@pytest.mark.parametrize("is_active", [True, False])
def test_set_and_policies_agree(course, role, is_active):
    viewer = EnrollmentFactory(course=course, role=role, is_active=is_active)
    owners = (viewer, EnrollmentFactory(course=course), EnrollmentFactory())
    for owner in owners:
        for audience in ("own", "staff", "course"):
            SavedSearchFactory(owner=owner, audience=audience)

    visible = set(SavedSearch.objects.visible_to(viewer).values_list("owner", "audience"))
    every = list(SavedSearch.objects.all())

    assert visible == {(saved.owner_id, saved.audience) for saved in every if policies.may_see(viewer, saved)}
    changed = {(saved.owner_id, saved.audience) for saved in every if policies.may_change_search(viewer, saved)}
    is_staff = role in ("assistant", "instructor")
    assert changed == {each for each in visible if is_staff or each[1] == "own"}
    assert len(visible) == (0 if not is_active else 5 if is_staff else 4)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("audience", ["own", "course"])
def test_one_name_saved_at_once_is_kept_once(audience):
    course = CourseFactory()
    people = [EnrollmentFactory(course=course, role="instructor") for _ in range(1 if audience == "own" else 5)]

    results = at_once([lambda by=by: save(by, "few", "", audience).name for by in people * (5 // len(people))])

    assert (sorted(results), SavedSearch.objects.count()) == (["few", *["name_taken"] * 4], 1)


# -- pages


@pytest.fixture
def visit(client, course):
    """visit(who, name, *args, **post) -> response; a POST where something is posted."""

    def ask(who, name, *args, post=None, query=""):
        client.force_login(who.user)
        url = reverse(f"reviews:{name}", args=[course.slug, *args]) + query
        return client.get(url) if post is None else client.post(url, post)

    return ask


def test_search_page_lists_what_one_sees(visit, papers, student, other, assistant):
    save(student, "mine", "deep")
    save(other, "others", "deep")
    save(assistant, "staffs", "deep", "staff")
    save(assistant, "courses", "deep", "course")

    texts = [visit(who, "paper_search").content.decode() for who in (student, assistant)]

    names = ("ss:mine", "ss:others", "ss:staffs", "ss:courses")
    assert [[name in text for name in names] for text in texts] == [[True, False, False, True], [False, False, True, True]]
    assert ["Change ss:courses" in text for text in texts] == [False, True]
    assert ["Change ss:mine" in text for text in texts] == [True, False]


def test_pages_save_change_and_remove(visit, papers, student):
    assert 'value="deep rammer"' in visit(student, "search_save", query="?q=deep+rammer").content.decode()
    saved = visit(student, "search_save", post={"name": "few", "text": "deep rammer"})
    pk = SavedSearch.objects.get().pk
    changed = visit(student, "search_change", pk, post={"name": "ss:some", "text": "deep", "audience": "course"})
    row = SavedSearch.objects.get()
    visit(student, "search_remove", pk, post={})

    assert [response["Location"].split("?")[1] for response in (saved, changed)] == ["q=ss%3Afew", "q=ss%3Asome"]
    assert ((row.name, row.text, row.audience), SavedSearch.objects.count()) == (("some", "deep", "own"), 0)


def test_page_shows_the_mistake_at_its_place_and_keeps_what_was_typed(visit, papers, student):
    response = visit(student, "search_save", post={"name": "few", "text": "deep foo:x"})

    assert (response.status_code, response.context["mistake"].column) == (422, 6)
    assert 'value="deep foo:x"' in response.content.decode()


def test_page_says_that_a_name_is_taken(visit, papers, student):
    save(student, "few", "deep")

    response = visit(student, "search_save", post={"name": "few", "text": "deep"})

    assert (response.status_code, response.context["form"].errors) == (
        422,
        {"name": ["There is a saved search called few already."]},
    )


def test_staff_are_asked_with_whom_they_share(visit, papers, student, assistant):
    shared = visit(assistant, "search_save", post={"name": "few", "text": "deep", "audience": "staff"})
    unsaid = visit(assistant, "search_save", post={"name": "more", "text": "deep"})

    assert (shared.status_code, unsaid.status_code, SavedSearch.objects.get().audience) == (302, 422, "staff")
    texts = [visit(who, "search_save").content.decode() for who in (student, assistant)]
    assert ["Who sees it" in text for text in texts] == [False, True]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, course, papers, student, django_assert_num_queries, rows):
    for number in range(rows):
        save(student, f"s{number}", f"ss:s{number - 1}" if number else "deep")
    everything = " ".join(f"ss:s{number}" for number in range(rows))

    for name, count in [("reviews:paper_search", 12), ("api:saved_search_list", 4)]:
        client.force_login(student.user)
        with django_assert_num_queries(count):
            client.get(reverse(name, args=[course.slug]), {"q": everything})


# -- API


@pytest.fixture
def api(client, course):
    def ask(who, method, address, *args, **body):
        client.force_login(who.user)
        url = reverse(f"api:{address}", args=[course.slug, *args])
        return getattr(client, method)(url, **({"data": body, "content_type": "application/json"} if body else {}))

    return ask


def test_api_saves_reads_changes_and_removes(api, papers, student):
    saved = api(student, "post", "saved_search_list", name="few", text="deep")
    pk = saved.json()["id"]
    changed = api(student, "put", "saved_search_detail", pk, name="some", text="rammer")
    listed = api(student, "get", "saved_search_list").json()
    removed = api(student, "delete", "saved_search_detail", pk)

    assert (saved.status_code, changed.status_code, removed.status_code) == (201, 200, 204)
    assert [(row["name"], row["text"], row["audience"], row["is_own"]) for row in listed] == [("some", "rammer", "own", True)]
    assert api(student, "get", "saved_search_detail", pk).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "few"}, 400, "text"),
        ({"name": "3d", "text": ""}, 409, "name"),
        ({"name": "taken", "text": ""}, 409, "name"),
        ({"name": "few", "text": "deep foo:x"}, 422, "text"),
        ({"name": "few", "text": "a\0"}, 400, "text"),
        ({"name": "few", "text": "", "audience": "all"}, 400, "audience"),
        ({"name": "few", "text": "", "audience": "course"}, 403, None),
    ],
)
def test_api_refuses(api, papers, student, body, status, field):
    save(student, "taken", "")

    response = api(student, "post", "saved_search_list", **body)

    assert (response.status_code, list(response.json().get("errors", {}))) == (status, [field] if field else [])
    assert SavedSearch.objects.count() == 1


def test_api_names_the_place_of_a_mistake(api, papers, student):
    response = api(student, "post", "saved_search_list", name="few", text="deep foo:x")

    assert (response.json()["position"], response.json()["length"], response.json()["code"]) == (5, 4, "bad_search")
