from django.urls import path

from grading.views import (
    excuses,
    grade,
    gradebook,
    history,
    marking,
    notes,
    overrides,
    past,
    policy,
    regrades,
    scheduled,
    sheet,
    snippets,
    talks,
)

app_name = "grading"
# Under a word of its own: a component may be called 12, and 12 is also a student.
COMPONENT = "c/<slug:course_slug>/gradebook/components/<slug:component_key>/"
SHEET = "c/<slug:course_slug>/gradebook/sheet/<slug:component_key>/"
BANK = "c/<slug:course_slug>/comment-bank/"
REGRADE = "c/<slug:course_slug>/regrades/<slug:handle>/"
TALK = "c/<slug:course_slug>/presentations/<slug:slot_key>/talk/marks/"
urlpatterns = [
    path("c/<slug:course_slug>/grades/", grade.grade_home, name="grade_home"),
    path("c/<slug:course_slug>/policy/", policy.policy_page, name="policy_page"),
    path("c/<slug:course_slug>/policy/edit/", policy.policy_edit, name="policy_edit"),
    path("c/<slug:course_slug>/policy/save/", policy.policy_save, name="policy_save"),
    path("c/<slug:course_slug>/policy/versions/<int:number>/", policy.policy_version, name="policy_version"),
    path("c/<slug:course_slug>/gradebook/", gradebook.gradebook, name="gradebook"),
    path("c/<slug:course_slug>/gradebook/statistics/", gradebook.gradebook_statistics, name="gradebook_statistics"),
    path("c/<slug:course_slug>/gradebook/releases/", scheduled.release_list, name="release_list"),
    path("c/<slug:course_slug>/gradebook/releases/set/", scheduled.release_schedule, name="release_schedule"),
    path("c/<slug:course_slug>/gradebook/releases/<int:pk>/cancel/", scheduled.release_cancel, name="release_cancel"),
    path("c/<slug:course_slug>/grade-history/", history.history, name="history"),
    path("c/<slug:course_slug>/gradebook/history/at/", past.history_at, name="history_at"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/", grade.student_grade, name="student_grade"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/release/", gradebook.student_release, name="student_release"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/hide/", gradebook.student_hide, name="student_hide"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/set/", overrides.override_set, name="override_set"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/excuse/", excuses.excuse_add, name="excuse_add"),
    path(
        "c/<slug:course_slug>/gradebook/<int:enrollment_id>/excuse/<int:pk>/revoke/",
        excuses.excuse_revoke,
        name="excuse_revoke",
    ),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/note/", notes.note_page, name="note_page"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/note/set/", notes.note_set, name="note_set"),
    path(SHEET, sheet.sheet_page, name="sheet_page"),
    path(f"{SHEET}save/", sheet.sheet_save, name="sheet_save"),
    path(f"{SHEET}paste/", sheet.sheet_paste, name="sheet_paste"),
    path(f"{SHEET}apply/", sheet.sheet_apply, name="sheet_apply"),
    path(f"{SHEET}undo/", sheet.sheet_undo, name="sheet_undo"),
    path(f"{COMPONENT}release/", gradebook.component_release, name="component_release"),
    path(f"{COMPONENT}hide/", gradebook.component_hide, name="component_hide"),
    path("c/<slug:course_slug>/marking/", marking.marking_queue, name="marking_queue"),
    path("c/<slug:course_slug>/marking/<slug:work>/", marking.mark_save, name="mark_save"),
    path("c/<slug:course_slug>/marking/<slug:work>/file/", marking.marking_file, name="marking_file"),
    path(TALK, talks.talk_marks_page, name="talk_marks"),
    path(f"{TALK}release/", talks.talk_release, name="talk_release"),
    path(f"{TALK}<int:pk>/", talks.talk_mark, name="talk_mark"),
    path(BANK, snippets.snippet_list, name="snippet_list"),
    path(f"{BANK}add/", snippets.snippet_add, name="snippet_add"),
    path(f"{BANK}<int:pk>/edit/", snippets.snippet_edit, name="snippet_edit"),
    path(f"{BANK}<int:pk>/remove/", snippets.snippet_remove, name="snippet_remove"),
    path("c/<slug:course_slug>/regrades/", regrades.regrade_list, name="regrade_list"),
    path("c/<slug:course_slug>/contest/<slug:work>/", regrades.regrade_new, name="regrade_new"),
    path("c/<slug:course_slug>/contest/<slug:work>/ask/", regrades.regrade_ask, name="regrade_ask"),
    path(REGRADE, regrades.regrade_detail, name="regrade_detail"),
    path(f"{REGRADE}say/", regrades.regrade_say, name="regrade_say"),
    path(f"{REGRADE}decide/", regrades.regrade_decide, name="regrade_decide"),
    path(f"{REGRADE}withdraw/", regrades.regrade_withdraw, name="regrade_withdraw"),
]
