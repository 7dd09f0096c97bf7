"""Who gets what from shared passages: staff only, and nobody else learns whether there are any."""

from tests.access import Row, in_course
from tests.factories import PairFactory, ReviewRulesFactory


def with_pair(course, student):
    ReviewRulesFactory(course=course)
    pair = PairFactory(comparison__paper__course=course, first__reviewer=student)
    return in_course(course, student) | {"pk": pair.pk}


def without_pair(course, student):
    return in_course(course, student) | {"pk": 4711}


STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
CHANGES = {"student": 403, "other": 403, "assistant": 302, "instructor": 302}
NOTHING = {"student": 403, "other": 403, "assistant": 404, "instructor": 404}

ROWS = [
    Row("similarity:pair_list", **STAFF),
    Row("similarity:compare_now", **CHANGES, method="post"),
    # Nothing is being compared, so it leads back to the list.
    Row("similarity:comparison_progress", **CHANGES),
    Row("similarity:pair_detail", **STAFF, make=with_pair),
    # Students get the same answer whether there is such a pair or not.
    Row("similarity:pair_detail", **NOTHING, make=without_pair),
    Row("similarity:pair_set_aside", **CHANGES, make=with_pair, method="post", data={"revision": 0}),
    Row("similarity:pair_set_aside", **NOTHING, make=without_pair, method="post"),
    Row("similarity:pair_take_up", **CHANGES, make=with_pair, method="post", data={"revision": 0}),
    Row("similarity:pair_take_up", **NOTHING, make=without_pair, method="post"),
    Row("api:similarity_list", **STAFF, anonymous=401),
    Row("api:similarity_comparison", **STAFF, anonymous=401),
    Row("api:similarity_comparison", 403, 403, 202, 202, method="post", anonymous=401, json=True),
    Row("api:similarity_detail", **STAFF, make=with_pair, anonymous=401),
    Row("api:similarity_detail", **NOTHING, make=without_pair, anonymous=401),
    # Without If-Match staff learn what is missing.
    Row("api:similarity_set_aside", 403, 403, 400, 400, make=with_pair, method="post", anonymous=401, json=True),
    Row("api:similarity_set_aside", **NOTHING, make=without_pair, method="post", anonymous=401, json=True),
    Row("api:similarity_take_up", 403, 403, 400, 400, make=with_pair, method="post", anonymous=401, json=True),
    Row("api:similarity_take_up", **NOTHING, make=without_pair, method="post", anonymous=401, json=True),
]
