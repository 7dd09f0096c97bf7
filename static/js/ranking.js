// What a student ranked, as one list in order beside the selects that hold it: dragged (ordering.js), moved or taken off by
// buttons. A rank chosen in a select pushes the others down. Nothing leaves the page before the form is saved.
(() => {
  const section = document.getElementById("ranking");
  const selects = [...document.querySelectorAll("select[data-ranks]")];
  if (!section || !selects.length) return;
  const list = section.querySelector("ol");
  const line = section.querySelector("template").content;
  const most = Math.max(...[...selects[0].options].map((option) => +option.value || 0));
  let order = selects.filter((select) => +select.value).sort((one, other) => one.value - other.value);

  function show() {
    order = order.slice(0, most);
    for (const select of selects) if (+select.value && !order.includes(select)) select.value = "";
    order.forEach((select, place) => (select.value = place + 1));
    list.replaceChildren(...order.map(item));
    section.querySelector("[data-none]").hidden = order.length > 0;
  }

  function item(select, place) {
    const made = line.cloneNode(true).firstElementChild;
    const title = select.dataset.ranks;
    made.dataset.key = select.name;
    made.querySelector("[data-title]").textContent = title;
    for (const button of made.querySelectorAll("button")) button.setAttribute("aria-label", button.dataset.says.replace("{}", title));
    made.querySelector('[data-move="-1"]').disabled = place === 0;
    made.querySelector('[data-move="1"]').disabled = place === order.length - 1;
    return made;
  }

  function changed(select) {
    show();
    document.querySelector("[data-unsaved]").hidden = false;
    const rank = +select.value ? `choice ${select.value}` : "no choice";
    section.querySelector("[role=status]").textContent = `${select.dataset.ranks}: ${rank}`;
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const name = button.closest("li").dataset.key;
    const place = order.findIndex((select) => select.name === name);
    const [select] = order.splice(place, 1);
    if (button.dataset.move) order.splice(place + +button.dataset.move, 0, select);
    changed(select);
    // The keyboard stays where it was: on the same button of what was moved, or on what took its place.
    const next = list.querySelector(`[data-key="${name}"]`) ?? list.children[Math.min(place, order.length - 1)];
    const same = next?.querySelector(button.dataset.move ? `[data-move="${button.dataset.move}"]` : "[data-drop]");
    (same?.disabled ? next.querySelector("[data-move]:enabled") : same ?? selects[0]).focus();
  });

  list.addEventListener("reordered", (event) => {
    const names = [...list.children].map((each) => each.dataset.key);
    order.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
    changed(order[names.indexOf(event.detail.key)]);
  });

  document.addEventListener("change", (event) => {
    if (!selects.includes(event.target)) return;
    order = order.filter((select) => select !== event.target);
    if (+event.target.value) order.splice(event.target.value - 1, 0, event.target);
    changed(event.target);
  });

  section.hidden = false;
  show();
})();
