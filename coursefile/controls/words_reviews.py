"""The words of the review rules."""

from coursefile.controls.setting import Choice, Group, Section, Setting
from reviews.form_editing.ready_made import READY_MADE

WHO = {
    "everybody": Choice("Every student, every paper", "Whoever is exempt or has an excuse owes none."),
    "chosen": Choice("Students choose", "Each picks papers from the reading list; the number below says how many."),
    "assigned": Choice("Those whom staff ask", "Only those who are assigned owe one: by hand, by a file or automatically."),
}
VISIBILITY = {
    "after_own": Choice(
        "Once their own is submitted",
        "Paper by paper. Who does not submit reads the others' once the deadline and its grace have passed.",
    ),
    "after_deadline": Choice("After the deadline", "To nobody before the paper's deadline and its grace have passed."),
    "after_mine": Choice(
        "Once all that they owe is submitted",
        "Their own review and every other they owe by that paper's deadline; or once the deadline and its grace have passed.",
    ),
    "always": Choice("At once", "As soon as a review is submitted, also to those who have not written theirs."),
    "never": Choice("Never", "Students read only their own; staff read all."),
}
NAMES = {
    "hidden": Choice("Never", "Students see “Reviewer 1”, “Reviewer 2”. Staff always see names."),
    "dated": Choice("From a date on", "Hidden until then; from then on names stand on all reviews, old ones too."),
    "shown": Choice("Always", "A name stands on every review that a student may read."),
    "choice": Choice("Each reviewer decides", "The form asks whether the name is shown; without an answer it is hidden."),
}

REVIEWS = Section(
    "reviews",
    "Reviews",
    "Who reviews what by when, and who reads it. What a review asks is the review form.",
    (
        Group(
            "Who reviews",
            (
                Setting("who", "Who is asked for reviews", choices=WHO),
                Setting("required_count", "Reviews that a student owes", "Leave empty for every paper they are asked for."),
                Setting(
                    "presenters_are_exempt",
                    "Who presents a paper need not review it",
                    "How an exempt review counts is said by the grading policy.",
                ),
                Setting("max_points", "Points for a review, at most", "The upper end of a review's mark."),
            ),
        ),
        Group(
            "Deadline",
            (
                Setting(
                    "due_days_before",
                    "Due, days before the meeting",
                    "0 is the day of the meeting. Papers with a deadline or a round of their own do not follow this.",
                ),
                Setting("due_time", "Clock time on that day"),
                Setting("grace_minutes", "Minutes of grace", "How long after the deadline a review is still taken, as late."),
            ),
        ),
        Group(
            "Who reads reviews",
            (
                Setting("visibility", "When a student may read the others' reviews of a paper", choices=VISIBILITY),
                Setting("names", "Students see who wrote a review", choices=NAMES),
                Setting("names_from", "Names are shown from", only_with=("names", "dated")),
            ),
        ),
        Group("Form", (Setting("title", "Title of the review form", "Stands above the form; what it asks has its own page."),)),
    ),
    switch="This course asks for reviews",
    switch_help="Switched off, its rules, rounds and review form go. Cannot be switched off once somebody has begun a review.",
    starts_with={"fields": [dict(READY_MADE[key]) for key in ("summary", "strengths", "weaknesses", "merit")]},
)
