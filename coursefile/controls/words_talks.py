"""The words of how papers are presented, and of what happens in class and after a talk."""

from coursefile.controls.setting import Choice, Group, Section, Setting

SWAPS = {
    "off": Choice("No", "Only staff change who presents."),
    "free": Choice("Yes", "Two students trade, or one hands a place over, as soon as the other agrees."),
    "approved": Choice("Yes, staff approve each", "Nothing changes until staff have said yes."),
}
SLIDES_SHOWN = {
    "everybody": Choice("Everybody who sees the schedule", "On a public course that is anybody."),
    "members": Choice("Members of the course", "As soon as they are handed in."),
    "members_after": Choice("Members of the course, once the meeting has begun", "Nobody reads them ahead of class."),
}
RANKED = {
    "slots": Choice("Slots", "The places themselves, each with its day."),
    "papers": Choice("Papers", "A place counts as its paper was ranked."),
    "topics": Choice("Topics", "Those of the meetings. A place counts as its meeting's topic was ranked."),
}
KINDS = {"score": Choice("Score, 1 to 5"), "text": Choice("Text")}

PRESENTATIONS = Section(
    "presentations",
    "Presentations",
    "Who presents papers, how students come by a place, and their slides.",
    (
        Group(
            "Slots",
            (
                Setting(
                    "roles",
                    "Roles of every slot",
                    "The parts of a presentation and how many people fill each. A slot may have roles of its own.",
                    columns={"title": "Role", "capacity": "People"},
                ),
                Setting("minutes", "Minutes of a presentation", "Leave empty to say nothing."),
            ),
        ),
        Group(
            "Sign-up",
            (
                Setting(
                    "wishes_close_at",
                    "Students rank what they would like to present until",
                    "And say when they cannot. Leave empty not to ask them.",
                ),
                Setting("wishes_rank", "What they rank", "All that is ranked counts in one order.", choices=RANKED),
                Setting("opens_at", "Students take places from", "First come, first served. Leave empty for never."),
                Setting("closes_at", "Students take places until", "Leave empty for until the meeting."),
                Setting("at_least", "Presentations of each student, at least", "Students are told; nothing enforces it."),
                Setting("at_most", "Presentations of each student, at most", "Leave empty for any number."),
                Setting("days_apart", "Days between two of one student, at least", "7 is “not two within one week”."),
                Setting(
                    "withdraw_days_before",
                    "Students give a place back until, days before the meeting",
                    "Then the waiting list is called. Leave empty if only staff take people off.",
                ),
                Setting("swaps", "Students hand places over to one another", choices=SWAPS),
            ),
        ),
        Group(
            "Slides",
            (
                Setting(
                    "slides_due_days_before",
                    "Slides are due, days before the meeting",
                    "Leave empty if no slides are owed.",
                ),
                Setting("slides_due_time", "Clock time on that day"),
                Setting("slides_shown", "Who sees slides, besides presenters and staff", choices=SLIDES_SHOWN),
            ),
        ),
    ),
    switch="Papers are presented",
    switch_help="Switched on, every paper has a slot. Switched off, these slots go; refused where somebody has signed up.",
)

TALKS = Section(
    "talks",
    "Talks",
    "What happens in class and after a talk.",
    (
        Group(
            "In class",
            (
                Setting(
                    "sections",
                    "Parts of a talk",
                    "Each has a timer in class.",
                    columns={"title": "Part", "minutes": "Minutes"},
                ),
                Setting(
                    "guideline",
                    "Page that says how to present",
                    "A page of the course; presenters are led to it.",
                ),
                Setting(
                    "takes_questions",
                    "The audience sends in questions and votes for them",
                    "Before class too, until the day of the meeting is over.",
                ),
            ),
        ),
        Group(
            "Feedback on talks",
            (
                Setting(
                    "takes_feedback",
                    "The audience judges talks",
                    "Without students' names. Presenters see it when it has closed, three have answered and staff release it.",
                ),
                Setting("feedback_days", "Days after the meeting's day that feedback is taken"),
                Setting(
                    "feedback",
                    "What is asked",
                    "A score is 1 to 5. An answer to a question that you take out is kept and not shown.",
                    columns={"label": "Question", "kind": "Answer"},
                    choices=KINDS,
                ),
            ),
        ),
    ),
)
