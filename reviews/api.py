"""REST endpoints under /api/v1/courses/{slug}/."""

urlpatterns: list = []
