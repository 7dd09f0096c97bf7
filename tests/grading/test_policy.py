"""The policy's page: in words, its versions, the preview of another one, and saving just what was previewed."""

import json
from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse

from core.errors import StaleVersion
from courses.models import Course
from grading import engine
from grading.actions import set_mark, set_override, set_policy
from grading.engine.steps import STEPS
from grading.models import Policy
from grading.queries import policy_findings, policy_in_force
from grading.queries.policy_preview import preview_policy
from grading.text import policy_toml, read_policy_text
from grading.wording import STEP_WORDS, policy_in_words
from tests.factories import CourseFactory, EnrollmentFactory, MeetingFactory, MilestoneFactory, PaperFactory, PolicyFactory
from tests.grading.examples import course_with_policy, ece697il, one_component, released_mark
from tests.threads import at_once

LETTERS = [{"letter": "A", "from": 90}, {"letter": "B", "from": 0}]
EASIER = [{"letter": "A", "from": 80}, {"letter": "B", "from": 0}]


@pytest.fixture
def seminar(db):
    """(course, instructor's user, students by name): Ada has 8.5 of 10, Bob 5 of 10, Cyd nothing; A is from 90."""
    course = course_with_policy(one_component(source="manual") | {"letters": LETTERS})
    by = EnrollmentFactory(course=course, role="instructor", user__name="Ines").user
    students = {name: EnrollmentFactory(course=course, user__name=name) for name in ("Bob", "Ada", "Cyd")}
    for name, points in [("Ada", "8.5"), ("Bob", "5")]:
        set_mark(enrollment=students[name], component="only", points=Decimal(points), revision=0, by=by)
    return course, by, students


def easier() -> dict:
    return one_component(source="manual") | {"letters": EASIER}


def other() -> dict:
    return one_component(source="manual", max_points=20)


def test_preview_says_who_moves_first_and_saves_nothing(seminar):
    course, _, students = seminar

    preview = preview_policy(course, easier())

    assert [(effect.student.user.name, effect.is_moved, effect.direction) for effect in preview.effects] == [
        ("Ada", True, "up"),
        ("Bob", False, ""),
        ("Cyd", False, ""),
    ]
    ada = preview.effects[0]
    assert (ada.before.letter, ada.after.letter, ada.before.total, ada.after.total) == ("B", "A", Decimal(85), Decimal(85))
    assert preview.counts == {"students": 3, "moved": 1, "up": 1, "down": 0, "changed": 0}
    assert ("A", 0, 1) in preview.letters
    assert Policy.objects.count() == 1


def test_preview_names_what_was_given_by_hand_and_has_no_place_any_more(seminar, client):
    course, by, students = seminar
    ada, bob = students["Ada"], students["Bob"]
    set_override(student=ada, component="only", percent=Decimal(90), reason="Agreed", is_shown=False, by=by)
    set_override(student=bob, letter="B", reason="Agreed", is_shown=False, by=by)
    renamed = {
        "components": [{"key": "other", "title": "Other", "weight": 100, "source": "manual"}],
        "letters": [{"letter": "S", "from": 0}],
    }

    preview = preview_policy(course, renamed)

    assert preview.left_behind == [
        "Marks by hand for Only would count for nothing (2 students).",
        "Only, set by hand, would count for nothing (1 student).",
        "The letter B, set by hand, would stay and is none of this policy (1 student).",
    ]
    client.force_login(by)
    page = client.post(reverse("grading:policy_edit", args=[course.slug]), {"text": policy_toml(renamed)})
    assert [sentence in page.content.decode() for sentence in preview.left_behind] == [True] * 3
    address = reverse("api:policy_detail", args=[course.slug]) + "?dry_run=true"
    answer = client.post(address, {"document": renamed}, content_type="application/json")
    assert answer.json()["left_behind"] == preview.left_behind


def test_a_policy_that_keeps_what_was_given_by_hand_leaves_nothing_behind(seminar):
    course, by, students = seminar
    set_override(student=students["Ada"], component="only", percent=Decimal(90), reason="Agreed", is_shown=False, by=by)

    assert preview_policy(course, other()).left_behind == []


def test_preview_is_what_the_grades_become(seminar):
    course, by, _ = seminar
    document = one_component(source="manual", steps=[{"step": "sum", "full_points": 9}]) | {"letters": LETTERS}
    preview = preview_policy(course, document)

    set_policy(course=course, document=document, by=by, previewed=preview.digest)
    after = preview_policy(course, document)

    then = {effect.student.pk: effect.after.explanation for effect in preview.effects}
    assert {effect.student.pk: effect.before.explanation for effect in after.effects} == then


def test_save_refuses_a_policy_that_changed_since_the_preview(seminar):
    course, by, _ = seminar
    digest = preview_policy(course, easier()).digest
    set_policy(course=course, document=other(), by=by)

    with pytest.raises(StaleVersion):
        set_policy(course=course, document=easier(), by=by, previewed=digest)

    assert policy_in_force(course).number == 2


def test_save_refuses_another_text_than_the_previewed(seminar):
    course, by, _ = seminar
    digest = preview_policy(course, easier()).digest

    with pytest.raises(StaleVersion):
        set_policy(course=course, document=other(), by=by, previewed=digest)

    assert policy_in_force(course).number == 1


def test_page_previews_then_saves(seminar, client):
    course, by, _ = seminar
    client.force_login(by)
    text = policy_toml(easier())

    shown = client.post(reverse("grading:policy_edit", args=[course.slug]), {"text": text})
    count = Policy.objects.count()
    saved = client.post(
        reverse("grading:policy_save", args=[course.slug]),
        {"text": text, "digest": shown.context["preview"].digest, "reason": "Too strict"},
    )

    assert (shown.status_code, count) == (200, 1)
    assert "letter up" in shown.content.decode()
    assert (saved.status_code, saved["Location"]) == (302, reverse("grading:policy_page", args=[course.slug]))
    row = policy_in_force(course)
    assert (row.number, row.document, row.created_by, row.reason) == (2, easier(), by, "Too strict")
    assert "Too strict" in client.get(reverse("grading:policy_page", args=[course.slug])).content.decode()


def test_page_of_a_policy_that_changed_meanwhile_shows_a_new_preview(seminar, client):
    course, by, _ = seminar
    client.force_login(by)
    text, digest = policy_toml(easier()), preview_policy(course, easier()).digest
    set_policy(course=course, document=other(), by=by)

    answer = client.post(reverse("grading:policy_save", args=[course.slug]), {"text": text, "digest": digest, "reason": "Why"})

    assert (answer.status_code, policy_in_force(course).number) == (409, 2)
    assert 'value="Why"' in answer.content.decode()
    assert answer.context["preview"].digest != digest
    assert answer.context["text"].strip() == text.strip()


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        ('[grading]\nweights = "scale"\n\n[[grading.components]]\nkey = "a"\ntitle = "A"\nweight = -1\nsource = "manual"\n', 7,
         "components[1].weight"),
        ("[grading]\nweights = \n", 2, None),
        ("[course]\nslug = 'x'\n[grading]\n", 1, "course"),
        ("weights = 'sum'\n", 1, "weights"),
    ],
)  # fmt: skip
def test_findings_stand_at_their_line_and_the_text_is_kept(seminar, client, text, line, where):
    course, by, _ = seminar
    client.force_login(by)

    answer = client.post(reverse("grading:policy_edit", args=[course.slug]), {"text": text})

    told = answer.context["read"].errors[0]
    assert (answer.status_code, told.line, told.where if where else None) == (422, line, where)
    assert answer.context["text"].strip() == text.strip()


def test_an_earlier_version_is_compared_and_put_back(seminar, client):
    course, by, _ = seminar
    set_policy(course=course, document=easier(), by=by)
    client.force_login(by)

    compared = client.get(reverse("grading:policy_version", args=[course.slug, 2]))
    shown = client.get(reverse("grading:policy_edit", args=[course.slug]), {"version": "1"})
    client.post(
        reverse("grading:policy_save", args=[course.slug]),
        {"text": shown.context["text"], "digest": shown.context["preview"].digest},
    )

    changed = [line for line in compared.context["differences"] if line[0] in ("added", "removed")]
    assert [(kind, "80" in line, "90" in line) for kind, line in changed] == [("removed", False, True), ("added", True, False)]
    assert "Ines" in compared.content.decode()
    rows = Policy.objects.filter(course=course).order_by("number").values_list("number", "document__letters__0__from")
    assert list(rows) == [(1, 90), (2, 80), (3, 90)]


def test_students_read_the_policy_in_words_and_nothing_of_its_versions(seminar, client):
    course, by, students = seminar
    client.force_login(students["Ada"].user)

    page = client.get(reverse("grading:policy_page", args=[course.slug])).content.decode()

    assert "Marked by hand." in page
    assert "from 90" in page
    assert "Ines" not in page
    assert reverse("grading:policy_edit", args=[course.slug]) not in page


def test_every_step_has_words():
    assert set(STEP_WORDS) == set(STEPS)


def test_words_of_a_policy_with_everything():
    document = {
        "weights": "sum",
        "components": [
            {
                "key": "project",
                "title": "Project",
                "parts": [
                    {
                        "key": "report",
                        "title": "Report",
                        "weight": 30,
                        "source": "milestones",
                        "milestones": ["report"],
                        "steps": [
                            {"step": "late", "percent": 10, "grace_hours": 1, "stop_days": 7, "bank_days": 3},
                            {"step": "skip", "count": 2},
                            {"step": "mean"},
                            {"step": "cap", "at": 110},
                        ],
                    }
                ],
            },
            {
                "key": "reviews",
                "title": "Reviews",
                "weight": 20,
                "source": "reviews",
                "steps": [
                    {"step": "exempt", "counts_as": "done"},
                    {"step": "required_count", "count": 20, "extra": 1},
                    {"step": "mean"},
                    {"step": "deduct", "count_of": "bad_ratings", "tiers": [{"from": 4, "percent": 50}]},
                ],
            },
        ],
        "gates": [{"component": "project", "all_handed_in": True, "letter": "F"}],
        "letters": [{"letter": "A", "from": 40}, {"letter": "F", "from": 0}],
    }
    assert [finding for finding in engine.lint(document) if finding.severity == engine.ERROR] == []

    words = policy_in_words(engine.read_policy(document))

    report = words["components"][0]["parts"][0]["sentences"]
    assert report[1:3] == [
        "Late work loses 10 % of the full points for every day begun, after a grace of 1 hour; more than 7 days late it "
        "counts as zero; 3 late days are free, spent where they help most.",
        "2 pieces may be left undone.",
    ]
    assert "Taken off for reviews rated bad: 50 % from 4." in words["components"][1]["sentences"]
    assert words["whole"][:2] == [
        "The weights add up to 50; the total is out of 50.",
        "Required to pass: everything of Project handed in (otherwise F).",
    ]


@pytest.mark.parametrize(
    "document", [ece697il(), easier(), one_component(weight=33.5, steps=[{"step": "sum", "full_points": 2.5}])]
)
def test_text_reads_back_as_the_same_document(document):
    assert read_policy_text(policy_toml(document), engine.Known()).document == document


def test_api_previews_saves_and_lists(seminar, client):
    course, by, students = seminar
    client.force_login(by)
    address = reverse("api:policy_detail", args=[course.slug])
    send = partial(client.post, content_type="application/json")

    preview = send(f"{address}?dry_run=true", json.dumps({"document": easier()})).json()
    wrong = send(f"{address}?dry_run=true", json.dumps({"document": {}})).json()
    change = {"document": easier(), "previewed": preview["digest"], "reason": "Too strict"}
    saved = client.put(address, change, content_type="application/json")
    stale = client.put(address, {"document": other(), "previewed": preview["digest"]}, content_type="application/json")
    versions = client.get(reverse("api:policy_versions", args=[course.slug])).json()

    assert preview["counts"]["moved"] == 1
    assert preview["effects"][0] == {
        "student": students["Ada"].pk,
        "moved": True,
        "direction": "up",
        "now": {"total_so_far": "85.0", "total_final": "85.0", "letter": "B", "letter_final": "B"},
        "then": {"total_so_far": "85.0", "total_final": "85.0", "letter": "A", "letter_final": "A"},
    }
    assert (wrong["digest"], wrong["findings"][0]["severity"]) == (None, "error")
    assert (saved.status_code, saved.json()["version"], stale.status_code) == (200, 2, 412)
    told = [(row["version"], row["created_by"], row["reason"]) for row in versions]
    assert told == [(2, "Ines", "Too strict"), (1, None, "")]


def test_a_policy_that_the_database_cannot_keep_is_refused(seminar, client):
    course, by, _ = seminar
    client.force_login(by)
    address = reverse("api:policy_detail", args=[course.slug])

    for title in ("a\u0000b", "\ud800"):
        answer = client.put(address, json.dumps({"document": one_component(title=title)}), content_type="application/json")
        assert 400 <= answer.status_code < 500


def two_tracks() -> dict:
    tracks = [{"title": title, "sections": [section]} for title, section in (("Long", "1cr"), ("Short", "2cr"))]
    return one_component(source="manual") | {"tracks": tracks}


def test_a_track_for_a_section_that_no_student_is_in_is_pointed_out(client, db):
    course = course_with_policy(two_tracks())
    EnrollmentFactory(course=course, section="1cr")
    EnrollmentFactory(course=course, section="2cr", is_active=False)
    EnrollmentFactory(course=course, section="2cr", role="assistant")
    EnrollmentFactory(section="2cr")
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)

    told = [finding.message for finding in policy_findings(course, policy_in_force(course))]
    page = client.get(reverse("grading:policy_page", args=[course.slug])).content.decode()
    answer = client.get(reverse("api:policy_detail", args=[course.slug])).json()

    assert told == ["No student is in section '2cr'."]
    assert page.count("No student is in section &#x27;2cr&#x27;.") == 1
    assert [finding["message"] for finding in answer["findings"]] == told


def test_marks_that_the_policy_leaves_out_are_pointed_out(db):
    course = course_with_policy(easier())
    released_mark(EnrollmentFactory(course=course))

    assert [finding.message for finding in policy_findings(course, policy_in_force(course))] == [
        "Marks are given for reviews, and no component counts them."
    ]


def test_only_a_policy_with_tracks_asks_for_the_sections(db, django_assert_num_queries):
    course = course_with_policy(two_tracks())
    with_tracks = policy_in_force(course)
    without = PolicyFactory(course=course, number=2, document=easier())

    with django_assert_num_queries(6):
        policy_findings(course, without)
    with django_assert_num_queries(7):
        policy_findings(course, with_tracks)


@pytest.mark.parametrize("rows", [1, 3])
def test_policy_preview_queries(client, django_assert_num_queries, db, rows):
    course = course_with_policy(easier())
    by = EnrollmentFactory(course=course, role="instructor").user
    for number in range(rows):
        EnrollmentFactory(course=course)
        PolicyFactory(course=course, number=number + 2, document=easier())
    client.force_login(by)

    with django_assert_num_queries(20):
        client.post(reverse("grading:policy_edit", args=[course.slug]), {"text": policy_toml(other())})
    with django_assert_num_queries(12):
        client.get(reverse("grading:policy_page", args=[course.slug]))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_of_one_preview_each_one_is_refused():
    course = course_with_policy(one_component(source="manual") | {"letters": LETTERS})
    by = EnrollmentFactory(course=course, role="instructor").user
    documents = [easier(), other()]
    save = [
        partial(set_policy, course=course, document=document, by=by, previewed=preview_policy(course, document).digest)
        for document in documents
    ]

    answers = at_once(save)

    assert sorted(str(answer) == "stale_version" for answer in answers) == [False, True]
    assert Course.objects.get().policies.count() == 2


@pytest.mark.parametrize("source", ["reviews", "participation", "milestones"])
def test_a_component_of_work_that_the_course_does_not_have_is_pointed_out(db, source):
    course = CourseFactory()
    MeetingFactory(course=course)
    PaperFactory(course=course, meeting__course=course)
    MilestoneFactory(course=course)
    row = PolicyFactory(course=course, document=one_component(source=source))

    assert [told.message for told in policy_findings(course, row) if told.message.startswith("Nothing can fill")] == [
        {
            "reviews": "Nothing can fill 'Only': the course asks for no reviews.",
            "participation": "Nothing can fill 'Only': the course gives no points for participation.",
            "milestones": "Nothing can fill 'Only': the course has no projects.",
        }[source]
    ]
