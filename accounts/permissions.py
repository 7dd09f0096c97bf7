"""A key reaches only what its scopes and its courses name; a signed-in page session reaches what the person may."""

from django.http import Http404
from rest_framework.permissions import SAFE_METHODS, BasePermission


class HasScope(BasePermission):
    """Views name their `scope_resource` ("grades"); reading needs `grades:read`, the rest `grades:write`.

    `request.auth` is None for a session, and otherwise something that has `has_scope(scope)`.
    """

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if request.auth is None or request.method not in view.allowed_methods:
            return True  # what an address does not do is answered by 405, whatever the token may
        return self._is_within_reach(request.user.reach, view) and self._is_within_scope(request, view)

    def _is_within_reach(self, reach, view) -> bool:
        """Closed unless the address names a course, or the view says that it shows those within reach only."""
        if reach is None or getattr(view, "keeps_within_reach", False):
            return True
        slug = view.kwargs.get("course_slug")
        if slug is None:
            self.message = "This token is for named courses, and this address is for none of them."
            return False
        if slug not in reach.courses:
            raise Http404("No such course.")
        return True

    def _is_within_scope(self, request, view) -> bool:
        scope = f"{view.scope_resource}:{'read' if request.method in SAFE_METHODS else 'write'}"
        self.message = f"This token lacks the scope {scope}."
        return request.auth.has_scope(scope)
