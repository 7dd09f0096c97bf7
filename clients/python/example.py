"""A tour in cells; runs as a script, or cell by cell in an editor that knows `# %%`.

    make demo                                   # in the portal's folder; it prints a token
    PORTAL_TOKEN=cp_... python example.py

PORTAL_SITE and PORTAL_COURSE name another portal and course. Only the last cell needs pandas.
"""

# %% Who am I?
import os
import tempfile
from pathlib import Path

from courseportal_client import BadRequest, CoursePortal, CursorFile, NotFound
from courseportal_client.frames import frame

site = os.environ.get("PORTAL_SITE", "http://127.0.0.1:8000")
portal = CoursePortal(site, os.environ["PORTAL_TOKEN"])
course = portal.course(os.environ.get("PORTAL_COURSE", "ece697il"))

# %% Everybody's grade. Pages are followed, and numbers are exact.
grades = list(course.grades())
print(f"{len(grades)} students")
for line in grades[:5]:
    parts = ", ".join(f"{part.title} {part.earned} of {part.out_of}" for part in line.components if part.earned is not None)
    print(f"{line.student.name}: {line.total_so_far} {line.letter}: {parts or 'nothing counts yet'}")

# %% Where one of them comes from, in the words of the student's own page.
if grades:
    tree = course.grade(grades[0].student.id)
    for component in tree.components:
        print(f"{component.title}: {component.so_far.earned} of {component.so_far.out_of}")
        for words in component.so_far.words:
            print(f"    {words}")

# %% Asking again costs nothing: the portal answers that nothing has changed, and the kept answer is used.
assert list(course.grades()) == grades

# %% A sync job. The first run takes everybody, each later one only what changed; the cursor is in a file.
folder = Path(tempfile.mkdtemp())
cursor = CursorFile(folder / "cursor")
mirror = {}  # what a registrar's table would be


def sync() -> int:
    count = 0
    for change in course.changes(cursor, page_size=10):
        count += 1
        if change.is_gone:
            mirror.pop(change.student.id, None)
        else:
            mirror[change.student.id] = change.grade
        for each in change.withdrawn:
            print(f"{change.student.name}: {each.component} was {each.how}")
    return count


print(f"{sync()} the first time, {sync()} the second")
assert {line.student.id: line.total_so_far for line in grades} == {pk: grade.total_so_far for pk, grade in mirror.items()}

# %% The same with explanations, for a program that shows them.
for change in course.changes(CursorFile(folder / "with-words"), explain=True, page_size=50):
    if change.explanation and change.explanation.total_so_far.words:
        print(change.student.name, change.explanation.total_so_far.words[0])
        break

# %% What goes wrong has a type, and says why.
try:
    course.grade(0)
except NotFound as refusal:
    print(refusal.status, refusal.detail)
try:
    portal.get(f"/api/v1/courses/{course.slug}/grades/changes/", since="yesterday")
except BadRequest as refusal:
    print(refusal.errors["since"][0])

# %% The policy behind the numbers.
policy = course.policy()
print(f"Version {policy.version} of {policy.created_at:%d %B %Y}, {len(policy.document['components'])} components")

# %% A table for pandas.
table = frame(grades)
if not table.empty:
    print(table.groupby("section")["total_so_far"].describe())
portal.close()
