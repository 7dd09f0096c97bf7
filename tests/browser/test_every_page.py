"""Every page that a role can reach, on a phone: axe finds nothing, nothing scrolls sideways, no script fails."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import ROLES, sign_in, walk

# Swagger UI is not ours to mend.
NOT_OURS = {"api:docs"}
STAFF = ("assistant", "instructor")
TOGETHER = pytest.mark.xdist_group("staff")


# What a page is made of: each element's name, its classes, and the names and roles that it has.
MADE_OF = """() => [...new Set([...document.querySelectorAll("*")].map((element) => [
  element.tagName, element.className.baseVal ?? element.className, element.getAttribute("role"), element.getAttribute("type"),
  ...element.getAttributeNames(),
].join(" ")))].sort().join()"""
# Of rows, lines and articles the first ones: the fortieth row of a table is made as the third.
FIRST = {
    "include": [["html"]],
    "exclude": [[f"{each}:nth-child(n+16)"] for each in ("tbody > tr", "li")] + [["article:nth-of-type(n+9)"]],
}
looked_at: set[tuple[str, str]] = set()


# One process for those who see the most alike: what is made as it was for the one, axe need not look at for the other.
@pytest.mark.parametrize("role", [pytest.param(role, marks=TOGETHER if role in STAFF else ()) for role in ROLES])
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
            faults += [f"{role} {kind}: {fault}" for fault in [*axe(page, kind), *sideways(page)]]
    context.close()
    return faults


def axe(page, kind):
    """What axe finds, unless it has looked at a page of this kind that is made of the same."""
    made_of = (kind, page.evaluate(MADE_OF))
    if made_of in looked_at:
        return
    looked_at.add(made_of)
    for violation in Axe().run(page, FIRST).response["violations"]:
        where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
        yield f"{violation['id']}: {violation['help']} ({where})"


def sideways(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 360:
        yield f"scrolls sideways: {width} px wide"
