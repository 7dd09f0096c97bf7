// Beside the text fields of the review editor: clean pasting of formatted text. The preview is markdown-preview.js.
//
// Without this script, and without a connection, the fields work as plain ones do.

const form = document.getElementById("review-editor");
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
  area.addEventListener("paste", paste);
}
