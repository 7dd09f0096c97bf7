"""The words of what a course is: itself, discussion, participation, projects, reminders."""

from coursefile.controls.setting import Group, Section, Setting

COURSE = Section(
    "course",
    "Course",
    "What the course is called, when it runs and who may look at it.",
    (
        Group(
            "Name",
            (
                Setting("code", "Code", "Such as ECE697IL; it stands in the navigation."),
                Setting("title", "Title", "Such as ML and Systems."),
                Setting("term", "Term", "Such as Fall 2021; shown as it is."),
                Setting("description", "Description", "What the course is about, on its page. Markdown."),
                Setting(
                    "links",
                    "Links on the course page",
                    "Such as the forum or the library.",
                    columns={"title": "Title", "url": "Address"},
                ),
            ),
        ),
        Group(
            "Who may look",
            (
                Setting(
                    "is_public",
                    "Anybody may read the course page without signing in",
                    "The schedule with its papers and presenters' names. Reviews and grades are never public.",
                ),
            ),
        ),
        Group(
            "Dates and times",
            (
                Setting("starts_on", "First day", "Every meeting lies between the first and the last day."),
                Setting("ends_on", "Last day"),
                Setting(
                    "time_zone",
                    "Time zone",
                    "All clock times are meant in it: another zone keeps the clock times and so moves the deadlines.",
                ),
                Setting("meets_on", "Usual days", "A meeting on another day is pointed out, not refused."),
                Setting("meets_from", "Meetings start", "A meeting that says nothing else takes these times and this room."),
                Setting("meets_until", "Meetings end"),
                Setting("room", "Room"),
            ),
        ),
    ),
)

DISCUSSION = Section(
    "discussion",
    "Discussion",
    "Comments on papers and on single reviews, and ratings of reviews.",
    (
        Group(
            "",
            (
                Setting(
                    "is_on",
                    "Papers and reviews are discussed here",
                    "Switched off, everything that was said is kept and shown to nobody.",
                ),
            ),
        ),
    ),
)

PARTICIPATION = Section(
    "participation",
    "Participation",
    "Students record that they attended and took part in the discussion; staff confirm or correct it.",
    (
        Group(
            "Points for one meeting",
            (
                Setting("attended_points", "For attending"),
                Setting("discussed_points", "On top, for taking part in the discussion"),
            ),
        ),
    ),
    switch="Participation is recorded",
    switch_help="Cannot be switched off once somebody has a participation record.",
)

PROJECTS = Section(
    "projects",
    "Projects",
    "Students work in teams, which hand in something for each milestone.",
    (
        Group(
            "",
            (Setting("max_team_size", "Students in a team, at most", "A team that is larger already stays as it is."),),
        ),
    ),
    switch="This course has projects",
    switch_help="Switched off, its milestones go too. Cannot be switched off once there are teams.",
)

REMINDERS = Section(
    "reminders",
    "Reminders",
    "Mails to students who still owe a review or a project hand-in.",
    (
        Group(
            "",
            (
                Setting(
                    "hours_before",
                    "Hours before the deadline",
                    "Whole hours with commas between them: 24, 3 sends two reminders.",
                ),
            ),
        ),
    ),
    switch="Reminders are sent by mail",
)
