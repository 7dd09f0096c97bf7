"""Finds the pages of the portal as a person does, by following links: one of each kind, for each who signs in."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from demo.seed import PASSWORD, SLUG

ROLES = ("student", "assistant", "instructor", "observer", "visitor")
EMAILS = {
    "student": "student01@example.edu",
    "assistant": "assistant@example.edu",
    "instructor": "instructor@example.edu",
    "observer": "observer@example.edu",
}
NOT_PAGES = (":feed", "_csv", "_pdf", "_file", "_download", "_markdown", "logout", "schema", "recovery_codes")
ENTRANCES = (
    "/",
    f"/c/{SLUG}/",
    f"/c/{SLUG}/home/",
    "/account/tokens/",
    "/account/email/",
    "/account/reauthenticate/",
    "/account/password/reset/",
)


def sign_in(page: Page, role: str) -> None:
    """By the sign-in page; then once more by password, as the pages about keys and tokens ask for it."""
    if role in EMAILS:
        page.goto("/account/login/")
        page.locator("[name=login]").fill(EMAILS[role])
        give_password(page)
        page.goto("/account/reauthenticate/?next=/")
        give_password(page)


def give_password(page: Page) -> None:
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def kind_of(path: str) -> str | None:
    """The name of the page's URL; None for what is no page of ours."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return None
    return None if name.endswith(NOT_PAGES) or (name.startswith("api:") and name != "api:docs") else name


def walk(page: Page) -> Iterator[str]:
    """Open one page of each kind that links lead to, as whoever is signed in; gives the kind of the page now open."""
    waiting, seen = list(ENTRANCES), set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind is None or kind in seen:
            continue
        response = page.goto(path)
        landed = kind_of(urlsplit(page.url).path)
        if response.status != 200 or landed is None or landed in seen:
            continue
        seen |= {kind, landed}
        page.wait_for_load_state("load")
        expect(page.locator(".htmx-request")).to_have_count(0)  # what is fetched on load is part of the page
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        yield landed
        here = urlsplit(page.url).netloc
        waiting += [parts.path for parts in map(urlsplit, links) if parts.netloc == here]
