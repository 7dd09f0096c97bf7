// Dragging a student (dragging.js), from the list or from another place, onto an open place. Select and button do the same.
(() => {
  let name = null; // what is seen of the student at the pointer

  const placeAt = ({ x, y }) => document.elementFromPoint(x, y)?.closest("[data-role]") ?? null;

  function mark(place) {
    for (const each of document.querySelectorAll("[data-role].over")) if (each !== place) each.classList.remove("over");
    place?.classList.add("over");
  }

  document.addEventListener("drag-start", (event) => {
    name = document.createElement("div");
    name.className = "drag-name";
    name.textContent = event.target.dataset.name;
    document.body.append(name);
  });
  document.addEventListener("drag-over", (event) => {
    name.style.translate = `${event.detail.x + 12}px ${event.detail.y + 12}px`;
    mark(placeAt(event.detail));
  });
  document.addEventListener("drag-end", (event) => {
    const place = event.detail.dropped ? placeAt(event.detail) : null;
    name.remove();
    mark(null);
    if (!place) return;
    const form = document.getElementById("drop");
    form.elements.role.value = place.dataset.role;
    form.elements.student.value = event.target.dataset.student;
    form.elements.instead.value = event.target.dataset.place ?? "";
    form.submit();
  });
})();
