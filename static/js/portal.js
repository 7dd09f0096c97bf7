// Behaviour that every page shares: the account menu closes as menus do.

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
