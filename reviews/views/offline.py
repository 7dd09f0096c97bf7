"""Reviews written away from the portal: download forms as text, upload them filled in."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from courses.models import Paper
from courses.policies import require_member
from reviews import policies
from reviews.offline.apply import Desk, Result, Status, apply_sources
from reviews.offline.choosing import UnknownPaper, chosen_papers
from reviews.offline.forms import PASTED, UploadForm
from reviews.offline.write import print_forms, zip_forms

CHIPS = {"conflict": "failed", "refused": "failed"}
TAKEN = {Status.SUBMITTED, Status.DRAFT, Status.UNCHANGED}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offline_forms(request, course_slug):
    """Choose what to download; POST takes filled-in forms and says of each what became of it."""
    desk = _desk(request, course_slug)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            results = apply_sources(desk=desk, sources=form.sources())
            context = _shown_results(request, desk, results) | {"again": _to_send_again(form, results)}
            return render(request, "reviews/offline_result.html", context)
        except DomainError as refusal:
            form.add_error("files", refusal.message)
    context = _context(desk) | {"form": form, "duties": desk.duties, "only": desk.only}
    return render(request, "reviews/offline_forms.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def offline_download(request, course_slug):
    """Forms as text: `?paper=KEY` for some, `?which=owed` or all; `?as=zip` for one file each."""
    desk = _desk(request, course_slug)
    try:
        papers = chosen_papers(desk.duties, keys=request.GET.getlist("paper"), which=request.GET.get("which", ""))
    except UnknownPaper as unknown:
        raise Http404(str(unknown)) from None
    return forms_response(desk, papers, url=_upload_url(request, desk), is_zip=request.GET.get("as") == "zip")


def forms_response(desk: Desk, papers: list[Paper], *, url: str, is_zip: bool) -> HttpResponse:
    slug = desk.writer.course.slug
    name = f"{slug}-review-{papers[0].key}" if len(papers) == 1 else f"{slug}-reviews"
    produce, content_type, ending = (
        (zip_forms, "application/zip", "zip") if is_zip else (print_forms, "text/plain; charset=utf-8", "txt")
    )
    body = produce([desk.sheet(paper) for paper in papers], course_slug=slug, url=url)
    return HttpResponse(
        body,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"', "Cache-Control": "private, no-cache"},
    )


def _desk(request, course_slug) -> Desk:
    writer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    rules = policies.require_writer(writer)
    return Desk.of(writer, rules, only=(request.POST.get("paper") or request.GET.get("paper", "")).casefold())


def _upload_url(request, desk: Desk) -> str:
    return request.build_absolute_uri(reverse("reviews:offline_forms", args=[desk.writer.course.slug]))


def _context(desk: Desk) -> dict:
    return {"course": desk.writer.course, "enrollment": desk.writer}


def _shown_results(request, desk: Desk, results: list[Result]) -> dict:
    """Forms that changed nothing and have no note go below the others."""
    counts = Counter(result.status for result in results)
    shown = [_shown(request, desk, result) for result in results]
    return _context(desk) | {
        "summary": ", ".join(f"{counts[status]} {status}" for status in Status if counts[status]),
        "results": [one for one in shown if not _is_quiet(one["result"])],
        "quiet": [one for one in shown if _is_quiet(one["result"])],
    }


def _to_send_again(form: UploadForm, results: list[Result]) -> UploadForm | None:
    """The pasted text, when something in it was not taken: a file the writer has still, this perhaps not."""
    pasted = [result for result in results if result.file == PASTED]
    if all(result.status in TAKEN and not result.notes for result in pasted):
        return None
    return UploadForm(initial={"text": form.cleaned_data["text"]})


def _is_quiet(result: Result) -> bool:
    return result.status == Status.UNCHANGED and not result.notes


def _shown(request, desk: Desk, result: Result) -> dict:
    """A result as the page shows it; `retry` is a conflict's own text as a form on the saved revision."""
    slug = desk.writer.course.slug
    retry = ""
    if result.mine:
        retry = print_forms([result.mine], course_slug=slug, url=_upload_url(request, desk))
    return {
        "result": result,
        "tone": CHIPS.get(result.status, result.status),
        "url": reverse("reviews:review_edit", args=[slug, result.paper.key]) if result.paper else "",
        "retry": retry,
    }
