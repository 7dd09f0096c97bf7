// Marking without the mouse. Enter in the points field saves by itself: it is an ordinary form.
// The next piece of work is fetched while this one is read, so that "Next" is at once. A page that was fetched early may show a
// mark that has changed since; its revision is old then, and the server refuses to save over what nobody here has seen.
let form, before, groups, current, isSaving, awaitsSnippet;
const ahead = new Map(); // address -> promise of a page's text

const points = () => form.elements.points;
const comment = () => form.elements.comment;
const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
const isDirty = () => form && !isSaving && typed() !== before;

function setUp() {
  form = document.getElementById("mark-form");
  if (!form) return;
  groups = [...form.querySelectorAll("[data-levels]")];
  isSaving = false;
  awaitsSnippet = false;
  form.addEventListener("submit", () => { isSaving = true; });
  form.addEventListener("change", onChange);
  before = typed();
  // When all is marked, whoever types on without looking up must not type over the last mark.
  if (!("done" in form.dataset)) toMark();
  document.querySelectorAll('a[rel="next"]').forEach((link) => fetchAhead(link.href));
}

// Without scrolling: where the form stands below the work, on a phone or zoomed in, the work is read first.
function toMark() {
  if (!groups.length) {
    points().focus({ preventScroll: true });
    points().select();
    return;
  }
  current = groups.findIndex((group) => !group.querySelector(":checked"));
  current = Math.max(0, current);
  (groups[current].querySelector(":checked") ?? groups[current].querySelector("input")).focus({ preventScroll: true });
}

function onChange(event) {
  if (event.target.name === "snippets" && event.target.checked) insert(event.target);
}

// A ticked entry of the bank goes into the comment at the cursor; without script the server puts it at the end.
function insert(box) {
  box.checked = false;
  const text = bank.get(box.value);
  const field = comment();
  const gap = field.value && !field.value.endsWith("\n") && field.selectionStart === field.value.length ? "\n\n" : "";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
}

const bank = {
  get(pk) { return document.querySelector(`[data-snippet="${pk}"]`)?.content.textContent ?? ""; },
};

function choose(number) {
  if (awaitsSnippet) {
    awaitsSnippet = false;
    const box = form.querySelectorAll("[name=snippets]")[number - 1];
    if (box) { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); }
    return;
  }
  const focused = groups.findIndex((group) => group.contains(document.activeElement));
  if (focused >= 0) current = focused;
  const radio = groups[current]?.querySelectorAll("input[type=radio]")[number - 1];
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true })); // the sum is told by grading-levels.js
  current = Math.min(current + 1, groups.length - 1);
  (groups[current].querySelector(":checked") ?? groups[current].querySelector("input")).focus();
}

function openBank() {
  const details = document.getElementById("bank");
  if (!details) return;
  details.open = true;
  awaitsSnippet = true;
  details.querySelector("summary").focus();
}

function onKey(event) {
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    awaitsSnippet = false;
    toMark();
    return;
  }
  const inText = event.target.matches("textarea, select, input:not([type=number], [type=radio], [type=checkbox])");
  if (inText) return;
  if (event.key === "Enter" && event.target.matches("input[type=radio]")) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const inPoints = event.target.matches("input[type=number]");
  if (!inPoints && /^[1-9]$/.test(event.key) && (groups.length || awaitsSnippet)) {
    event.preventDefault();
    choose(Number(event.key));
    return;
  }
  const acts = { j: () => follow("next"), k: () => follow("prev"), c: () => comment().focus(), b: openBank };
  // In the field the arrows move the cursor, and among levels they choose, so they turn pages only outside both.
  if (!inPoints && !event.target.matches("input[type=radio]")) Object.assign(acts, { ArrowRight: acts.j, ArrowLeft: acts.k });
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
}

// Turning pages

function fetchAhead(address) {
  if (ahead.has(address)) return;
  const page = fetch(address, { credentials: "same-origin", redirect: "error" }).then((answer) => (answer.ok ? answer.text() : null));
  ahead.set(address, page.catch(() => null));
}

function follow(rel) {
  document.querySelector(`a[rel="${rel}"]`)?.click();
}

async function onClick(event) {
  const link = event.target.closest?.('a[rel="next"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (isDirty() || !ahead.has(link.href)) return; // the browser asks, or loads the page as usual
  event.preventDefault();
  const address = link.href;
  const text = await ahead.get(address);
  ahead.clear(); // what was fetched is shown once
  const page = text && new DOMParser().parseFromString(text, "text/html");
  if (!page?.getElementById("main")) {
    location.assign(address);
    return;
  }
  document.getElementById("main").replaceWith(document.adoptNode(page.getElementById("main")));
  document.title = page.title;
  history.pushState({}, "", address);
  window.scrollTo(0, 0);
  setUp();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
window.addEventListener("popstate", () => location.reload());
// The browser asks before it leaves a mark that was typed and not saved.
window.addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});
setUp();
