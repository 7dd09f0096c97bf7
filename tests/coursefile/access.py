"""The course file is the instructor's; creating a course is the administrator's; the schema is public."""

from courses.models import Page
from tests.access import Row

INSTRUCTOR = {"student": 403, "other": 403, "assistant": 403, "instructor": 200}
NOBODY_HERE = {"student": 403, "other": 403, "assistant": 403, "instructor": 403, "outsider": 403}
EVERYBODY = {"student": 200, "other": 200, "assistant": 200, "instructor": 200, "outsider": 200, "anonymous": 200}
# The instructor is told what is wrong with this file; nobody else gets that far.
EMPTY = {"text": "format = 1"}


def no_course(course, student):
    return {}


def section(course, student):
    return {"course_slug": course.slug, "section_key": "reviews"}


def listing(course, student):
    return {"course_slug": course.slug, "list_key": "pages"}


def entry(course, student):
    page, _ = Page.objects.get_or_create(course=course, key="about", defaults={"title": "About"})
    return {"course_slug": course.slug, "list_key": "pages", "item_key": page.key}


ROWS = [
    Row("coursefile:course_edit", **INSTRUCTOR),
    Row("coursefile:course_edit", **INSTRUCTOR, method="post", data=EMPTY),
    Row("coursefile:course_download", **INSTRUCTOR),
    Row("coursefile:settings_list", **INSTRUCTOR),
    Row("coursefile:settings_edit", **INSTRUCTOR, make=section),
    # The instructor is told that the course is not the one that was seen: nothing was.
    Row("coursefile:settings_edit", **INSTRUCTOR | {"instructor": 409}, make=section, method="post"),
    Row("coursefile:item_list", **INSTRUCTOR, make=listing),
    Row("coursefile:item_create", **INSTRUCTOR, make=listing),
    # What is missing is told; so is that nobody looked at the entry before.
    Row("coursefile:item_create", **INSTRUCTOR | {"instructor": 422}, make=listing, method="post"),
    Row("coursefile:item_edit", **INSTRUCTOR, make=entry),
    Row("coursefile:item_edit", **INSTRUCTOR | {"instructor": 409}, make=entry, method="post"),
    Row("coursefile:item_remove", **INSTRUCTOR, make=entry),
    Row("coursefile:item_remove", **INSTRUCTOR | {"instructor": 409}, make=entry, method="post", data={"apply": "1"}),
    Row("coursefile:item_move", **INSTRUCTOR | {"instructor": 302}, make=entry, method="post"),
    Row("coursefile:course_create", **NOBODY_HERE, make=no_course),
    Row("coursefile:course_create", **NOBODY_HERE, make=no_course, method="post", data=EMPTY),
    Row("coursefile:schema", **EVERYBODY, make=no_course),
    Row("api:course_file", **INSTRUCTOR, anonymous=401),
    Row("api:course_file", **INSTRUCTOR | {"instructor": 400}, anonymous=401, method="put", data=EMPTY, json=True),
]
