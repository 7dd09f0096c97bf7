// Putting the things of a list into order by dragging (dragging.js). The list names the form that takes the new order:
// `data-order="id"`; its `order` is filled with the things' `data-key`, commas between, `moved` with the key of the one moved.
// A list that names none is told: `reordered {key}`.
(() => {
  let before = null; // the things as they stood

  const listOf = (item) => item.closest("[data-order]");
  const thingsOf = (list) => [...list.querySelectorAll(":scope > [data-drags]")];

  document.addEventListener("drag-start", (event) => {
    const list = listOf(event.target);
    before = list && thingsOf(list);
  });
  document.addEventListener("drag-over", (event) => {
    if (!before) return;
    const item = event.target;
    const below = thingsOf(listOf(item)).find((other) => other !== item && event.detail.y < middleOf(other)) ?? null;
    if (item.nextElementSibling !== below) listOf(item).insertBefore(item, below);
  });
  document.addEventListener("drag-end", (event) => {
    if (!before) return;
    const [list, was] = [listOf(event.target), before];
    before = null;
    if (!event.detail.dropped) return list.append(...was);
    const keys = thingsOf(list).map((thing) => thing.dataset.key);
    if (keys.every((key, place) => key === was[place].dataset.key)) return;
    if (!list.dataset.order) return list.dispatchEvent(new CustomEvent("reordered", { detail: { key: event.target.dataset.key } }));
    const form = document.getElementById(list.dataset.order);
    form.elements.order.value = keys.join(",");
    form.elements.moved.value = event.target.dataset.key;
    form.requestSubmit();
  });

  function middleOf(thing) {
    const box = thing.getBoundingClientRect();
    return box.top + box.height / 2;
  }
})();
