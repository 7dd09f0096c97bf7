// Dragging by mouse, pen or finger, for every page that has something to drag. It only says what happens, as events on
// the thing that is dragged: drag-start, drag-over {x, y}, drag-end {x, y, dropped}. What a drag does, buttons do as well.
//
// `data-drags` marks the thing. It is taken by its `data-grip`; with a mouse anywhere where it says data-drags="whole".
(() => {
  const SLACK = 6; // px that a pressed pointer may tremble
  const EDGE = 56; // px from the window's top and bottom where the page scrolls
  const STEP = 10; // px a frame
  const CONTROLS = "a, button, input, select, textarea, label, summary";
  const root = document.documentElement;
  let pressed = null; // { item, pointer, x, y, isDragging }

  function taken(event) {
    const grip = event.target.closest?.("[data-grip]");
    if (grip) return grip.closest("[data-drags]");
    if (event.pointerType !== "mouse" || event.target.closest?.(CONTROLS)) return null;
    return event.target.closest?.('[data-drags="whole"]');
  }

  function tell(name, detail = {}) {
    pressed.item.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { x: pressed.x, y: pressed.y, ...detail } }));
  }

  function start() {
    pressed.isDragging = true;
    root.classList.add("is-dragging");
    pressed.item.classList.add("dragged");
    // Held by the page, not by the thing: that may be moved about meanwhile, and would let go of the pointer.
    root.setPointerCapture(pressed.pointer);
    getSelection().removeAllRanges();
    tell("drag-start");
    requestAnimationFrame(scroll);
  }

  function scroll() {
    if (!pressed?.isDragging) return;
    const by = pressed.y < EDGE ? -STEP : pressed.y > innerHeight - EDGE ? STEP : 0;
    if (by) {
      scrollBy(0, by);
      tell("drag-over");
    }
    requestAnimationFrame(scroll);
  }

  function end(dropped) {
    if (!pressed) return;
    if (pressed.isDragging) {
      root.classList.remove("is-dragging");
      pressed.item.classList.remove("dragged");
      tell("drag-end", { dropped });
      // The press that ends a drag is no click on what lies below.
      const stop = (event) => event.stopPropagation() || event.preventDefault();
      addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", stop, { capture: true }));
    }
    pressed = null;
  }

  document.addEventListener("pointerdown", (event) => {
    if (pressed || !event.isPrimary || event.button !== 0) return;
    const item = taken(event);
    if (item) pressed = { item, pointer: event.pointerId, x: event.clientX, y: event.clientY, isDragging: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pressed?.pointer) return;
    if (!pressed.isDragging && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLACK) return;
    [pressed.x, pressed.y] = [event.clientX, event.clientY];
    if (!pressed.isDragging) start();
    tell("drag-over");
  });
  document.addEventListener("pointerup", (event) => event.pointerId === pressed?.pointer && end(true));
  document.addEventListener("pointercancel", (event) => event.pointerId === pressed?.pointer && end(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
  document.addEventListener("dragstart", (event) => pressed && event.preventDefault()); // the browser's own dragging of links
})();
