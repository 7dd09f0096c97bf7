"""What belongs to no room: the API's own description."""

from tests.access import Row


def nowhere(course, student):
    return {}


def no_such_address(course, student):
    return {"rest": "no-such/address/"}


ROWS = [
    Row("api:not_found", 404, 404, 404, 404, anonymous=404, make=no_such_address),
    Row("api:not_found", 404, 404, 404, 404, anonymous=404, method="delete", make=no_such_address),
    Row("api:schema", 200, 200, 200, 200, outsider=200, anonymous=200, make=nowhere),
    Row("api:docs", 200, 200, 200, 200, outsider=200, anonymous=200, make=nowhere),
]
