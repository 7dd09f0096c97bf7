from django.urls import path

from presentations import views
from presentations.assigning import views as assigning

app_name = "presentations"
HOME = "c/<slug:course_slug>/presentations/"
ROLE = f"{HOME}<slug:slot_key>/roles/<slug:role_key>/"
urlpatterns = [
    path(f"{HOME}wishes/", views.wish_list, name="wish_list"),
    path(f"{HOME}deal/", assigning.run_list, name="run_list"),
    path(f"{HOME}deal/<int:pk>/", assigning.run_detail, name="run_detail"),
    path(f"{HOME}deal/<int:pk>/progress/", assigning.run_progress, name="run_progress"),
    path(f"{HOME}deal/<int:pk>/apply/", assigning.run_apply, name="run_apply"),
    path(f"{HOME}deal/<int:pk>/undo/", assigning.run_undo, name="run_undo"),
    path(f"{HOME}sign-ups/<int:pk>/pin/", assigning.place_pin, name="place_pin"),
    path(f"{HOME}board/", views.board, name="board"),
    path(f"{HOME}board/give/", views.board_give, name="board_give"),
    path(f"{HOME}board/undo/", views.board_undo, name="board_undo"),
    path(f"{HOME}board/csv/", views.board_csv, name="board_csv"),
    path(f"{HOME}board/csv/import/", views.board_import, name="board_import"),
    path(f"{HOME}history/", views.history, name="history"),
    path(f"{HOME}meetings/<slug:meeting_key>/cancel/", views.meeting_cancel, name="meeting_cancel"),
    path(f"{HOME}meetings/<slug:meeting_key>/restore/", views.meeting_restore, name="meeting_restore"),
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
