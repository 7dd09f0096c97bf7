// Beside the text fields of the review editor: a preview that follows the typing, and clean pasting of formatted text.
//
// Without this script, and without a connection, the fields work as plain ones do.

const form = document.getElementById("review-editor");
const QUIET = 500; // ms without typing before the preview is asked for
const PATIENCE = 3000; // ms that a paste waits for the portal before it goes in as plain text

function post(address, data, signal) {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  const token = cookie ? cookie.slice("csrftoken=".length) : form.elements.namedItem("csrfmiddlewaretoken").value;
  return fetch(address, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { "X-CSRFToken": token },
    redirect: "manual",
    signal,
  });
}

// -- preview

function addPreview(area) {
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
      const response = await post(form.dataset.preview, { text }, asking.signal);
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
}

// -- pasting

const STRUCTURE = /<(b|strong|i|em|ul|ol|li|h[1-6]|a|pre|code|blockquote|table)[\s>]/i;

function insert(area, text) {
  area.focus();
  // Deprecated, and the only way that leaves the paste in the field's undo history.
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function paste(event) {
  const html = event.clipboardData?.getData("text/html") ?? "";
  const plain = event.clipboardData?.getData("text/plain") ?? "";
  if (!STRUCTURE.test(html)) return; // the browser pastes plain text well
  event.preventDefault();
  const area = event.target;
  let text = plain;
  try {
    const response = await post(form.dataset.paste, { html }, AbortSignal.timeout(PATIENCE));
    if (response.ok) text = await response.text();
  } catch {
    // as plain text, then
  }
  insert(area, text);
}

for (const area of form.querySelectorAll("textarea")) {
  addPreview(area);
  area.addEventListener("paste", paste);
}
