"""Every page that a role can reach, on a phone: axe finds nothing, nothing scrolls sideways, no script fails."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import ROLES, sign_in, walk

# Swagger UI is not ours to mend.
NOT_OURS = {"api:docs"}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_and_fits_a_phone(browser, base_url, demo_course, role):
    found = faults_of(browser, base_url, role)

    assert not found, "\n".join(found)


def faults_of(browser, base_url, role) -> list[str]:
    context = browser.new_context(base_url=base_url, viewport={"width": 360, "height": 780}, reduced_motion="reduce")
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(f"{role} {page.url}: script: {error.message}"))
    page.on("console", lambda line: line.type == "error" and faults.append(f"{role} {page.url}: console: {line.text}"))
    sign_in(page, role)
    for kind in walk(page):
        if kind not in NOT_OURS:
            faults += [f"{role} {kind}: {fault}" for fault in [*axe(page), *sideways(page)]]
    context.close()
    return faults


def axe(page):
    for violation in Axe().run(page).response["violations"]:
        where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
        yield f"{violation['id']}: {violation['help']} ({where})"


def sideways(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 360:
        yield f"scrolls sideways: {width} px wide"
