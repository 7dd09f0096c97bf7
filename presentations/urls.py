from django.urls import path

from presentations import views

app_name = "presentations"
urlpatterns = [
    path("c/<slug:course_slug>/presentations/", views.slot_list, name="slot_list"),
    path("c/<slug:course_slug>/presentations/sign-ups/<int:pk>/remove/", views.presenter_remove, name="presenter_remove"),
    path("c/<slug:course_slug>/presentations/<slug:slot_key>/slides/", views.slides_add, name="slides_add"),
    path("c/<slug:course_slug>/presentations/<slug:slot_key>/slides/<int:number>/", views.slides_file, name="slides_file"),
    path(
        "c/<slug:course_slug>/presentations/<slug:slot_key>/roles/<slug:role_key>/assign/",
        views.presenter_assign,
        name="presenter_assign",
    ),
]
