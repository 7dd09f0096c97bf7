from django.urls import path

from coursefile.views import file, items, settings

app_name = "coursefile"
urlpatterns = [
    path("courses/new/", file.course_create, name="course_create"),
    path("course-file.schema.json", file.schema, name="schema"),
    path("c/<slug:course_slug>/course-file/", file.course_edit, name="course_edit"),
    path("c/<slug:course_slug>/course-file/download/", file.course_download, name="course_download"),
    path("c/<slug:course_slug>/settings/", settings.settings_list, name="settings_list"),
    path("c/<slug:course_slug>/settings/<slug:section_key>/", settings.settings_edit, name="settings_edit"),
    path("c/<slug:course_slug>/settings/lists/<slug:list_key>/", items.item_list, name="item_list"),
    path("c/<slug:course_slug>/settings/lists/<slug:list_key>/add/", items.item_create, name="item_create"),
    path("c/<slug:course_slug>/settings/lists/<slug:list_key>/<slug:item_key>/edit/", items.item_edit, name="item_edit"),
    path("c/<slug:course_slug>/settings/lists/<slug:list_key>/<slug:item_key>/remove/", items.item_remove, name="item_remove"),
    path("c/<slug:course_slug>/settings/lists/<slug:list_key>/<slug:item_key>/move/", items.item_move, name="item_move"),
]
