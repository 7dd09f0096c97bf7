import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.prepared import Given, Prepared
from courses.models import Enrollment, Paper
from tests.factories import EnrollmentFactory, PaperFactory

pytestmark = pytest.mark.django_db


def test_prepared_query_takes_new_values_each_time():
    papers = Prepared(lambda: Paper.objects.filter(course=Given("course"), key=Given("key")))
    first, second = PaperFactory(), PaperFactory()

    assert papers(course=first.course_id, key=first.key) == [first]
    assert papers(course=second.course_id, key=second.key) == [second]
    assert papers(course=first.course_id, key="%s' OR 1=1 --") == []


def test_prepared_query_reads_the_rows_anew():
    paper = PaperFactory(title="Before")
    titles = Prepared(lambda: Paper.objects.filter(pk=Given("paper")).values_list("title", flat=True))
    assert titles(paper=paper.pk) == ["Before"]

    Paper.objects.update(title="After")

    assert titles(paper=paper.pk) == ["After"]


def test_prepared_query_brings_related_rows_in_one_query():
    student = EnrollmentFactory()
    members = Prepared(lambda: Enrollment.objects.select_related("course", "user").filter(pk=Given("member")))
    assert members(member=student.pk) == [student]

    with CaptureQueriesContext(connection) as queries:
        found = members(member=student.pk)[0]
        names = (found.course.slug, found.user.name)

    assert names == (student.course.slug, student.user.name)
    assert len(queries) == 1


def test_prepared_query_finds_nothing_for_none():
    members = Prepared(lambda: Enrollment.objects.filter(user=Given("user")))
    EnrollmentFactory()

    assert members(user=None) == []
