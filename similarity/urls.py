from django.urls import path

from similarity import views

app_name = "similarity"
urlpatterns = [
    path("c/<slug:course_slug>/similarity/", views.pair_list, name="pair_list"),
    path("c/<slug:course_slug>/similarity/compare/", views.compare_now, name="compare_now"),
    path("c/<slug:course_slug>/similarity/progress/", views.comparison_progress, name="comparison_progress"),
    path("c/<slug:course_slug>/similarity/<int:pk>/", views.pair_detail, name="pair_detail"),
    path("c/<slug:course_slug>/similarity/<int:pk>/set-aside/", views.pair_set_aside, name="pair_set_aside"),
    path("c/<slug:course_slug>/similarity/<int:pk>/take-up/", views.pair_take_up, name="pair_take_up"),
]
