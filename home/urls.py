from django.urls import path

from home.views import course, developer_mail, landing

app_name = "home"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("c/<slug:course_slug>/", course.course_page, name="course_page"),
    path("c/<slug:course_slug>/home/", course.today, name="today"),
    path("developer/mail/", developer_mail.developer_mail, name="developer_mail"),
    path("developer/mail/<str:name>/", developer_mail.developer_mail_message, name="developer_mail_message"),
]
