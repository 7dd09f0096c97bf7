"""What belongs to no room: the API's own description."""

from tests.access import Row


def nowhere(course, student):
    return {}


ROWS = [
    Row("api:schema", 200, 200, 200, 200, outsider=200, anonymous=200, make=nowhere),
    Row("api:docs", 200, 200, 200, 200, outsider=200, anonymous=200, make=nowhere),
]
