// The mark sheet as a spreadsheet: keys move and save, a block can be pasted, what was saved can be undone.
// Without it the sheet is a form with one Save. Every save names the revision it replaces; another's mark is never overwritten unseen.
const sheet = document.getElementById("sheet");
const said = document.getElementById("sheet-said");
const preview = document.getElementById("paste-preview");
const undoForm = document.getElementById("undo-form");
const undoable = []; // of each act: [{work, revision}]
const stale = new Set(); // students whose rows are to be read anew
let refreshing;

const fields = () => [...sheet.querySelectorAll("input[data-work]")];
const sameWork = (work) => fields().filter((field) => field.dataset.work === work);
const studentOf = (field) => field.closest("tr").dataset.student;
const isDirty = (field) => field.value.trim() !== field.dataset.saved;
const place = (field) => field.closest("td").querySelector("[data-said]");

function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : sheet.elements.namedItem("csrfmiddlewaretoken").value;
}

async function post(address, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  return { status: response.status, answer: await response.json().catch(() => ({})) };
}

function tell(field, words, { isBad = false } = {}) {
  place(field).textContent = words;
  field.toggleAttribute("aria-invalid", isBad);
  if (isBad) field.setAttribute("aria-invalid", "true");
  said.textContent = `${field.getAttribute("aria-label")}: ${words}`;
}

const SIGNED_OUT = "you are signed out. Sign in in another tab, then try again.";

// What concerns no single cell: above the table, for everybody to see.
function trouble(words) {
  const line = Object.assign(document.createElement("p"), { className: "message error", textContent: words });
  said.textContent = words;
  preview.replaceChildren(line);
  line.scrollIntoView({ block: "nearest" });
}

// Saving one cell

async function save(field) {
  if (!isDirty(field) || field.dataset.saving) return;
  const entry = { student: Number(studentOf(field)) || null, work: field.dataset.work, value: field.value.trim(), revision: Number(field.dataset.revision) };
  field.dataset.saving = "1";
  tell(field, "… saving");
  let result;
  try {
    result = await post(sheet.dataset.save, { marks: [entry] });
  } catch {
    tell(field, "✕ not saved: no connection. Enter tries again.", { isBad: true });
    return;
  } finally {
    delete field.dataset.saving;
  }
  if (result.status === 200) return taken(field, entry, result.answer.marks[0]);
  if (result.status === 401) return signedOut(field);
  const error = Array.isArray(result.answer.errors) ? result.answer.errors[0] : null;
  if (error?.code === "stale_version") return clash(field, entry, error.current);
  tell(field, `✕ not saved: ${error?.message ?? result.answer.detail ?? "sign in again, then enter it once more."}`, { isBad: true });
}

function signedOut(field) {
  tell(field, "✕ not saved: you are signed out. ", { isBad: true });
  const signIn = { href: "/account/login/", target: "_blank", rel: "noopener", textContent: "Sign in in a new tab" };
  place(field).append(Object.assign(document.createElement("a"), signIn), ", then press Enter here again.");
}

function taken(field, entry, mark) {
  for (const other of sameWork(entry.work)) stand(other, mark, other === field ? entry.value : null);
  tell(field, mark.changed ? "✓ saved" : "✓ stands already");
  if (mark.changed) done([{ work: mark.work, revision: mark.revision }]);
  for (const other of sameWork(entry.work)) stale.add(studentOf(other));
  refreshSoon();
  if (isDirty(field)) save(field); // typed on meanwhile
}

// `sent`: what this field said when it was sent; what somebody types meanwhile stays.
function stand(field, mark, sent) {
  const isUntouched = sent === null ? !isDirty(field) : field.value.trim() === sent;
  field.dataset.saved = mark.value;
  field.dataset.revision = mark.revision;
  if (isUntouched) field.value = mark.value;
  mend(field);
}

function mend(field) {
  field.classList.toggle("dirty", isDirty(field));
  field.removeAttribute("aria-invalid");
}

// Two people in one cell: both values, and a choice

function clash(field, entry, current) {
  const box = document.createElement("span");
  box.className = "clash";
  const who = current.marked_by ?? "Somebody";
  const theirs = current.value || "no mark";
  box.append(`✕ not saved. ${who} has entered ${theirs} meanwhile; you entered ${entry.value || "no mark"}.`);
  box.append(choice(`Keep ${theirs}`, () => {
    for (const other of sameWork(entry.work)) stand(other, current, other === field ? field.value.trim() : null);
    tell(field, `✓ ${theirs} stands`);
    stale.add(studentOf(field));
    refreshSoon();
  }, field));
  box.append(choice(`Set ${entry.value || "no mark"}`, () => {
    field.dataset.revision = current.revision;
    field.value = entry.value;
    field.dataset.saved = current.value;
    save(field);
  }, field));
  tell(field, "", { isBad: true });
  place(field).replaceChildren(box);
  said.textContent = `${field.getAttribute("aria-label")}: ${box.firstChild.textContent}`;
}

function choice(words, act, field) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words;
  button.addEventListener("click", () => { field.focus(); act(); });
  return button;
}

// Rows read anew: results, states, and what others entered

function refreshSoon() {
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, 300);
}

async function refresh() {
  const query = new URLSearchParams([...stale].map((student) => ["student", student]));
  query.append("rows", "100");
  stale.clear();
  let answer;
  try {
    const response = await fetch(`${sheet.dataset.rows}?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    answer = await response.json();
  } catch {
    return; // it is only what stands beside the marks
  }
  for (const row of answer.rows) showRow(row);
  for (const work of answer.without_names) showBlind(work);
}

// Work without a name: no student's row, and no result beside it.
function showBlind(work) {
  const field = sheet.querySelector(`tr[data-blind] input[data-work="${work.work}"]`);
  if (!field) return;
  if (!isDirty(field) && !field.dataset.saving) stand(field, work, null);
  showSigns(field.closest("td").querySelector("[data-signs]"), work.signs);
}

function showRow(row) {
  const line = sheet.querySelector(`tr[data-student="${row.student}"]`);
  if (!line) return;
  for (const cell of row.cells) {
    const field = cell.work && line.querySelector(`input[data-work="${cell.work}"]`);
    if (!field) continue;
    if (!isDirty(field) && !field.dataset.saving) stand(field, cell, null);
    showSigns(field.closest("td").querySelector("[data-signs]"), cell.signs);
  }
  const result = line.querySelector("[data-result]");
  if (!result || row.out_of === null) return;
  const of = document.createElement("small");
  of.textContent = `of ${row.out_of}`;
  result.replaceChildren(`${row.earned ?? "–"} `, of);
}

function showSigns(box, signs) {
  const made = signs.map((sign) => {
    const one = document.createElement("span");
    one.className = "sign";
    one.title = sign;
    one.textContent = sign === "not released" ? "○" : sign;
    if (sign === "not released") {
      const words = document.createElement("span");
      words.className = "hidden";
      words.textContent = sign;
      one.append(words);
    }
    return one;
  });
  box.replaceChildren(...made);
}

// Undo

function done(steps) {
  undoable.push(steps);
  undoForm.hidden = false;
}

async function undo() {
  const steps = undoable.pop();
  if (!steps) return undoForm.elements.steps.value ? undoForm.requestSubmit() : undefined;
  let result;
  try {
    result = await post(sheet.dataset.undo, { marks: steps });
  } catch {
    undoable.push(steps);
    return trouble("Not undone: no connection.");
  }
  if (result.status === 401) {
    undoable.push(steps);
    return trouble(`Not undone: ${SIGNED_OUT}`);
  }
  const { back = [], kept = [] } = result.answer;
  const works = new Map(back.map((mark) => [mark.work, mark]));
  for (const field of fields().filter((one) => works.has(one.dataset.work))) {
    field.value = field.dataset.saved; // so that the row's answer may change it
    stale.add(studentOf(field));
    tell(field, "↶ put back");
    mend(field);
  }
  for (const one of kept) {
    const field = sameWork(one.work)[0];
    if (field) {
      stale.add(studentOf(field));
      tell(field, `✕ not put back: ${one.why}`);
    }
  }
  if (!back.length && !kept.length) trouble(result.answer.detail ?? "Nothing was undone.");
  undoForm.hidden = !undoable.length && !undoForm.elements.steps.value;
  await refresh();
}

// Moving

function cellAt(row, column) {
  return row?.cells[column]?.querySelector("input[data-work]");
}

function go(field, down, right) {
  const cell = field.closest("td");
  let row = cell.parentElement;
  let column = cell.cellIndex;
  for (;;) {
    row = down > 0 ? row.nextElementSibling : down < 0 ? row.previousElementSibling : row;
    column += right;
    if (!row || column < 1 || column >= row.cells.length) return;
    const next = cellAt(row, column);
    if (next) {
      next.focus();
      next.closest("td").scrollIntoView({ block: "nearest", inline: "nearest" });
      return;
    }
  }
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onKey(event) {
  const field = event.target.closest("input[data-work]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !(field && isDirty(field))) {
    event.preventDefault();
    undo();
    return;
  }
  if (!field || !isPlain || event.isComposing) return;
  if (event.key === "Enter") {
    event.preventDefault();
    save(field);
    go(field, event.shiftKey ? -1 : 1, 0);
  } else if (event.key === "Escape") {
    event.preventDefault();
    field.value = field.dataset.saved;
    mend(field);
    field.select();
    place(field).textContent = "";
  } else if (event.key === "F2") {
    event.preventDefault();
    field.setSelectionRange(field.value.length, field.value.length);
  } else if (MOVES[event.key] && !event.shiftKey) {
    const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (isSideways && isInside(field)) return; // the cursor moves within what is typed
    event.preventDefault();
    go(field, ...MOVES[event.key]);
  }
}

// Sideways arrows leave a cell that is marked as a whole and was not typed into.
function isInside(field) {
  return isDirty(field) || !(field.selectionStart === 0 && field.selectionEnd === field.value.length);
}

// Pasting a block

async function onPaste(event) {
  const field = event.target.closest("input[data-work]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return; // one cell: as in any field
  event.preventDefault();
  if (field.closest("[data-blind]")) {
    tell(field, "✕ A block is for students' rows; work without a name takes one mark at a time.");
    return;
  }
  const rows = [...sheet.querySelectorAll("tr[data-student]:not([data-blind])")];
  const from = rows.indexOf(field.closest("tr"));
  const columns = (field.closest("form").dataset.columns ?? "").split(" ");
  const body = new URLSearchParams(new FormData(undoForm));
  body.delete("steps");
  body.set("text", text);
  body.set("students", rows.slice(from).map((row) => row.dataset.student).join(","));
  body.set("columns", columns.slice(field.closest("td").cellIndex - 1).join(","));
  said.textContent = "Reading the block…";
  try {
    const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
    const response = await fetch(sheet.dataset.paste, { method: "POST", headers, body, redirect: "error" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const section = page.getElementById("paste-shown");
    if (response.headers.has("X-Signed-Out")) return trouble(`Not pasted: ${SIGNED_OUT}`);
    if (!section) throw new Error(response.status);
    preview.replaceChildren(document.adoptNode(section));
    section.focus();
    section.scrollIntoView({ block: "nearest" });
    said.textContent = "";
  } catch {
    trouble("The block could not be read: no connection. Nothing was changed.");
  }
  preview.dataset.back = `[data-work="${field.dataset.work}"]`;
}

function onPreviewClick(event) {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  preview.replaceChildren();
  sheet.querySelector(preview.dataset.back)?.focus();
}

if (sheet) {
  document.querySelector("[data-sheet-keys]").hidden = false;
  sheet.querySelector("[data-save-all]").parentElement.hidden = true; // every cell saves itself
  document.addEventListener("keydown", onKey);
  sheet.addEventListener("submit", (event) => event.preventDefault());
  sheet.addEventListener("focusin", (event) => event.target.matches("input[data-work]") && event.target.select());
  sheet.addEventListener("input", (event) => event.target.matches("input[data-work]") && mend(event.target));
  sheet.addEventListener("focusout", (event) => event.target.matches("input[data-work]") && !event.target.hasAttribute("aria-invalid") && save(event.target));
  sheet.addEventListener("paste", onPaste);
  undoForm.addEventListener("submit", (event) => {
    if (!undoable.length) return; // what was saved before this page was loaded: an ordinary form
    event.preventDefault();
    undo();
  });
  preview.addEventListener("click", onPreviewClick);
  window.addEventListener("beforeunload", (event) => {
    if (fields().some((field) => isDirty(field))) event.preventDefault();
  });
  fields().forEach((field) => field.classList.toggle("dirty", isDirty(field)));
}
