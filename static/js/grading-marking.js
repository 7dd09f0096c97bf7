// Marking without the mouse. Enter in the points field saves by itself: it is an ordinary form.
const form = document.getElementById("mark-form");
const points = form?.elements.points;
const comment = form?.elements.comment;
const typed = () => `${points.value}\n${comment.value}`;

function follow(rel) {
  document.querySelector(`a[rel="${rel}"]`)?.click();
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    points.focus();
    points.select();
    return;
  }
  const inText = event.target.matches("textarea, select, input:not([type=number])");
  if (inText) return;
  const inPoints = event.target === points;
  const acts = { j: () => follow("next"), k: () => follow("prev"), c: () => comment.focus() };
  // In the field the arrows move the cursor, so they turn pages only outside it.
  if (!inPoints) Object.assign(acts, { ArrowRight: acts.j, ArrowLeft: acts.k });
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
}

if (form) {
  const before = typed();
  let isSaving = false;
  points.select();
  document.addEventListener("keydown", onKey);
  form.addEventListener("submit", () => { isSaving = true; });
  // The browser asks before it leaves a mark that was typed and not saved.
  window.addEventListener("beforeunload", (event) => {
    if (!isSaving && typed() !== before) event.preventDefault();
  });
}
