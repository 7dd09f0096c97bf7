"""Refusals that hold for every page, before any view runs."""

from django.http import HttpResponseBadRequest, JsonResponse
from django.middleware.common import CommonMiddleware

NUL_MESSAGE = "The address contains a NUL character (%00), which no page here takes."

NUL_PROBLEM = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": NUL_MESSAGE}


class SlashForReaders(CommonMiddleware):
    """An address without its last slash is put right for who reads. A write that is sent on arrives as a read at most clients:
    it would be answered as if it had been taken.
    """

    def should_redirect_with_slash(self, request):
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class RefuseNulBytes:
    """Answer 400 to a NUL byte in the path or query: PostgreSQL would answer with an error page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            if request.path_info.startswith("/api/"):
                return JsonResponse(NUL_PROBLEM, status=400, content_type="application/problem+json")
            return HttpResponseBadRequest(NUL_MESSAGE, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
