"""Uploaded files and archives -> texts, and what is too much."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.offline.files import MAX_BYTES, MAX_FILES, Source, read_uploads


def packed(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    ["Grüße".encode(), "Grüße".encode("utf-8-sig"), "Grüße".encode("utf-16")],
    ids=["utf-8", "with a mark", "what Windows calls Unicode"],
)
def test_text_is_read_in_the_usual_encodings(raw):
    assert read_uploads([("a.txt", raw)]) == [Source("a.txt", "Grüße")]


def test_text_that_is_not_utf_8_is_named_with_its_line():
    assert read_uploads([("a.txt", b"one\ntwo\n\xe4")]) == [
        Source("a.txt", problem="Line 3 is not UTF-8 text. Save the file as plain text in UTF-8.")
    ]


def test_archive_is_read_member_by_member_without_what_stands_beside():
    raw = packed({"b/": "", "b/one.txt": "1", "__MACOSX/b/._one.txt": "x", ".DS_Store": "x", "two.txt": "2"})

    assert read_uploads([("all.zip", raw), ("c.txt", b"3")]) == [
        Source("all.zip: b/one.txt", "1"),
        Source("all.zip: two.txt", "2"),
        Source("c.txt", "3"),
    ]


def test_bomb_is_refused_by_its_size():
    raw = packed({"bomb.txt": b"0" * (MAX_BYTES + 1)})

    (source,) = read_uploads([("bomb.zip", raw)])

    assert source.problem == "This archive unpacks to 5.0 MB; at most 5 MB are taken."


def test_bomb_is_refused_by_its_ratio():
    (source,) = read_uploads([("bomb.zip", packed({"bomb.txt": b"0" * 1_000_000}))])

    assert source.problem == "This archive packs its text more than 200 times smaller, which reviews never do; it was not read."


def test_archive_that_lies_about_its_size_is_not_unpacked_beyond_the_limit():
    raw = bytearray(packed({"a.txt": b"x y " * 3_000_000}))
    at = raw.index(b"PK\x01\x02") + 24  # the size in the directory
    raw[at : at + 4] = (900_000).to_bytes(4, "little")

    (source,) = read_uploads([("lie.zip", bytes(raw))])

    assert (source.text, source.problem != "") == ("", True)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no archive", packed({"a.txt": b"abc" * 100})[:-30]], ids=["no archive", "cut short"]
)
def test_damaged_archive_is_refused(content):
    (source,) = read_uploads([("a.zip", content)])

    assert source.problem == "This archive is damaged or locked and could not be read to its end."


def test_locked_archive_is_refused():
    raw = bytearray(packed({"a.txt": b"abc"}))
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        raw[raw.index(mark) + at] |= 1

    assert read_uploads([("a.zip", bytes(raw))])[0].problem.startswith("This archive is damaged or locked")


def test_empty_archive_is_refused():
    assert read_uploads([("a.zip", packed({}))])[0].problem == "This archive holds no files."


def test_archive_with_too_many_files_is_refused():
    (source,) = read_uploads([("a.zip", packed({f"{n}.txt": "x" for n in range(MAX_FILES + 1)}))])

    assert source.problem == "This archive holds 301 files; at most 300 are taken."


def test_files_beyond_the_limit_are_told():
    sources = read_uploads([(f"{n}.txt", b"x") for n in range(MAX_FILES + 5)])

    assert len(sources) == MAX_FILES + 1
    assert sources[-1].problem == "An upload has at most 300 files; the rest was not read."


def test_limit_of_size_is_one_for_the_whole_upload():
    part = b"x" * (MAX_BYTES // 5)

    sources = read_uploads(
        [("a.txt", part * 3), ("b.txt", part * 3), ("c.txt", part * 2), ("d.txt", b"x"), ("e.txt", part * 6)]
    )

    assert [bool(source.problem) for source in sources] == [False, True, False, True, True]


def test_file_within_a_file_within_a_file_is_not_unpacked():
    inner = packed({"a.txt": "x"})

    (source,) = read_uploads([("a.zip", packed({"inner.zip": inner}))])

    assert source == Source("a.zip: inner.zip", problem="This is an archive inside an archive, which is not unpacked.")


@given(st.one_of(st.binary(), st.binary().map(lambda raw: b"PK\x03\x04" + raw)))
def test_any_bytes_give_a_text_or_a_problem(raw):
    for source in read_uploads([("a", raw)]):
        assert source.text == "" or source.problem == ""


@given(st.data())
def test_any_damage_to_an_archive_gives_texts_or_a_problem(data):
    raw = bytearray(packed({"a.txt": "some text of a review", "b.txt": "and more"}))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    for source in read_uploads([("a.zip", bytes(raw))]):
        assert source.text == "" or source.problem == ""
