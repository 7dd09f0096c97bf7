"""A token reaches only what its scopes name; a signed-in page session reaches what the person may."""

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models import Token


class HasScope(BasePermission):
    """Views name their `scope_resource` ("grades"); reading needs `grades:read`, the rest `grades:write`."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, Token) or request.method not in view.allowed_methods:
            return True  # what an address does not do is answered by 405, whatever the token may
        scope = f"{view.scope_resource}:{'read' if request.method in SAFE_METHODS else 'write'}"
        self.message = f"This token lacks the scope {scope}."
        return request.auth.has_scope(scope)
