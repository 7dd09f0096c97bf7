from django.urls import path

from digest import views

app_name = "digest"
BASE = "c/<slug:course_slug>/papers/<slug:paper_key>/digest/"
urlpatterns = [
    path(BASE, views.digest_detail, name="digest_detail"),
    path(f"{BASE}share/", views.digest_share, name="digest_share"),
    path(f"{BASE}print/", views.digest_print, name="digest_print"),
    path(f"{BASE}markdown/", views.digest_markdown, name="digest_markdown"),
    path(f"{BASE}picks/", views.pick_add, name="pick_add"),
    path(f"{BASE}picks/<int:pk>/note/", views.pick_note, name="pick_note"),
    path(f"{BASE}picks/<int:pk>/move/", views.pick_move, name="pick_move"),
    path(f"{BASE}picks/<int:pk>/remove/", views.pick_remove, name="pick_remove"),
    path(f"{BASE}picks/<int:pk>/restore/", views.pick_restore, name="pick_restore"),
]
