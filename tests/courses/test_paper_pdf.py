"""The PDF that an instructor uploads for a paper."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from courses.actions import set_paper_pdf
from tests.factories import PaperFactory


def pdf(name="paper.pdf", content=b"%PDF-1.7 one"):
    return SimpleUploadedFile(name, content)


def test_set_paper_pdf_replaces_the_earlier_file(db, django_capture_on_commit_callbacks):
    paper = set_paper_pdf(paper=PaperFactory(), upload=pdf())
    storage, before = paper.pdf.storage, paper.pdf.name

    with django_capture_on_commit_callbacks(execute=True):
        paper = set_paper_pdf(paper=paper, upload=pdf(content=b"%PDF-1.7 two"))

    with paper.pdf.open() as file:
        assert (storage.exists(before), file.read()) == (False, b"%PDF-1.7 two")


@pytest.mark.parametrize("content", [b"<html>", b"", b"plain text"])
def test_set_paper_pdf_refuses_what_is_no_pdf(db, content):
    paper = PaperFactory()

    with pytest.raises(DomainError) as refusal:
        set_paper_pdf(paper=paper, upload=pdf(content=content))

    paper.refresh_from_db()
    assert (refusal.value.field, paper.pdf.name) == ("pdf", "")
