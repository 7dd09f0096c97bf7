"""REST endpoints under /api/v1/courses/{slug}/: grades, marks, their release, regrade requests, comment bank, notes, policy."""

from django.urls import path

from grading.api import (
    excuses,
    grades,
    history,
    marks,
    notes,
    overrides,
    past,
    policy,
    regrades,
    scheduled,
    sheet,
    snippets,
    talks,
    what_if,
)

COURSE = "courses/<slug:course_slug>/"
REGRADE = f"{COURSE}regrades/<slug:handle>/"
urlpatterns = [
    path(f"{COURSE}grades/", grades.grade_list, name="grade_list"),
    path(f"{COURSE}grades/history/", history.grade_history, name="grade_history"),
    path(f"{COURSE}grades/at/", past.grades_at, name="grades_at"),
    path(f"{COURSE}grades/<int:student_id>/at/", past.grade_at, name="grade_at"),
    path(f"{COURSE}grades/<int:student_id>/", grades.grade_detail, name="grade_detail"),
    path(f"{COURSE}marks/", marks.MarkViewSet.as_view({"get": "list"}), name="mark_list"),
    path(f"{COURSE}marks/bulk/", sheet.mark_bulk, name="mark_bulk"),
    path(f"{COURSE}marks/undo/", sheet.mark_undo, name="mark_undo"),
    path(f"{COURSE}components/<slug:component_key>/sheet/", sheet.mark_sheet, name="mark_sheet"),
    path(
        f"{COURSE}grades/<int:student_id>/notes/",
        notes.StaffNoteViewSet.as_view({"get": "list", "post": "create"}),
        name="note_list",
    ),
    path(f"{COURSE}reviews/<int:review_id>/mark/", marks.review_mark, name="review_mark"),
    path(f"{COURSE}sign-ups/<int:sign_up_id>/mark/", marks.sign_up_mark, name="sign_up_mark"),
    path(f"{COURSE}milestones/<int:milestone_id>/teams/<int:team_id>/mark/", marks.milestone_mark, name="milestone_mark"),
    path(f"{COURSE}milestones/<int:milestone_id>/students/<int:student_id>/mark/", marks.member_mark, name="member_mark"),
    path(f"{COURSE}components/<slug:component_key>/students/<int:student_id>/mark/", marks.manual_mark, name="manual_mark"),
    path(f"{COURSE}components/<slug:component_key>/release/", policy.component_release, name="component_release"),
    path(f"{COURSE}components/<slug:component_key>/hide/", policy.component_hide, name="component_hide"),
    path(f"{COURSE}slots/<slug:slot_key>/marks/release/", talks.talk_release, name="talk_release"),
    path(f"{COURSE}slots/<slug:slot_key>/marks/hide/", talks.talk_hide, name="talk_hide"),
    path(f"{COURSE}grades/<int:student_id>/release/", policy.student_release, name="student_release"),
    path(f"{COURSE}grades/<int:student_id>/hide/", policy.student_hide, name="student_hide"),
    path(f"{COURSE}grades/<int:student_id>/excuses/", excuses.excuse_list, name="excuse_list"),
    path(f"{COURSE}grades/<int:student_id>/excuses/missing/", excuses.excuse_missing, name="excuse_missing"),
    path(f"{COURSE}grades/<int:student_id>/excuses/<int:pk>/revoke/", excuses.excuse_revoke, name="excuse_revoke"),
    path(f"{COURSE}grades/<int:student_id>/what-if/", what_if.what_if, name="what_if"),
    path(
        f"{COURSE}grades/<int:student_id>/overrides/",
        overrides.OverrideViewSet.as_view({"get": "list", "post": "create"}),
        name="override_list",
    ),
    path(f"{COURSE}releases/", scheduled.release_list, name="release_list"),
    path(f"{COURSE}releases/<int:pk>/cancel/", scheduled.release_cancel, name="release_cancel"),
    path(f"{COURSE}regrades/", regrades.RegradeViewSet.as_view({"get": "list", "post": "create"}), name="regrade_list"),
    path(REGRADE, regrades.RegradeViewSet.as_view({"get": "retrieve"}), name="regrade_detail"),
    path(f"{REGRADE}messages/", regrades.RegradeViewSet.as_view({"post": "say"}), name="regrade_say"),
    path(f"{REGRADE}decision/", regrades.RegradeViewSet.as_view({"post": "decide"}), name="regrade_decide"),
    path(f"{REGRADE}withdraw/", regrades.RegradeViewSet.as_view({"post": "withdraw"}), name="regrade_withdraw"),
    path(f"{COURSE}comment-bank/", snippets.SnippetViewSet.as_view({"get": "list", "post": "create"}), name="snippet_list"),
    path(
        f"{COURSE}comment-bank/<int:pk>/",
        snippets.SnippetViewSet.as_view({"put": "update", "delete": "destroy"}),
        name="snippet_detail",
    ),
    path(f"{COURSE}policy/versions/", policy.policy_versions, name="policy_versions"),
    path(f"{COURSE}policy/", policy.policy_detail, name="policy_detail"),
]
