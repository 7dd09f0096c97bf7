// Below the Markdown texts of a form with `data-preview`: how the text will look, following the typing.
//
// Without this script, and without a connection, the fields work as plain ones do. `data-markdown` marks the texts;
// a form that marks none has only such. `data-markdown="open"` shows the preview from the start.

const QUIET = 500; // ms without typing before the preview is asked for

function ask(form, text, signal) {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  const token = cookie ? cookie.slice("csrftoken=".length) : form.elements.namedItem("csrfmiddlewaretoken").value;
  return fetch(form.dataset.preview, {
    method: "POST",
    body: new URLSearchParams({ text }),
    headers: { "X-CSRFToken": token },
    redirect: "manual",
    signal,
  });
}

function addPreview(form, area) {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  const shown = document.createElement("div");
  const label = form.querySelector(`label[for="${area.id}"]`).firstChild.textContent.trim();
  box.className = "preview";
  summary.textContent = "Preview";
  summary.setAttribute("aria-label", `Preview of ${label}`);
  shown.className = "prose";
  shown.dir = "auto";
  box.append(summary, shown);
  area.after(box);

  let timer = null;
  let asked = null; // the text that is shown or on its way
  let asking = null;
  async function update() {
    if (!box.open || area.value === asked) return;
    asking?.abort();
    asking = new AbortController();
    const text = (asked = area.value);
    try {
      const response = await ask(form, text, asking.signal);
      if (!response.ok) throw new Error(response.status);
      shown.innerHTML = (await response.text()) || "<p class='muted'>Nothing written yet.</p>"; // sanitised by the portal
      delete shown.dataset.stale;
    } catch (error) {
      if (error.name === "AbortError") return;
      asked = null;
      shown.dataset.stale = "";
      if (!shown.firstChild) shown.textContent = "The preview needs a connection.";
    }
  }
  box.addEventListener("toggle", update);
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, QUIET);
  });
  box.open = area.dataset.markdown === "open";
}

for (const form of document.querySelectorAll("form[data-preview]")) {
  const marked = form.querySelectorAll("textarea[data-markdown]");
  for (const area of marked.length ? marked : form.querySelectorAll("textarea")) addPreview(form, area);
}
