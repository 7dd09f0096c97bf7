from planner.feed import address_of
from tests.access import Row
from tests.factories import EnrollmentFactory


def of_feed(course, student):
    return {"token": address_of(student or EnrollmentFactory(course=course)).split("/")[2]}


ROWS: list[Row] = [
    Row("planner:calendar", student=200, other=200, assistant=200, instructor=200),
    Row("planner:calendar_renew", student=302, other=302, assistant=302, instructor=302, method="post"),
    # The address is the key: whoever knows it reads, as calendar programs do not sign in.
    Row("planner:feed", 200, 200, 200, 200, outsider=200, anonymous=200, make=of_feed),
    Row("api:calendar", student=200, other=200, assistant=200, instructor=200, anonymous=401),
    Row("api:calendar", student=200, other=200, assistant=200, instructor=200, anonymous=401, method="post"),
    Row("planner:reminder_list", student=403, other=403, assistant=403, instructor=200),
    Row("api:deadline_list", student=200, other=200, assistant=200, instructor=200, anonymous=401),
    Row("api:reminder_list", student=403, other=403, assistant=403, instructor=200, anonymous=401),
    Row("api:reminder_coming", student=403, other=403, assistant=403, instructor=200, anonymous=401),
]
