from django.urls import path

from grading.views import grade, gradebook, marking

app_name = "grading"
urlpatterns = [
    path("c/<slug:course_slug>/grades/", grade.grade_home, name="grade_home"),
    path("c/<slug:course_slug>/gradebook/", gradebook.gradebook, name="gradebook"),
    path("c/<slug:course_slug>/gradebook/<int:enrollment_id>/", grade.student_grade, name="student_grade"),
    path("c/<slug:course_slug>/gradebook/<slug:component_key>/release/", gradebook.component_release, name="component_release"),
    path("c/<slug:course_slug>/gradebook/<slug:component_key>/hide/", gradebook.component_hide, name="component_hide"),
    path("c/<slug:course_slug>/marking/", marking.marking_queue, name="marking_queue"),
    path("c/<slug:course_slug>/marking/<slug:work>/", marking.mark_save, name="mark_save"),
]
