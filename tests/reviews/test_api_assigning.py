"""Bodies that make no sense, over the API of preferences and terms."""

import json

import pytest
from django.urls import reverse

from reviews.models import Assignment, Preference

BAD_KEYS = ["another", "a\x00", "\ud800", ""]


@pytest.mark.parametrize("key", BAD_KEYS, ids=["another", "nul", "half a character", "blank"])
def test_a_key_that_is_no_paper_keeps_nothing(client, course, paper, student, key):
    client.force_login(student.user)
    body = json.dumps({"values": {paper.key: 3, key: 1}})

    response = client.put(reverse("api:preference_list", args=[course.slug]), body, content_type="application/json")

    assert (response.status_code, response.json()["errors"]["values"]) == (400, {key: ["There is no such paper to review."]})
    assert Preference.objects.count() == 0


@pytest.mark.parametrize("reviewer", [-1, 0, 2**63, 10**30])
def test_terms_of_somebody_who_cannot_be_are_refused(client, course, paper, instructor, reviewer):
    client.force_login(instructor.user)
    body = json.dumps({"act": "excuse", "reviewers": [reviewer], "reason": "Ill"})

    response = client.post(reverse("api:reviewer_act", args=[course.slug, paper.key]), body, content_type="application/json")

    assert (response.status_code, list(response.json()["errors"]), Assignment.objects.count()) == (400, ["reviewers"], 0)
