from django.urls import path

from talks import views

app_name = "talks"
TALK = "c/<slug:course_slug>/presentations/<slug:slot_key>/talk/"
QUESTION = "c/<slug:course_slug>/questions/<slug:handle>/"
urlpatterns = [
    path(TALK, views.talk_detail, name="talk_detail"),
    path(f"{TALK}questions/", views.question_list, name="question_list"),
    path(f"{TALK}ask/", views.question_ask, name="question_ask"),
    path(f"{TALK}feedback/", views.feedback_give, name="feedback_give"),
    path(f"{TALK}release/", views.feedback_release, name="feedback_release"),
    path(f"{QUESTION}vote/", views.question_vote, name="question_vote"),
    path(f"{QUESTION}mark/", views.question_mark, name="question_mark"),
    path("c/<slug:course_slug>/meetings/<slug:meeting_key>/class/", views.class_detail, name="class_detail"),
]
