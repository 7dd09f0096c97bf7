"""Every page that a role can reach: axe finds nothing, it fits a phone, its lines are short on a desk, no script fails."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.models import User
from courses.models import Meeting, Paper
from projects.models import Milestone, Team
from tests.browser.pages import ROLES, sign_in, walk

# Swagger UI is not ours to mend.
NOT_OURS = {"api:docs"}
# Whoever sees the most comes first.
ORDER = sorted(ROLES, key=("instructor", "assistant").__contains__, reverse=True)
# What a page is made of: each element's name, its classes, and the names and roles that it has.
MADE_OF = """() => [...new Set([...document.querySelectorAll("*")].map((element) => [
  element.tagName, element.className.baseVal ?? element.className, element.getAttribute("role"), element.getAttribute("type"),
  ...element.getAttributeNames(),
].join(" ")))]"""
# Of rows, lines and articles the first ones: the fortieth row of a table is made as the third.
FIRST = {
    "include": [["html"]],
    "exclude": [[f"{each}:nth-child(n+16)"] for each in ("tbody > tr", "li")] + [["article:nth-of-type(n+9)"]],
}
# Letters in the widest line of each text, as if all were of the same width. What is hidden from eyes is left out.
LINES = """() => [...document.querySelectorAll("main :is(p, li, dd, .hint)")].flatMap((element) => {
  const isBlock = (child) => !["inline", "inline-flex", "none"].includes(getComputedStyle(child).display);
  if (!element.checkVisibility() || [...element.children].some(isBlock)) return [];
  const range = document.createRange(), texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let letters = 0, widths = 0, edges = [];
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (node.parentElement.closest(".hidden")) continue;
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()];
    letters += node.textContent.replace(/\\s+/g, " ").length;
    widths += boxes.reduce((sum, box) => sum + box.width, 0);
    edges.push(...boxes.flatMap((box) => [box.left, box.right]));
  }
  const longest = letters * (Math.max(...edges) - Math.min(...edges)) / widths;
  const words = element.textContent.trim().slice(0, 50);
  return letters > 90 && longest > 85 ? [`${Math.round(longest)} letters in a line: ${words}`] : [];
})"""
TOO_WIDE = "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.ariaLabel)"
looked_at: dict[str, set[str]] = {}  # by kind of page


@pytest.fixture
def course_of_long_words(demo_course):
    """Names and titles each end with a word that no phone has room for: whatever fits with them fits without."""
    for model, field in ((User, "name"), (Paper, "title"), (Meeting, "topic"), (Team, "name"), (Milestone, "title")):
        model.objects.update(**{field: Concat(field, Value("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"))})


@pytest.mark.parametrize("role", ORDER)
def test_every_page_is_accessible_and_fits_a_phone(browser, base_url, course_of_long_words, role):
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
            seen = [] if is_known(page, kind) else axe(page)
            faults += [f"{role} {kind}: {fault}" for fault in [*seen, *sideways(page), *long_lines(page)]]
    context.close()
    return faults


def is_known(page, kind) -> bool:
    """Whether axe has looked at all that the page is made of, on others of this kind."""
    made_of, known = set(page.evaluate(MADE_OF)), looked_at.setdefault(kind, set())
    if made_of <= known:
        return True
    known |= made_of
    return False


def axe(page):
    for violation in Axe().run(page, FIRST).response["violations"]:
        where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
        yield f"{violation['id']}: {violation['help']} ({where})"


def sideways(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 360:
        yield f"scrolls sideways: {width} px wide"
    for label in page.eval_on_selector_all(".grid-wrap:has(> .table)", TOO_WIDE):
        yield f"the table scrolls sideways instead of showing as cards: {label}"


def long_lines(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    yield from page.evaluate(LINES)
    page.set_viewport_size({"width": 360, "height": 780})
