// Fields of a review form that are asked only for some answers of another field: shown and hidden while typing.
//
// Without this script they are all there, each with a line that says when it is asked; submitting applies the same rule.
// What was typed into a hidden field stays in it and in the draft.

function given(form, name) {
  const fields = [...form.elements].filter((field) => field.name === name);
  if (fields.length === 1 && fields[0].type === "checkbox" && fields[0].closest("fieldset") === null) return [fields[0].checked];
  return fields.filter((field) => field.checked).map((field) => field.value);
}

function update(form) {
  const waiting = [...form.querySelectorAll("[data-shown-when]")];
  // As often as a chain of conditions is long at most: a field that waits for a hidden one is hidden too.
  for (let round = 0; round <= waiting.length; round += 1) {
    let changed = false;
    for (const box of waiting) {
      const source = [...form.elements].find((field) => field.name === box.dataset.shownWhen);
      const isAsked = source && !source.closest("[data-shown-when][hidden]");
      const wanted = JSON.parse(box.dataset.shownWhenIs);
      const hide = !(isAsked && given(form, box.dataset.shownWhen).some((value) => wanted.includes(value)));
      changed = changed || box.hidden !== hide;
      box.hidden = hide;
    }
    if (!changed) return;
  }
}

function start(root) {
  for (const form of root.querySelectorAll("form")) if (form.querySelector("[data-shown-when]")) update(form);
}

start(document);
document.addEventListener("input", (event) => event.target.form && update(event.target.form));
document.addEventListener("htmx:afterSwap", () => start(document));
