from django.urls import path

from reviews.views import editor, papers, versions

app_name = "reviews"
urlpatterns = [
    path("c/<slug:course_slug>/papers/", papers.paper_list, name="paper_list"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/", papers.paper_detail, name="paper_detail"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/pdf/", papers.paper_pdf, name="paper_pdf"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/pdf/upload/", papers.paper_pdf_upload, name="paper_pdf_upload"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/review/", editor.review_edit, name="review_edit"),
    path("c/<slug:course_slug>/papers/<slug:paper_key>/review/autosave/", editor.review_autosave, name="review_autosave"),
    path("c/<slug:course_slug>/reviews/", versions.my_reviews, name="my_reviews"),
    path("c/<slug:course_slug>/reviews/<slug:handle>/versions/", versions.review_history, name="review_history"),
    path("c/<slug:course_slug>/reviews/<slug:handle>/versions/<int:number>/", versions.version_detail, name="version_detail"),
]
