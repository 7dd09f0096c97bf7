"""Course files for tests: the example, and a small one that has a bit of everything."""

from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "courses" / "examples"
EXAMPLE = (EXAMPLES / "ece697il.toml").read_text(encoding="utf-8")
STARTER = (EXAMPLES / "starter.toml").read_text(encoding="utf-8")

SMALL = """\
format = 1

[course]
slug = "small"
code = "C1"
title = "A seminar"
time_zone = "America/New_York"
starts_on = 2021-09-01
ends_on = 2021-12-08

[[pages]]
key = "guideline"
title = "Guideline"

[[meetings]]
key = "one"
date = 2021-09-02
topic = "Compilers"

[[meetings.papers]]
key = "rammer"
title = "Rammer"

[[meetings]]
key = "two"
date = 2021-09-07

[[meetings.papers]]
key = "tvm"
title = "TVM"

[reviews]

[[reviews.fields]]
key = "summary"
label = "Summary"

[[reviews.fields]]
key = "merit"
label = "Merit"
kind = "score"
options = [{ value = 1, label = "Bad" }, { value = 2, label = "Fair" }, { value = 3, label = "Good" }]

[presentations]

[[presentations.roles]]
key = "body"
title = "Motivation and body"
capacity = 2

[[presentations.roles]]
key = "discussion"
title = "Discussion"

[participation]

[projects]

[[projects.milestones]]
key = "report"
title = "Report"
due_at = 2021-12-07T23:59:00

[reminders]

[grading]

[[grading.components]]
key = "essay"
title = "Essay"
weight = 40
source = "manual"

[[grading.components]]
key = "reviews"
title = "Reviews"
weight = 40
source = "reviews"

[[grading.components]]
key = "project"
title = "Project"
weight = 20
source = "milestones"
"""


def small(*changes: tuple[str, str]) -> str:
    """The small file with each text replaced by another; every one must stand in it."""
    text = SMALL
    for old, new in changes:
        if old not in text:
            raise ValueError(f"not in the file: {old}")
        text = text.replace(old, new)
    return text


def line_of(text: str, found: str) -> int:
    """The line on which `found` first stands."""
    return text[: text.index(found)].count("\n") + 1


RAMMER = '[[meetings.papers]]\nkey = "rammer"\ntitle = "Rammer"\n'
MEETING_ONE = '[[meetings]]\nkey = "one"\ndate = 2021-09-02\ntopic = "Compilers"\n\n'
MILESTONE = '[[projects.milestones]]\nkey = "report"\ntitle = "Report"\ndue_at = 2021-12-07T23:59:00\n'
MERIT = SMALL[SMALL.index('[[reviews.fields]]\nkey = "merit"') : SMALL.index("[presentations]")]
REVIEWS = SMALL[SMALL.index("[reviews]") : SMALL.index("[presentations]")]
ESSAY = SMALL[SMALL.index('[[grading.components]]\nkey = "essay"') : SMALL.index('[[grading.components]]\nkey = "reviews"')]
