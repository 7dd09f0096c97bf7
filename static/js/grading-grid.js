// Arrow keys move through a grid's cells; without script it scrolls like any table.
const grid = document.querySelector("[data-grid]");
const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function select(cell) {
  grid.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
  cell.setAttribute("aria-selected", "true");
  cell.tabIndex = -1;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

if (grid) {
  grid.setAttribute("role", "grid"); // only with script can cells be selected
  const rows = [...grid.tBodies[0].rows];
  grid.parentElement.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const current = event.target.closest("td, th");
    if (event.key === "Enter" && current) current.parentElement.querySelector("a")?.click();
    if (!step || !rows.length) return;
    event.preventDefault();
    if (!current) return select(rows[0].cells[1] ?? rows[0].cells[0]);
    const row = rows[rows.indexOf(current.parentElement) + step[0]];
    const cell = row?.cells[current.cellIndex + step[1]];
    if (cell) select(cell);
  });
}
