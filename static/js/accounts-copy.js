// A "Copy" button after every field marked data-copy; without script people select and copy by hand.

function addButton(field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  const name = document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() ?? "";
  const label = (word) => {
    button.textContent = word;
    button.setAttribute("aria-label", `${word} ${name}`);
  };
  label("Copy");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      label("Copied");
    } catch {
      label("Press Ctrl+C to copy"); // the browser refused; the text is selected
    }
  });
  field.addEventListener("focus", () => field.select());
  const line = document.createElement("div"); // keeps the button from stretching in a grid
  line.append(button);
  field.after(line);
}

document.querySelectorAll("[data-copy]").forEach(addButton);
