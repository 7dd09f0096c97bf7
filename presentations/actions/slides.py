"""Adding a version of a slot's slides."""

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core.errors import DomainError
from core.links import check_link
from core.locking import lock_row
from core.uploads import PDF, PPTX, TEXT, check_upload
from presentations.models import Slides, Slot

SLIDE_KINDS = (PDF, PPTX)
MARKDOWN = (".md", ".markdown")  # any text might be; only what is called so is meant as slides


@transaction.atomic
def add_slides(*, slot: Slot, by: User, url: str = "", upload=None) -> Slides:
    """Add a version of the slot's slides, a file (PDF, PPTX, Markdown) or a link; older versions are kept."""
    if bool(url.strip()) == bool(upload):
        raise DomainError("Give the slides either as a file or as a link.", field="file", code="file_or_link")
    slot = lock_row(Slot.objects.select_for_update(no_key=True), slot.pk)
    number = (slot.slides.aggregate(highest=Max("number"))["highest"] or 0) + 1
    slides = Slides(slot=slot, number=number, uploaded_by=by)
    if upload:
        is_markdown = upload.name.lower().endswith(MARKDOWN)
        checked = check_upload(upload, allowed=(TEXT,) if is_markdown else SLIDE_KINDS)
        slides.file_kind, slides.file_name = checked.kind, checked.safe_name
        slides.file.save(checked.safe_name, upload, save=False)
    else:
        slides.url = check_link(url)
    slides.save()
    return slides
