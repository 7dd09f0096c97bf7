"""REST endpoints under /api/v1/: courses, their people, their join links, and who asks."""

from django.urls import path

from courses.api import join_links, people, readings

_people = people.PersonViewSet.as_view
_links = join_links.JoinLinkViewSet.as_view
urlpatterns = [
    path("me/", readings.me, name="me"),
    path("join/<str:code>/", join_links.join, name="join"),
    path("courses/", readings.CourseViewSet.as_view({"get": "list"}), name="course_list"),
    path("courses/<slug:course_slug>/", readings.CourseViewSet.as_view({"get": "retrieve"}), name="course_detail"),
    path("courses/<slug:course_slug>/meetings/", readings.MeetingViewSet.as_view({"get": "list"}), name="meeting_list"),
    path("courses/<slug:course_slug>/papers/", readings.PaperViewSet.as_view({"get": "list"}), name="paper_list"),
    path("courses/<slug:course_slug>/people/", _people({"get": "list"}), name="person_list"),
    path("courses/<slug:course_slug>/people/import/", people.roster_import, name="roster_import"),
    path("courses/<slug:course_slug>/people/<int:pk>/", _people({"get": "retrieve", "patch": "partial_update"}), name="person"),
    path("courses/<slug:course_slug>/people/<int:pk>/invite/", _people({"post": "invite"}), name="person_invite"),
    path("courses/<slug:course_slug>/join-links/", _links({"get": "list", "post": "create"}), name="join_link_list"),
    path("courses/<slug:course_slug>/join-links/<int:pk>/revoke/", _links({"post": "revoke"}), name="join_link_revoke"),
]
