"""REST endpoints under /api/v1/courses/{slug}/: grades, marks, their release, the policy."""

from django.urls import path

from grading.api import grades, marks, policy

COURSE = "courses/<slug:course_slug>/"
urlpatterns = [
    path(f"{COURSE}grades/", grades.grade_list, name="grade_list"),
    path(f"{COURSE}grades/<int:student_id>/", grades.grade_detail, name="grade_detail"),
    path(f"{COURSE}marks/", marks.MarkViewSet.as_view({"get": "list"}), name="mark_list"),
    path(f"{COURSE}reviews/<int:review_id>/mark/", marks.review_mark, name="review_mark"),
    path(f"{COURSE}sign-ups/<int:sign_up_id>/mark/", marks.sign_up_mark, name="sign_up_mark"),
    path(f"{COURSE}milestones/<int:milestone_id>/teams/<int:team_id>/mark/", marks.milestone_mark, name="milestone_mark"),
    path(f"{COURSE}components/<slug:component_key>/students/<int:student_id>/mark/", marks.manual_mark, name="manual_mark"),
    path(f"{COURSE}components/<slug:component_key>/release/", policy.component_release, name="component_release"),
    path(f"{COURSE}components/<slug:component_key>/hide/", policy.component_hide, name="component_hide"),
    path(f"{COURSE}policy/", policy.policy_detail, name="policy_detail"),
]
