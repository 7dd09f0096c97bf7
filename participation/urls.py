from django.urls import path

from participation import views

app_name = "participation"
urlpatterns = [
    path("c/<slug:course_slug>/participation/", views.record_list, name="record_list"),
    path("c/<slug:course_slug>/participation/<slug:meeting_key>/record/", views.record_save, name="record_save"),
    path("c/<slug:course_slug>/participation/<slug:meeting_key>/sheet/", views.sheet_save, name="sheet_save"),
]
