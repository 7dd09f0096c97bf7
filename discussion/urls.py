from django.urls import path

from discussion.views import comments, pages, ratings

app_name = "discussion"
BASE = "c/<slug:course_slug>/papers/<slug:paper_key>/discussion/"
COMMENT = f"{BASE}comments/<slug:handle>/"
urlpatterns = [
    path(BASE, pages.discussion_detail, name="discussion_detail"),
    path(f"{BASE}recent/", pages.discussion_recent, name="discussion_recent"),
    path(f"{BASE}follow/", pages.discussion_follow, name="discussion_follow"),
    path(f"{BASE}threads/", comments.thread_start, name="thread_start"),
    path(f"{BASE}threads/<slug:handle>/reply/", comments.comment_add, name="comment_add"),
    path(f"{COMMENT}edit/", comments.comment_edit, name="comment_edit"),
    path(f"{COMMENT}withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path(f"{COMMENT}restore/", comments.comment_restore, name="comment_restore"),
    path(f"{BASE}files/<slug:handle>/", comments.comment_file, name="comment_file"),
    path(f"{BASE}reviews/<slug:handle>/rating/", ratings.review_rate, name="review_rate"),
    path("c/<slug:course_slug>/discussion/", pages.activity_list, name="activity_list"),
]
