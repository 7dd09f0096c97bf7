from django.urls import path

from planner import views

app_name = "planner"
urlpatterns = [
    path("c/<slug:course_slug>/reminders/", views.reminder_list, name="reminder_list"),
    path("c/<slug:course_slug>/calendar/", views.calendar, name="calendar"),
    path("c/<slug:course_slug>/calendar/renew/", views.calendar_renew, name="calendar_renew"),
    path("calendar/<str:token>/dates.ics", views.feed, name="feed"),
]
