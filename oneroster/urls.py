from django.urls import path

from oneroster import downloads, views

app_name = "oneroster"
BASE = "ims/oneroster/gradebook/v1p2/"


urlpatterns = [
    path("c/<slug:course_slug>/gradebook-oneroster/", downloads.bulk_download, name="bulk_download"),
    # Has a name of its own, so that references can be written; the specification answers nothing here.
    path(BASE, views.unknown_address, name="base"),
    *(path(f"{BASE}{name}", views.collection_view(name), name=f"{name}_list") for name in views.LISTS),
    *(path(f"{BASE}{name}/<str:sourced_id>", views.single_view(name), name=f"{name}_detail") for name in views.LISTS),
    *(
        path(f"{BASE}classes/<str:class_id>/{name}", views.class_view(name), name=f"class_{name}")
        for name in views.LISTS
        if name != "lineItems"
    ),
    path(f"{BASE}classes/<str:class_id>/lineItems", views.class_line_items, name="class_lineItems"),
    path(
        f"{BASE}classes/<str:class_id>/lineItems/<str:line_item_id>/results",
        views.class_line_item_results,
        name="class_line_item_results",
    ),
    path(
        f"{BASE}classes/<str:class_id>/students/<str:student_id>/results",
        views.class_student_results,
        name="class_student_results",
    ),
    path(
        f"{BASE}classes/<str:class_id>/academicSessions/<str:session_id>/results",
        views.session_results,
        name="session_results",
    ),
    path(f"{BASE}lineItems/<str:line_item_id>/results", views.line_item_results, name="line_item_results"),
    path(f"{BASE}schools/<str:school_id>/scoreScales", views.school_score_scales, name="school_scoreScales"),
    path(f"{BASE}schools/<str:school_id>/lineItems", views.school_line_items, name="school_lineItems"),
    path(f"{BASE}<path:rest>", views.unknown_address, name="unknown_address"),
]
