"""Laws of the lists' forms and of what they do to any course file at all."""

import copy

import tomlkit
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coursefile.controls.edit import Present
from coursefile.controls.item import ItemForm
from coursefile.controls.sections import LISTINGS
from coursefile.document import completed, readable_document
from coursefile.dump import toml_of
from coursefile.load import read_course_file
from tests.coursefile.browser import untouched
from tests.coursefile.generated import COURSE, DOCUMENTS, RULES, calendars, has_outer_blanks, table

TERMS = table(
    {
        "format": st.just(1),
        "course": COURSE,
        "meetings": calendars().filter(lambda meetings: any(m["papers"] for m in meetings)),
    },
    presentations=RULES["presentations"],
)


def present_of(data: dict) -> Present:
    return Present(toml_of(read_course_file(tomlkit.dumps(data)).document))


@given(DOCUMENTS, st.data())
@settings(deadline=None, max_examples=25)
def test_entry_of_any_course_that_is_sent_as_it_is_shown_changes_nothing(data, chosen):
    present = present_of(data)
    listed = [(name, entry) for name, listing in LISTINGS.items() for entry in listing.store.entries(present.data)]
    sayable = [(name, entry) for name, entry in listed if not has_outer_blanks(entry)]
    assume(sayable)
    listing, entry = chosen.draw(st.sampled_from(sayable))
    form = ItemForm(LISTINGS[listing], present, entry["key"])

    html = render_to_string("coursefile/_settings_groups.html", {"form": form})
    sent = MultiValueDict(untouched(f'<form><input name="seen" value="{form.seen}">{html}</form>', "seen"))
    back = form.answered(sent)

    assert back.is_valid(), back.errors
    assert (back.clashes, back.follows, back.changed_settings()) == (frozenset(), frozenset(), [])
    assert back.text() == present.text


def slots_of(document: dict) -> list[dict]:
    slots = [slot for meeting in document["meetings"] for slot in meeting["slots"]]
    return sorted(slots, key=lambda slot: slot["key"])


@given(TERMS, st.data())
@settings(deadline=None, max_examples=40)
def test_paper_of_any_course_moves_anywhere_with_every_slot_kept(data, chosen):
    present, store = present_of(data), LISTINGS["papers"].store
    paper = chosen.draw(st.sampled_from(store.entries(present.data)))
    target = chosen.draw(st.sampled_from([meeting["key"] for meeting in present.data["meetings"]]))
    moved = copy.deepcopy(present.data)

    store.put(moved, paper | {"meeting": target})

    document = read_course_file(present.with_data(moved)).document
    assert slots_of(document) == slots_of(completed(readable_document(present.data)))
    assert store.entry(moved, paper["key"]) == paper | {"meeting": target}


@given(DOCUMENTS, st.sampled_from(["meetings", "papers", "pages", "milestones"]), st.data())
@settings(deadline=None, max_examples=25)
def test_taking_out_leaves_a_file_without_errors(data, listing, chosen):
    present, store = present_of(data), LISTINGS[listing].store
    entries = store.entries(present.data)
    assume(entries)
    key = chosen.draw(st.sampled_from(entries))["key"]
    rest = copy.deepcopy(present.data)

    store.drop(rest, key)

    read_course_file(present.with_data(rest))
    assert store.entry(rest, key) is None
