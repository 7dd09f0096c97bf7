// The points of a rubric added up while levels are chosen, for every form that has one.

function addUp(form) {
  const total = form?.querySelector("[data-total]");
  const chosen = form ? [...form.querySelectorAll("[data-levels] input[type=radio]:checked")] : [];
  if (total && chosen.length) total.textContent = chosen.reduce((sum, radio) => sum + Number(radio.value), 0);
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-levels]")) addUp(event.target.form);
});
// What was typed and could not be saved stands in the form again.
document.querySelectorAll("form:has([data-total])").forEach(addUp);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll("form:has([data-total])").forEach(addUp));
