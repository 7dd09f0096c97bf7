from django.urls import path

from gradefiles import views

app_name = "gradefiles"
FILES = "c/<slug:course_slug>/grade-files/"
urlpatterns = [
    path(FILES, views.files_home, name="files_home"),
    path(f"{FILES}export/<str:kind>/", views.export_download, name="export_download"),
    path(f"{FILES}imports/<int:pk>/", views.import_detail, name="import_detail"),
    path(f"{FILES}imports/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path(f"{FILES}imports/<int:pk>/columns/", views.import_columns, name="import_columns"),
    path(f"{FILES}imports/<int:pk>/apply/", views.import_apply, name="import_apply"),
    path(f"{FILES}imports/<int:pk>/undo/", views.import_undo, name="import_undo"),
]
