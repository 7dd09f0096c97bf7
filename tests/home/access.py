from tests.access import Row


def nothing(course, student):
    return {}


def some_mail(course, student):
    return {"name": "20210901-120000-1-1"}


ROWS: list[Row] = [
    Row("home:landing", student=200, other=200, assistant=200, instructor=200, outsider=200, anonymous=200, make=nothing),
    Row("home:course_page", student=200, other=200, assistant=200, instructor=200),
    Row(
        "home:course_page",
        student=200, other=200, assistant=200, instructor=200, outsider=200, anonymous=200,
        public_course=True,
    ),
    Row("home:today", student=200, other=200, assistant=200, instructor=200),
    Row("home:today", student=200, other=200, assistant=200, instructor=200, public_course=True),
    # Only where a developer reads mail in the browser, which is never in production.
    Row("home:developer_mail", student=404, other=404, assistant=404, instructor=404, anonymous=404, make=nothing),
    Row(
        "home:developer_mail_message",
        student=404, other=404, assistant=404, instructor=404, anonymous=404,
        make=some_mail,
    ),
]  # fmt: skip
