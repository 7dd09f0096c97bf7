from django.urls import path

from reviews.assigning import overview
from reviews.assigning import views as assigning
from reviews.assigning.bulk import views as bulk
from reviews.assigning.preferences import views as preferences
from reviews.assigning.runs import views as runs
from reviews.form_editing.urls import urlpatterns as form_editing
from reviews.search.saved.urls import urlpatterns as saved_searches
from reviews.tags.urls import urlpatterns as tags
from reviews.views import editor, offline, papers, search, text, versions

app_name = "reviews"
urlpatterns = [
    path("c/<slug:course_slug>/papers/", papers.paper_list, name="paper_list"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/", papers.paper_detail, name="paper_detail"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/pdf/", papers.paper_pdf, name="paper_pdf"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/pdf/upload/", papers.paper_pdf_upload, name="paper_pdf_upload"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/reviewers/", assigning.reviewer_list, name="reviewer_list"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/choose/", assigning.paper_choose, name="paper_choose"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/give-back/", assigning.paper_give_back, name="paper_give_back"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/review/", editor.review_edit, name="review_edit"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/review/autosave/", editor.review_autosave, name="review_autosave"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/review/merge/", editor.review_merge, name="review_merge"),
    path("c/<slug:course_slug>/reviews/", versions.my_reviews, name="my_reviews"),
    path("c/<slug:course_slug>/reviews/offline/", offline.offline_forms, name="offline_forms"),
    path("c/<slug:course_slug>/reviews/offline/forms/", offline.offline_download, name="offline_download"),
    path("c/<slug:course_slug>/reviews/preview/", text.text_preview, name="text_preview"),
    path("c/<slug:course_slug>/reviews/paste/", text.text_paste, name="text_paste"),
    path("c/<slug:course_slug>/reviews/<slug:handle>/versions/", versions.review_history, name="review_history"),
    path("c/<slug:course_slug>/reviews/<slug:handle>/versions/compare/", versions.version_compare, name="version_compare"),
    path("c/<slug:course_slug>/reviews/<slug:handle>/versions/<int:number>/", versions.version_detail, name="version_detail"),
    path(
        "c/<slug:course_slug>/reviews/<slug:handle>/versions/<int:number>/restore/",
        versions.version_restore,
        name="version_restore",
    ),
    path("c/<slug:course_slug>/preferences/", preferences.preference_list, name="preference_list"),
    path("c/<slug:course_slug>/preferences/<slug:paper_key>/", preferences.preference_set, name="preference_set"),
    path("c/<slug:course_slug>/assigning/", overview.assigning, name="assigning"),
    path("c/<slug:course_slug>/assigning/file/", bulk.bulk_assign, name="bulk_assign"),
    path("c/<slug:course_slug>/assigning/runs/", runs.run_list, name="run_list"),
    path("c/<slug:course_slug>/assigning/runs/<int:pk>/", runs.run_detail, name="run_detail"),
    path("c/<slug:course_slug>/assigning/runs/<int:pk>/progress/", runs.run_progress, name="run_progress"),
    path("c/<slug:course_slug>/assigning/runs/<int:pk>/apply/", runs.run_apply, name="run_apply"),
    path("c/<slug:course_slug>/assigning/runs/<int:pk>/undo/", runs.run_undo, name="run_undo"),
    path("c/<slug:course_slug>/search/", search.paper_search, name="paper_search"),
    *tags,
    *saved_searches,
    *form_editing,
]
