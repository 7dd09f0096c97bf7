"""What the editor's script asks while somebody types: how a text will look, and what was pasted as Markdown."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.markdown import render_markdown
from core.pasting import MAX_HTML, markdown_of
from core.text import text_problem, tidy
from courses.policies import require_member


def _plain(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


@login_required
@require_POST
def text_preview(request, course_slug):
    """`text` as it will be shown, as a piece of a page; 422 and why if it cannot be stored."""
    require_member(request.user, course_slug)
    text = tidy(request.POST.get("text", ""))
    if problem := text_problem(text):
        return _plain(problem, status=422)
    return HttpResponse(render_markdown(text))


@login_required
@require_POST
def text_paste(request, course_slug):
    """`html` as Markdown, as plain text; 422 and why if it cannot be read."""
    require_member(request.user, course_slug)
    html = request.POST.get("html", "")
    if problem := text_problem(html, limit=MAX_HTML):
        return _plain(problem, status=422)
    try:
        return _plain(markdown_of(html))
    except DomainError as refusal:
        return _plain(refusal.message, status=422)
