from django.urls import path

from reviews.form_editing import views
from reviews.views import staff

FORM = "c/<slug:course_slug>/reviews/form/"
urlpatterns = [
    path("c/<slug:course_slug>/reviews/<slug:handle>/staff/", staff.staff_answers, name="staff_answers"),
    path(FORM, views.form_detail, name="form_detail"),
    path(f"{FORM}add/", views.field_add, name="field_add"),
    path(f"{FORM}order/", views.form_order, name="form_order"),
    path(f"{FORM}preview/", views.field_preview, name="field_preview"),
    path(f"{FORM}fields/<slug:key>/", views.field_edit, name="field_edit"),
    path(f"{FORM}fields/<slug:key>/move/", views.field_move, name="field_move"),
    path(f"{FORM}fields/<slug:key>/retire/", views.field_retire, name="field_retire"),
    path(f"{FORM}fields/<slug:key>/bring-back/", views.field_bring_back, name="field_bring_back"),
]
