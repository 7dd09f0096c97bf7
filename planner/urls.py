from django.urls import path

from planner import views

app_name = "planner"
urlpatterns = [path("c/<slug:course_slug>/reminders/", views.reminder_list, name="reminder_list")]
