// The review editor: saves the draft while it is being typed and always says truly whether it is saved.
//
// Without this script the form works by plain posts. The script never touches what is in the fields unless
// the writer asks for it, and unsaved text is also kept in this browser until the portal has it.

const QUIET = 1500; // ms without typing before a save
const RETRY_FIRST = 2000;
const RETRY_MOST = 60000;
const KEEPALIVE_MOST = 60000; // bytes a browser lets a closing page send

const form = document.getElementById("review-editor");
const revision = form.elements.namedItem("revision");
const statusLine = form.querySelector("[data-status]");
const sinceLine = form.querySelector("[data-since]");
const stateLine = form.querySelector("[data-state]");
const conflictBox = form.querySelector("[data-conflict]");

// As the page came, not as the fields now are: somebody may have typed before this script was there.
let saved = form.dataset.saved === "yes" ? answers({ asServed: true }) : null; // what the portal has, as far as this page knows
let base = saved; // what the text was typed on, for merging; null when this page does not know
let savedAt = null;
let saving = null; // the save under way
let timer = null;
let wait = RETRY_FIRST;
let conflict = form.querySelector("[data-conflict-revision]") !== null;
let leaving = false;

// The reviewer's name is shown or not: chosen in the form, but no answer, and so not in what a merge gives back.
function isAnswer(field) {
  return field.name.startsWith("answer-") || field.name === "shows_name";
}

function answers({ asServed = false } = {}) {
  const data = new URLSearchParams();
  for (const field of form.elements) {
    if (!isAnswer(field)) continue;
    if (field.type !== "radio" && field.type !== "checkbox") data.append(field.name, asServed ? field.defaultValue : field.value);
    else if (asServed ? field.defaultChecked : field.checked) data.append(field.name, field.value);
  }
  return data.toString();
}

const isDirty = () => answers() !== saved;

function say(text) {
  if (statusLine.textContent !== text) statusLine.textContent = text;
}

function tick() {
  const seconds = savedAt === null || isDirty() ? null : Math.round((Date.now() - savedAt) / 1000);
  sinceLine.textContent =
    seconds === null ? "" : seconds < 60 ? `${seconds} s ago` : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}

// -- the copy in this browser

const backup = {
  keep() {
    try {
      localStorage.setItem(form.dataset.backup, JSON.stringify({ revision: revision.value, answers: answers(), base, at: Date.now() }));
      return true;
    } catch {
      return false; // storage is full or switched off; the status line then does not promise a copy
    }
  },
  drop() {
    try {
      localStorage.removeItem(form.dataset.backup);
    } catch {
      // nothing was kept either
    }
  },
  read() {
    try {
      return JSON.parse(localStorage.getItem(form.dataset.backup));
    } catch {
      return null;
    }
  },
};

function sayNotSaved(why) {
  const kept = backup.keep() ? "your text is kept in this browser" : "keep this page open, the text is only here";
  say(`Not saved: ${why}; ${kept}.`);
}

// -- saving

function csrfToken() {
  // The cookie first: signing in again in another tab changes it, and this page's field is then old.
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : form.elements.namedItem("csrfmiddlewaretoken").value;
}

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

function retryLater() {
  schedule(wait);
  wait = Math.min(wait * 2, RETRY_MOST);
}

async function save({ closing = false } = {}) {
  clearTimeout(timer);
  if (conflict || leaving || !isDirty()) return;
  if (saving) {
    // A save sent twice on one revision would meet itself; wait for the answer, then send what is new.
    await saving;
    return save({ closing });
  }
  const sent = answers();
  saving = send(sent, closing);
  try {
    await saving;
  } finally {
    saving = null;
  }
  if (isDirty() && saved === sent) schedule(QUIET);
}

async function send(sent, closing) {
  const body = `${sent}&revision=${encodeURIComponent(revision.value)}`;
  if (!closing) say("Saving…");
  let response;
  try {
    response = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": csrfToken() },
      redirect: "manual",
      keepalive: closing && body.length < KEEPALIVE_MOST,
    });
  } catch {
    sayNotSaved("no connection");
    retryLater();
    return;
  }
  try {
    await take(response, sent);
  } catch {
    sayNotSaved("the portal's answer could not be read, it will be tried again");
    retryLater();
  }
}

async function take(response, sent) {
  if (response.ok) return taken(await response.json(), sent);
  if (response.status === 409) return showConflict(await response.json());
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return showSignedOut();
  if (response.status === 422) return showErrors((await response.json()).errors);
  if (response.status === 400 || response.status === 413) return sayNotSaved("the text is too long for one save");
  if (response.status === 404) return sayNotSaved("you can no longer review this paper");
  sayNotSaved("the portal has a fault, it will be tried again");
  retryLater();
}

function taken(result, sent) {
  revision.value = result.revision;
  saved = base = sent;
  savedAt = Date.now();
  wait = RETRY_FIRST;
  if (isDirty()) {
    backup.keep();
  } else {
    backup.drop();
  }
  say("Saved");
  stateLine.textContent = `· ${result.state}`;
  if (result.state === "draft") showBegun();
  tick();
}

// The page came while nothing was written, and its chip still says so.
function showBegun() {
  const chip = document.querySelector('.head .chip[data-state="open"]');
  if (!chip) return;
  chip.className = "chip warn";
  chip.dataset.state = "draft";
  chip.textContent = "draft, not submitted";
}

function showErrors(errors) {
  sayNotSaved(Object.values(errors).flat().join(" "));
}

function showSignedOut() {
  sayNotSaved("you are signed out");
  offer("Sign in again in a new tab", form.dataset.signIn, { target: "_blank", rel: "noopener" });
  retryLater();
}

function offer(words, href, how = {}) {
  const link = Object.assign(document.createElement("a"), { href, textContent: words }, how);
  statusLine.append(" ", link);
}

// -- two texts

function showConflict(result) {
  conflict = true;
  sayNotSaved("it was saved somewhere else");
  conflictBox.innerHTML = result.html;
  conflictBox.querySelector("[data-merge-both]").hidden = base === null;
  offer("See both texts and choose", "#two-texts");
}

async function merge() {
  const sent = answers();
  const body = `${sent}&${base.replace(/(^|&)answer-/g, "$1base-")}`;
  let result;
  try {
    const response = await fetch(form.dataset.merge, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": csrfToken() },
      redirect: "manual",
    });
    if (!response.ok) throw new Error(response.status);
    result = await response.json();
  } catch {
    return sayNotSaved("the two texts could not be merged, try again or choose one");
  }
  if (answers() !== sent) return merge(); // typed on meanwhile
  fill(new URLSearchParams(result.answers));
  revision.value = result.revision;
  base = null; // until this is saved
  conflict = false;
  const note = document.createElement("p");
  note.className = "notice";
  note.tabIndex = -1;
  note.textContent = result.clashes.length
    ? `Both texts are merged. In ${result.clashes.join(", ")} both had changed the same place: look for double brackets, and at the scores.`
    : "Both texts are merged; they had changed different places.";
  conflictBox.replaceChildren(note);
  note.focus();
  announce();
  save();
}

conflictBox.addEventListener("click", (event) => {
  if (event.target.closest("[data-keep-mine]")) {
    event.preventDefault();
    revision.value = form.querySelector("[data-conflict-revision]").dataset.conflictRevision;
    base = null; // the other text was not what this one was typed on
    conflictBox.replaceChildren();
    conflict = false;
    save();
  } else if (event.target.closest("[data-merge-both]")) {
    merge();
  } else if (event.target.closest("[data-take-other]")) {
    event.preventDefault();
    leaving = true;
    backup.drop();
    location.assign(location.pathname);
  }
});

// -- text that this browser kept

// As the portal stores it, so that a trailing blank is not taken for lost text.
function tidied(encoded) {
  const entries = [...new URLSearchParams(encoded)];
  return JSON.stringify(entries.map(([name, value]) => [name, value.normalize("NFC").replace(/\r\n?/g, "\n").trimEnd()]));
}

function offerBackup() {
  const kept = backup.read();
  if (!kept || typeof kept.answers !== "string") return;
  if (tidied(kept.answers) === tidied(answers())) return backup.drop();
  const box = form.querySelector("[data-restore]");
  const time = box.querySelector("[data-restore-time]");
  time.dateTime = new Date(kept.at).toISOString();
  time.textContent = new Date(kept.at).toLocaleString();
  box.hidden = false;
  box.querySelector("[data-restore-take]").addEventListener("click", () => {
    fill(new URLSearchParams(kept.answers));
    // On the revision it was typed on: had another device saved since, both texts will be shown.
    revision.value = kept.revision;
    base = kept.base ?? null;
    box.hidden = true;
    announce();
    save();
  });
  box.querySelector("[data-restore-drop]").addEventListener("click", () => {
    backup.drop();
    box.hidden = true;
  });
}

function fill(data) {
  for (const field of form.elements) {
    if (!isAnswer(field) || (field.name === "shows_name" && !data.has("shows_name"))) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = data.getAll(field.name).includes(field.value);
    else field.value = data.get(field.name) ?? "";
  }
}

// As if it had been typed, for all that follows the typing: counts, previews, fields asked only for some answers.
function announce() {
  for (const area of form.querySelectorAll("textarea")) area.dispatchEvent(new Event("input", { bubbles: true }));
}

// -- word counts, by the same rule as core.text.count_words

function count(area) {
  const line = form.querySelector(`[data-count-for="${area.id}"]`);
  if (!line) return;
  const words = (area.value.normalize("NFC").match(/[\p{L}\p{N}_]+(?:['’\-][\p{L}\p{N}_]+)*/gu) ?? []).length;
  const { min, max } = line.dataset;
  const asked = min && max ? ` words, ${min} to ${max} asked` : min ? ` of at least ${min} words` : max ? ` of at most ${max} words` : " words";
  line.textContent = words + asked;
}

// -- when to save

form.addEventListener("input", (event) => {
  if (event.target.matches("textarea")) count(event.target);
  if (!isDirty()) return;
  if (!conflict) {
    say("Not saved yet");
    schedule(QUIET);
  }
  backup.keep();
  tick();
});
// A press that leaves a field must still find its button: what a save says can move the bar. So the save waits for its end.
let pressing = false;
let leftByPress = false;
form.addEventListener("focusout", () => {
  if (pressing) leftByPress = true;
  else save();
});
addEventListener("pointerdown", () => (pressing = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pressing = false;
    if (leftByPress) schedule(0); // after the click, which may be on "Submit"
    leftByPress = false;
  }, true);
}
addEventListener("online", () => save());
addEventListener("offline", () => {
  if (isDirty()) sayNotSaved("no connection");
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save({ closing: true });
  else if (isDirty()) save();
});
addEventListener("pagehide", () => save({ closing: true }));
addEventListener("pageshow", (event) => {
  // Back or forward, the browser shows the page of long ago, with the text and revision of then; a clean page reads again.
  // Not by a reload: that would send a form again whose answer this page is.
  const isOld = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (isOld && !isDirty() && navigator.onLine) location.replace(location.pathname);
});
addEventListener("beforeunload", (event) => {
  if (leaving || !isDirty()) return;
  save({ closing: true });
  event.preventDefault();
});
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  if (saving) {
    event.preventDefault();
    const button = event.submitter;
    await saving;
    form.requestSubmit(button);
    return;
  }
  clearTimeout(timer);
  form.elements.namedItem("csrfmiddlewaretoken").value = csrfToken();
  if (isDirty()) backup.keep(); // should this post be lost on its way, the next visit offers the text
  leaving = true;
});

offerBackup();
if (isDirty()) schedule(QUIET);
setInterval(tick, 1000);
