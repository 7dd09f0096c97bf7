from django.urls import path

from coursefile.views import file, settings

app_name = "coursefile"
urlpatterns = [
    path("courses/new/", file.course_create, name="course_create"),
    path("course-file.schema.json", file.schema, name="schema"),
    path("c/<slug:course_slug>/course-file/", file.course_edit, name="course_edit"),
    path("c/<slug:course_slug>/course-file/download/", file.course_download, name="course_download"),
    path("c/<slug:course_slug>/settings/", settings.settings_list, name="settings_list"),
    path("c/<slug:course_slug>/settings/<slug:section_key>/", settings.settings_edit, name="settings_edit"),
]
