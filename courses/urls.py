from django.urls import path

from courses.views import joining, people, roster

app_name = "courses"
urlpatterns = [
    path("c/<slug:course_slug>/people/", people.people_list, name="people_list"),
    path("c/<slug:course_slug>/people/import/", roster.roster_import, name="roster_import"),
    path("c/<slug:course_slug>/people/<int:pk>/", people.enrollment_edit, name="enrollment_edit"),
    path("c/<slug:course_slug>/people/<int:pk>/invitation/", people.invitation_send, name="invitation_send"),
    path("c/<slug:course_slug>/join-links/new/", joining.join_link_create, name="join_link_create"),
    path("c/<slug:course_slug>/join-links/<int:pk>/revoke/", joining.join_link_revoke, name="join_link_revoke"),
    path("join/<str:code>/", joining.join, name="join"),
]
