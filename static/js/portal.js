// Behaviour that every page shares: the account menu closes as menus do, deadlines come nearer, forms
// outlive a new sign-in, and what could not be sent says so.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.account-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Where one is in a row that scrolls sideways is in sight on a phone too. The page itself stays where it is.
const ROWS = ".top nav, .tabs, .strip, .grid-wrap:has(> .grid)";
for (const here of document.querySelectorAll(`:is(${ROWS}) [aria-current]`)) {
  const row = here.closest(ROWS);
  const [inner, outer] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
}

// -- how far off a deadline is, while a page stays open; in the words of the template filter `relative`

function distance(seconds) {
  const size = Math.abs(seconds);
  if (size < 60) return "now";
  const days = Math.round(size / 86400);
  const far =
    size < 3600 ? `${Math.floor(size / 60)} min` : size < 36 * 3600 ? `${Math.floor(size / 3600)} h` : `${days} day${days === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${far}` : `${far} ago`;
}

const openedAt = Date.now();
const isFromHistory = performance.getEntriesByType("navigation")[0]?.type === "back_forward"; // served who knows when

function tellTime() {
  for (const time of document.querySelectorAll("time[data-seconds]")) {
    const seconds = isFromHistory
      ? (new Date(time.dateTime) - Date.now()) / 1000
      : Number(time.dataset.seconds) - (Date.now() - openedAt) / 1000; // by the portal's clock
    const [shown, now] = [time.querySelector("b"), distance(seconds)];
    if (shown.textContent === now) continue;
    shown.textContent = now;
    time.classList.toggle("late", seconds < 0);
    time.classList.toggle("soon", seconds >= 0 && seconds < 86400);
  }
}
setInterval(tellTime, 15_000);

// -- forms outlive a new sign-in: it changes the token, and this page's fields and headers still have the old one

function csrfToken() {
  return document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice("csrftoken=".length);
}

addEventListener("submit", (event) => {
  const field = event.target.elements.namedItem("csrfmiddlewaretoken");
  if (field && csrfToken()) field.value = csrfToken();
}, true);

document.addEventListener("htmx:configRequest", (event) => {
  if (csrfToken()) event.detail.headers["X-CSRFToken"] = csrfToken();
});

for (const each of document.querySelectorAll("[data-with-script]")) each.hidden = false;
for (const each of document.querySelectorAll("[data-without-script]")) each.hidden = true;

// -- what htmx could not send: without a word a press would seem to do nothing

const trouble = document.createElement("div");
trouble.className = "trouble";
trouble.setAttribute("role", "alert");
document.body.append(trouble);

function tell(words, ...links) {
  const line = document.createElement("p");
  line.className = "message error";
  line.append(words, ...links);
  trouble.replaceChildren(line);
}

function whatHappened(answer) {
  if (answer.getResponseHeader("X-Signed-Out")) {
    const href = `/account/login/?${new URLSearchParams({ next: location.pathname + location.search })}`;
    const link = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", textContent: "Sign in in a new tab" });
    return tell("You are signed out, so nothing was changed. What you typed is still here. ", link, ", then press again.");
  }
  if (answer.status >= 500) return tell("The portal has a fault. What you typed is still here; try again in a moment.");
  if (answer.status === 429) return tell("That was too often in a short time. What you typed is still here; try again in a minute.");
  tell("That was refused: what this page shows has changed meanwhile. Copy what you typed, then reload the page.");
}

// Only of what somebody pressed: a page that asks for progress every other second says it by standing still.
function onPressed(name, act) {
  document.addEventListener(name, (event) => event.detail.requestConfig.triggeringEvent && act(event.detail));
}

const noConnection = () => tell("No connection, so nothing was sent. What you typed is still here; press again once you are online.");
onPressed("htmx:sendError", noConnection);
onPressed("htmx:timeout", noConnection);
onPressed("htmx:responseError", (detail) => whatHappened(detail.xhr));
onPressed("htmx:beforeRequest", () => trouble.replaceChildren());
addEventListener("online", () => trouble.replaceChildren());
