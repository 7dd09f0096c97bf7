import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from core.uploads import PDF, ZIP, check_upload


def archive(*, version=20, flags=0, name=b"a.txt") -> bytes:
    """A ZIP archive whose directory says this of its one file."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("a.txt", "text")
    content = bytearray(raw.getvalue())
    entry = content.index(b"PK\x01\x02")
    content[entry + 6 : entry + 10] = struct.pack("<HH", version, flags)
    content[entry + 46 : entry + 46 + len(name)] = name
    return bytes(content)


def test_archive_is_known_by_its_content():
    checked = check_upload(SimpleUploadedFile("../../code.pdf", archive()), allowed=(ZIP,))

    assert (checked.kind, checked.safe_name) == (ZIP, "code.zip")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04 and no more", id="cut off"),
        pytest.param(archive(version=99), id="of a version to come"),
        pytest.param(archive(flags=0x800, name=b"\xff\xfe\xff\xfe\xff"), id="a name that is no text"),
    ],
)
def test_damaged_archive_is_refused(content):
    with pytest.raises(DomainError, match="not a file type we take") as refusal:
        check_upload(SimpleUploadedFile("code.zip", content), allowed=(PDF, ZIP))

    assert refusal.value.field == "file"
