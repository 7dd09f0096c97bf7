"""What a process keeps of a form's fields ends with the next change of one, whichever way it is written."""

import pytest
from django.urls import reverse

from reviews.models import Field, ReviewForm
from reviews.queries.fields import active_fields, form_fields
from tests.factories import FieldFactory, ReviewFormFactory
from tests.reviews.conftest import BEFORE

pytestmark = pytest.mark.django_db

WAYS = {
    "save": lambda field: field.save(),
    "create": lambda field: FieldFactory(form=field.form),
    "update": lambda field: Field.objects.filter(pk=field.pk).update(label="New"),
    "bulk update": lambda field: Field.objects.bulk_update([field], ["label"]),
    "bulk create": lambda field: Field.objects.bulk_create([Field(form=field.form, key="more", label="More")]),
    "delete": lambda field: field.delete(),
    "delete all": lambda field: Field.objects.filter(form=field.form).delete(),
    "over the form": lambda field: field.form.fields.update(label="New"),
}


@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
def test_every_way_to_write_a_field_changes_its_forms_stamp_and_no_others(write):
    field, other = FieldFactory(), ReviewFormFactory()
    before = field.form.stamp

    write(field)

    assert ReviewForm.objects.get(pk=field.form_id).stamp != before
    assert ReviewForm.objects.get(pk=other.pk).stamp == other.stamp


def test_fields_are_asked_for_once(rules, django_assert_num_queries):
    form_fields(rules)

    with django_assert_num_queries(0):
        assert [field.key for field in form_fields(rules)] == ["summary", "merit", "remarks"]


def test_what_a_reader_does_to_the_list_stays_with_them(rules):
    form_fields(rules).clear()

    assert len(form_fields(rules)) == 3


def test_only_what_is_asked_now_is_active(rules):
    Field.objects.filter(key="remarks").update(retired_at=BEFORE)
    rules.form.refresh_from_db()

    assert [field.key for field in active_fields(rules)] == ["summary", "merit"]


def test_the_editor_shows_a_changed_field_at_once(client, course, paper, student):
    address = reverse("reviews:review_edit", args=[course.slug, paper.key])
    client.force_login(student.user)
    client.get(address)

    Field.objects.filter(form__course=course, key="summary").update(label="What is new here")

    assert "What is new here" in client.get(address).content.decode()
