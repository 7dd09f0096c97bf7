from django.urls import path

from presentations import views

app_name = "presentations"
HOME = "c/<slug:course_slug>/presentations/"
ROLE = f"{HOME}<slug:slot_key>/roles/<slug:role_key>/"
urlpatterns = [
    path(f"{HOME}history/", views.history, name="history"),
    path(f"{HOME}slots/make/", views.slots_make, name="slots_make"),
    path(f"{HOME}sign-ups/<int:pk>/give-back/", views.place_give_back, name="place_give_back"),
    path(f"{HOME}sign-ups/<int:pk>/offer/", views.offer_make, name="offer_make"),
    path(f"{HOME}offers/<int:pk>/accept/", views.offer_accept, name="offer_accept"),
    path(f"{HOME}offers/<int:pk>/decline/", views.offer_decline, name="offer_decline"),
    path(f"{HOME}offers/<int:pk>/take-back/", views.offer_take_back, name="offer_take_back"),
    path(f"{HOME}offers/<int:pk>/approve/", views.swap_approve, name="swap_approve"),
    path(f"{HOME}offers/<int:pk>/refuse/", views.swap_refuse, name="swap_refuse"),
    path(f"{HOME}<slug:slot_key>/move/", views.slot_move, name="slot_move"),
    path(f"{ROLE}take/", views.place_take, name="place_take"),
    path(f"{ROLE}wait/", views.line_join, name="line_join"),
    path(f"{ROLE}leave/", views.line_leave, name="line_leave"),
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
