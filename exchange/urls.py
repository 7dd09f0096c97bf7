from django.urls import path

from exchange import views, views_import

app_name = "exchange"
urlpatterns = [
    path("c/<slug:course_slug>/reviews/export/", views.export_home, name="export_home"),
    path("c/<slug:course_slug>/reviews/export/file/", views.export_download, name="export_download"),
    path("c/<slug:course_slug>/reviews/import/", views_import.import_home, name="import_home"),
    path("c/<slug:course_slug>/reviews/import/<int:pk>/", views_import.import_detail, name="import_detail"),
    path("c/<slug:course_slug>/reviews/import/<int:pk>/progress/", views_import.import_progress, name="import_progress"),
    path("c/<slug:course_slug>/reviews/import/<int:pk>/apply/", views_import.import_apply, name="import_apply"),
]
