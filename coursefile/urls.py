from django.urls import path

from coursefile import views

app_name = "coursefile"
urlpatterns = [
    path("courses/new/", views.course_create, name="course_create"),
    path("course-file.schema.json", views.schema, name="schema"),
    path("c/<slug:course_slug>/course-file/", views.course_edit, name="course_edit"),
    path("c/<slug:course_slug>/course-file/download/", views.course_download, name="course_download"),
]
