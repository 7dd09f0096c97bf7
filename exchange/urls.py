from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("c/<slug:course_slug>/reviews/export/", views.export_home, name="export_home"),
    path("c/<slug:course_slug>/reviews/export/file/", views.export_download, name="export_download"),
]
