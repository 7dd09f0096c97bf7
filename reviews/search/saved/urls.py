from django.urls import path

from reviews.search.saved import views

SAVED = "c/<slug:course_slug>/search/saved/"
urlpatterns = [
    path(SAVED, views.search_save, name="search_save"),
    path(f"{SAVED}<int:pk>/", views.search_change, name="search_change"),
    path(f"{SAVED}<int:pk>/remove/", views.search_remove, name="search_remove"),
]
