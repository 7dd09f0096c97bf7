from django.urls import path

from reviews.tags import views

urlpatterns = [
    path("c/<slug:course_slug>/papers/<slug:paper_key>/tags/", views.tag_change, name="tag_change"),
    path("c/<slug:course_slug>/search/tags/", views.tag_bulk, name="tag_bulk"),
]
