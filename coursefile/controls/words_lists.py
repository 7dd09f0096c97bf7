"""The words of the lists: meetings, papers, pages, rounds of reviews, milestones."""

from coursefile.controls.setting import Choice, Group, Listing, Setting
from coursefile.controls.stores import MeetingStore, PaperStore, RoundStore, Store

KINDS = {
    "paper": Choice("Papers", "Read, reviewed and presented."),
    "project": Choice("Projects"),
    "lecture": Choice("Lecture"),
    "holiday": Choice("Does not take place", "A holiday, or cancelled. Papers and slots wait here until they are moved."),
}
WAYS = {
    "none": Choice("Not said"),
    "before": Choice("Days before the meeting", "Of each paper in the round, at a clock time."),
    "at": Choice("One moment", "For all papers of the round."),
}

MEETINGS = Listing(
    "meetings",
    "Schedule",
    "The meetings of the term and what is read at each: add, move, cancel, remove.",
    "Meeting",
    MeetingStore("meetings"),
    (
        Group(
            "",
            (
                Setting("date", "Date", "Deadlines that count from the meeting move with it."),
                Setting("topic", "Topic", "What it is about; of one that does not take place, why."),
                Setting("kind", "What happens", choices=KINDS),
            ),
        ),
        Group(
            "Other than usual",
            (
                Setting("starts_at", "Starts", "Leave empty for the course's usual time."),
                Setting("ends_at", "Ends", "Leave empty for the course's usual time."),
                Setting("room", "Room", "Leave empty for the course's usual room."),
            ),
        ),
    ),
    named_by="topic",
)

PAPERS = Listing(
    "papers",
    "Papers",
    "",
    "Paper",
    PaperStore(),
    (
        Group(
            "",
            (
                Setting("title", "Title"),
                Setting("authors", "Authors", "As they stand on the paper, with commas between."),
                Setting("url", "Link", "Where it can be read, such as https://arxiv.org/abs/1706.03762."),
                Setting("meeting", "Meeting", "In another, its slot and who presents it go along."),
            ),
        ),
        Group(
            "Review",
            (
                Setting("review_round", "Round", "Rounds have deadlines of their own."),
                Setting("review_due_at", "A deadline of its own", "Leave empty for the rule for all reviews."),
            ),
        ),
        Group("More", (Setting("abstract", "Abstract", "Plain text; search looks into it."),)),
    ),
    is_ordered=True,
)

PAGES = Listing(
    "pages",
    "Texts of the course page",
    "The guideline for presenters, information and whatever else stands beside the schedule.",
    "Text",
    Store("pages"),
    (Group("", (Setting("title", "Heading"), Setting("body", "Text", "Markdown, with maths between dollar signs."))),),
    is_ordered=True,
)


def _moment(name: str, title: str, about: str) -> Group:
    return Group(
        "",  # the choice is called like the moment
        (
            Setting(f"{name}_way", title, about, choices=WAYS),
            Setting(f"{name}_days_before", "Days before the meeting", "0 is its day.", only_with=(f"{name}_way", "before")),
            Setting(f"{name}_time", "Clock time on that day", only_with=(f"{name}_way", "before")),
            Setting(f"{name}_at", "Date and time", only_with=(f"{name}_way", "at")),
        ),
    )


ROUNDS = Listing(
    "rounds",
    "Rounds of reviews",
    "Deadlines that some papers have of their own, and questions that only they are asked.",
    "Round",
    RoundStore("reviews", "rounds"),
    (
        Group("", (Setting("title", "Title", "What people read."),)),
        _moment("opens", "Opens", "Before that a review can be drafted and not submitted. Not said: at once."),
        _moment("due", "Soft deadline", "Later is late. Not said: by the rule for all reviews."),
        _moment("hard", "Hard deadline", "Late reviews are taken until then. Not said: no longer than the soft one."),
        Group("", (Setting("grace_minutes", "Minutes of grace", "Leave empty for what Reviews says."),)),
    ),
    is_ordered=True,
    part="reviews",
    part_help="This course asks for no reviews yet.",
)

MILESTONES = Listing(
    "milestones",
    "Milestones",
    "What teams hand in by when, and for how many points.",
    "Milestone",
    Store("projects", "milestones"),
    (
        Group(
            "",
            (
                Setting("title", "Title", "What is handed in."),
                Setting("due_at", "Due"),
                Setting("grace_minutes", "Minutes of grace", "How long after that it is still taken, as late."),
                Setting(
                    "max_points",
                    "Points, at most",
                    "The upper end of its mark. How much it counts for the grade is said by the grading policy.",
                ),
                Setting("description", "What is expected", "Markdown."),
            ),
        ),
    ),
    part="projects",
    part_help="This course has no projects yet.",
)
