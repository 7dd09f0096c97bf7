// Dragging a student, from the list or from another place, onto an open place. Select and button do the same without it.
(() => {
  const form = document.getElementById("drop");
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-student]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.student);
  });
  document.addEventListener("dragover", (event) => {
    const role = event.target.closest?.("[data-role]");
    document.querySelectorAll("[data-role].over").forEach((one) => one !== role && one.classList.remove("over"));
    if (dragged && role) {
      event.preventDefault();
      role.classList.add("over");
    }
  });
  document.addEventListener("dragend", () => document.querySelectorAll(".over").forEach((one) => one.classList.remove("over")));
  document.addEventListener("drop", (event) => {
    const role = event.target.closest?.("[data-role]");
    if (!dragged || !role) return;
    event.preventDefault();
    form.elements.role.value = role.dataset.role;
    form.elements.student.value = dragged.dataset.student;
    form.elements.instead.value = dragged.dataset.place ?? "";
    form.submit();
  });
})();
