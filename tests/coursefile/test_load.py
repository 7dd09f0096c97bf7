from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from core.errors import DomainError, StaleVersion
from core.toml.problems import BadCourseFile
from coursefile.dump import digest_of, dump_course
from coursefile.load import load_course, read_course_file
from courses.models import Course, Enrollment
from discussion.models import DiscussionRules
from presentations.models import SignUp
from tests.coursefile.files import ESSAY, EXAMPLE, MEETING_ONE, MERIT, RAMMER, small
from tests.coursefile.rows import all_rows
from tests.factories import SignUpFactory


def changes(text: str, author, **options) -> list[str]:
    return [str(change) for change in load_course(text, by=author, **options).changes]


# The example


def test_example_has_the_calendar_of_the_course_page(example_course):
    meetings = example_course.meetings.all()

    assert Counter(meeting.kind for meeting in meetings) == {"paper": 22, "project": 4, "holiday": 2}
    assert {meeting.date.strftime("%A") for meeting in meetings} == {"Tuesday", "Thursday"}
    assert {(meeting.starts_at, meeting.ends_at, meeting.room) for meeting in meetings} == {
        (time(8, 30), time(9, 45), "Marston Hall 211")
    }
    assert [meeting.date for meeting in meetings if meeting.is_holiday] == [date(2021, 11, 11), date(2021, 11, 25)]
    assert example_course.papers.count() == 23
    assert example_course.papers.filter(meeting__date=date(2021, 10, 19)).count() == 2


def test_example_asks_for_reviews_by_the_evening_before(example_course):
    paper = example_course.papers.select_related("meeting__course").get(key="tvm")

    assert example_course.review_rules.due_at(paper) == datetime(2021, 9, 7, 3, 59, tzinfo=UTC)
    assert example_course.review_rules.required_count == 20


def test_example_has_an_invited_speaker_and_a_slot_for_every_paper(example_course):
    assert example_course.slots.count() == 23
    assert [(str(sign_up), sign_up.role.slot.key) for sign_up in SignUp.objects.all()] == [("Invited speaker", "patdnn")]


def test_example_tells_that_its_weights_add_up_to_90(author):
    plan = load_course(EXAMPLE, by=author, dry_run=True)

    assert [warning.message for warning in plan.warnings] == [
        "The weights add up to 90, not 100; as stated, the total is scaled to 100.",
        "No component counts the milestone 'midterm-report'.",
    ]


# Loading again


def test_author_becomes_the_instructor_of_a_new_course(small_course, author):
    assert [(each.user, each.role) for each in small_course.enrollments.all()] == [(author, "instructor")]


def test_new_course_without_anybody_to_teach_it_is_refused(db):
    with pytest.raises(DomainError, match="say who teaches it"):
        load_course(small(), by=None)

    assert Course.objects.count() == 0


@pytest.mark.parametrize("text", [EXAMPLE, small()], ids=["example", "small"])
def test_loading_twice_changes_nothing(text, author):
    load_course(text, by=author)
    before = all_rows()

    plan = load_course(text, by=author)

    assert plan.is_empty
    assert all_rows() == before


@pytest.mark.parametrize("text", [EXAMPLE, small(("A seminar", "Another seminar"))], ids=["new", "changed"])
def test_dry_run_says_what_loading_does_and_changes_nothing(text, small_course, author):
    before = all_rows()

    planned = load_course(text, by=author, dry_run=True)

    assert all_rows() == before
    assert planned.changes == load_course(text, by=author).changes


def test_loading_the_same_takes_a_constant_number_of_queries(small_course, author, django_assert_num_queries):
    row = '\n[[meetings]]\nkey = "{0}"\ndate = 2021-10-05\n\n[[meetings.papers]]\nkey = "{0}"\ntitle = "{0}"\n'
    more = small(("\n[reviews]\n", "".join(row.format(f"w{n}") for n in range(9)) + "\n[reviews]\n"))
    load_course(more, by=author, slug="small")
    other = more.replace('slug = "small"', 'slug = "other"')
    load_course(other, by=author)
    load_course(small(('slug = "small"', 'slug = "third"')), by=author)

    for text in (other, small(('slug = "small"', 'slug = "third"'))):
        with django_assert_num_queries(19):
            load_course(text, by=author)


@pytest.mark.parametrize("table", ["[discussion]\n", "[discussion]\nis_on = true\n", "[discussion]\nis_on = false\n", ""])
def test_the_discussion_is_on_unless_the_file_switches_it_off(table, author):
    text = small(("[participation]", f"{table}\n[participation]"))

    load_course(text, by=author)
    course = Course.objects.get(slug="small")
    again = load_course(dump_course(course), by=author)

    assert DiscussionRules.is_on_in(course) is ("false" not in table)
    assert again.is_empty


def test_taking_the_table_away_switches_the_discussion_on_again(author):
    load_course(small(("[participation]", "[discussion]\nis_on = false\n\n[participation]")), by=author)

    assert changes(small(), author) == ["removed Discussion"]
    assert DiscussionRules.is_on_in(Course.objects.get(slug="small")) is True


def test_only_a_change_stamps_the_grades(small_course, author):
    stamp = small_course.grades_changed_at

    load_course(small(), by=author)
    small_course.refresh_from_db()
    assert small_course.grades_changed_at == stamp

    load_course(small(("2021-09-07", "2021-09-08")), by=author)
    small_course.refresh_from_db()
    assert small_course.grades_changed_at > stamp


def test_policy_gets_a_new_version_only_when_it_changes(small_course, author):
    load_course(small(('title = "Essay"', 'title = "Long essay"')), by=author)
    load_course(small(('title = "Essay"', 'title = "Long essay"'), ("A seminar", "Another")), by=author)

    told = small_course.policies.values_list("number", "created_by", "reason")
    assert list(told) == [(number, author.pk, "From the course file") for number in (2, 1)]


# What changes, in words

CHANGES = {
    "text": (("A seminar", "Another"), ["changed Course small “Another”: title: A seminar → Another"]),
    "date": (("2021-09-07", "2021-09-09"), ["changed Meeting two: date: 2021-09-07 → 2021-09-09"]),
    "option": (
        ('label = "Good"', 'label = "Fine"'),
        ["changed Review field merit “Merit”: options[3].label: Good → Fine"],
    ),
    "field goes": ((MERIT, ""), ["removed Review field merit “Merit”: retired; answers that were given are kept"]),
    "capacity": (
        ("capacity = 2", "capacity = 3"),
        [
            "changed Role body of slot rammer “Motivation and body”: capacity: 2 → 3",
            "changed Role body of slot tvm “Motivation and body”: capacity: 2 → 3",
            "changed Presentations: roles[1].capacity: 2 → 3",
        ],
    ),
    "deadline": (
        ("2021-12-07T23:59", "2021-12-08T12:00"),
        ["changed Milestone report “Report”: due_at: 2021-12-07 23:59 → 2021-12-08 12:00"],
    ),
    "weights": (
        ("weight = 20", "weight = 20.0"),
        [],
    ),
    "policy": (
        (ESSAY, ESSAY.replace("Essay", "Long essay")),
        ["changed Grading policy: policy.components[1].title: Essay → Long essay"],
    ),
    "reminders": (("[reminders]", ""), ["removed Reminders"]),
    "meeting comes": (
        (MEETING_ONE, MEETING_ONE.replace('"one"', '"zero"').replace("09-02", "09-01") + MEETING_ONE),
        ["added Meeting zero “Compilers”"],
    ),
    "page comes first": (
        ("[[pages]]\n", '[[pages]]\nkey = "first"\ntitle = "First"\n\n[[pages]]\n'),
        ["added Page first “First”"],
    ),
    "zone": (
        ("America/New_York", "Europe/Berlin"),
        [
            "changed Course small “A seminar”: time_zone: America/New_York → Europe/Berlin",
            "changed Milestone report “Report”: due_at: 2021-12-08 05:59 → 2021-12-07 23:59",
        ],
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_plan_says_what_changes_from_what_to_what(change, said, small_course, author):
    text = small(change)

    assert changes(text, author) == said
    assert changes(text, author) == []


def test_paper_moves_to_another_meeting_with_its_slot_and_its_presenter(small_course, author):
    sign_up = SignUpFactory(role=small_course.slots.get(key="rammer").roles.first())

    said = changes(small((RAMMER, ""), ('title = "TVM"\n', f'title = "TVM"\n\n{RAMMER}')), author)

    sign_up.refresh_from_db()
    assert said == [
        "changed Paper rammer “Rammer”: meeting: one → two",
        "changed Slot rammer: meeting: one → two",
    ]
    assert (sign_up.role.slot.meeting.key, sign_up.role.slot.paper.meeting.key) == ("two", "two")


def test_change_of_order_is_said_and_kept(small_course, author):
    swapped = small((MERIT, ""), ("[[reviews.fields]]\nkey", f"{MERIT}\n[[reviews.fields]]\nkey"))

    assert changes(swapped, author) == ["changed Order of the fields: summary, merit → merit, summary"]
    assert changes(swapped, author) == []


def test_field_that_returns_is_asked_again(small_course, author):
    load_course(small((MERIT, "")), by=author)
    field = small_course.review_rules.form.fields.get(key="merit")
    assert field.retired_at is not None

    assert changes(small(), author) == ["added Review field merit “Merit”: was retired and is asked again"]
    field.refresh_from_db()
    assert field.retired_at is None


def test_guest_comes_changes_and_goes(small_course, author):
    slot = '\n\n[[meetings.slots]]\npaper = "tvm"\n{}\n'

    def guests(line: str) -> list[str]:
        load_course(small(('title = "TVM"\n', f'title = "TVM"{slot.format(line)}')), by=author)
        return [str(sign_up) for sign_up in SignUp.objects.standing()]

    assert guests('guest = "Ada"') == ["Ada"]
    assert guests('guest = "Bob"') == ["Bob"]
    assert guests('guests = ["Bob", "Ada"]') == ["Ada", "Bob"]
    assert guests("") == []


BODY = '[[presentations.roles]]\nkey = "body"\ntitle = "Motivation and body"\ncapacity = 2\n\n'
DISCUSSION = '[[presentations.roles]]\nkey = "discussion"\ntitle = "Discussion"\n'
WITH_ADA = ('title = "TVM"\n', 'title = "TVM"\n\n[[meetings.slots]]\npaper = "tvm"\nguest = "Ada"\n')


@pytest.mark.parametrize(
    ("roles", "first"),
    [
        (f"{DISCUSSION}\n{BODY}", "discussion"),
        (DISCUSSION, "discussion"),
        (f"{DISCUSSION.replace('iscussion', 'emo')}\n{BODY}{DISCUSSION}", "demo"),
    ],
    ids=["another order", "the first goes", "a new one before it"],
)
def test_guest_moves_to_what_becomes_the_first_role(roles, first, small_course, author):
    load_course(small(WITH_ADA), by=author)
    text = small(WITH_ADA, (BODY + DISCUSSION, roles))

    load_course(text, by=author)

    assert [(str(one), one.role.key) for one in SignUp.objects.standing()] == [("Ada", first)]
    assert load_course(text, by=author).is_empty


def test_guest_of_a_role_that_becomes_the_first_leaves_and_is_named_before(small_course, author):
    load_course(small(WITH_ADA), by=author)
    SignUpFactory(role=small_course.slots.get(key="tvm").roles.last(), enrollment=None, guest_name="Bob")
    text = small(WITH_ADA, (BODY + DISCUSSION, f"{DISCUSSION}\n{BODY}"))

    plan = load_course(text, by=author)

    assert [warning.message for warning in plan.warnings] == [
        "Role discussion becomes the first of slot tvm, and the file does not name its guest Bob, who leaves."
    ]
    assert [(str(one), one.role.key) for one in SignUp.objects.standing()] == [("Ada", "discussion")]
    assert load_course(text, by=author).is_empty


def test_students_presentations_are_left_alone(small_course, author):
    sign_up = SignUpFactory(role=small_course.slots.get(key="tvm").roles.first())

    plan = load_course(small(("A seminar", "Another")), by=author)

    assert len(plan.changes) == 1
    assert list(SignUp.objects.standing()) == [sign_up]


# Guards


def test_file_of_another_course_is_refused_where_one_is_named(small_course, author):
    with pytest.raises(BadCourseFile) as caught:
        load_course(small(('slug = "small"', 'slug = "large"')), by=author, slug="small")

    assert caught.value.lines == [
        'course file, line 4: course.slug: found "large", expected "small": a file with another slug is another course'
    ]


def test_another_slug_is_another_course(small_course, author):
    load_course(small(('slug = "small"', 'slug = "large"')), by=author)

    assert list(Course.objects.order_by("pk").values_list("slug", flat=True)) == ["small", "large"]


def test_new_course_of_a_taken_slug_is_refused(small_course, author):
    with pytest.raises(DomainError, match="There is a course small already"):
        load_course(small(), by=author, only_new=True)


@pytest.mark.parametrize("dry_run", [True, False])
def test_state_that_the_author_has_not_seen_is_refused_with_the_state_of_now(dry_run, small_course, author):
    seen = digest_of(dump_course(small_course))
    load_course(small(("A seminar", "Changed meanwhile")), by=author)
    before = all_rows()

    with pytest.raises(StaleVersion) as caught:
        load_course(small(("A seminar", "Mine")), by=author, expected_digest=seen, dry_run=dry_run)

    assert caught.value.current == dump_course(small_course)
    assert all_rows() == before


# A new term


@pytest.mark.parametrize(
    ("start", "first", "monday"),
    [
        (date(2022, 9, 1), date(2022, 8, 31), date(2022, 8, 29)),
        (date(2021, 9, 5), date(2021, 9, 1), date(2021, 8, 30)),
        (date(2020, 2, 10), date(2020, 2, 12), date(2020, 2, 10)),
    ],
)
def test_start_moves_the_course_by_whole_weeks(start, first, monday):
    course = read_course_file(small(), start=start).document["course"]

    assert course["starts_on"] == first
    assert (first - monday).days == (date(2021, 9, 1) - date(2021, 8, 30)).days


def test_start_keeps_keys_days_of_the_week_and_clock_times(author):
    load_course(EXAMPLE, by=author)
    keys = list(Course.objects.get().meetings.values_list("key", "pk"))

    load_course(EXAMPLE, by=author, start=date(2022, 2, 2))

    course = Course.objects.get()
    assert (course.starts_on, course.ends_on, course.term) == (date(2022, 2, 2), date(2022, 5, 11), "Fall 2021")
    assert list(course.meetings.values_list("key", "pk")) == keys
    assert {meeting.date.strftime("%A") for meeting in course.meetings.all()} == {"Tuesday", "Thursday"}
    # In March the clocks go forward: the offset differs, the time on the clock does not.
    assert {course.local(milestone.due_at).time() for milestone in course.milestones.all()} == {time(23, 59)}
    assert len({course.local(milestone.due_at).utcoffset() for milestone in course.milestones.all()}) == 1


def test_start_keeps_a_deadline_of_a_paper_at_its_clock_time(author):
    text = small(('title = "Rammer"', 'title = "Rammer"\nreview_due_at = 2021-11-01T23:59:00'))

    def due():
        course = Course.objects.get()
        return course.local(course.papers.get(key="rammer").review_due_at).isoformat()

    load_course(text, by=author)
    assert due() == "2021-11-01T23:59:00-04:00"
    load_course(text, by=author, start=date(2021, 9, 13))
    assert due() == "2021-11-15T23:59:00-05:00"


def test_names_from_a_date_on_are_loaded_dumped_and_moved(author):
    text = small(("[reviews]\n", '[reviews]\nnames = "dated"\nnames_from = 2021-11-01T12:00:00\nvisibility = "after_mine"\n'))

    load_course(text, by=author)
    rules = Course.objects.get().review_rules
    dumped = dump_course(rules.course)
    load_course(dumped, by=author, start=date(2021, 9, 13))

    assert (rules.names, rules.visibility, rules.names_from) == ("dated", "after_mine", datetime(2021, 11, 1, 16, tzinfo=UTC))
    assert "names_from = 2021-11-01T12:00:00" in dumped
    moved = Course.objects.get()
    assert moved.local(moved.review_rules.names_from).isoformat() == "2021-11-15T12:00:00-05:00"


def test_names_without_a_date_take_it_away(author):
    load_course(small(("[reviews]\n", '[reviews]\nnames = "dated"\nnames_from = 2021-11-01T12:00:00\n')), by=author)

    load_course(small(("[reviews]\n", '[reviews]\nnames = "choice"\n')), by=author)

    rules = Course.objects.get().review_rules
    assert (rules.names, rules.names_from) == ("choice", None)


def test_enrollments_are_left_alone(small_course, author):
    Enrollment.objects.update(is_active=False)

    load_course(small(("A seminar", "Another")), by=author)

    assert Enrollment.objects.get().is_active is False
