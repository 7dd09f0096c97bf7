// Offers names where an @ is typed in a text area with `data-mentions`, the address that lists them. A list box under the
// caret, which the text area controls: arrows choose, Enter or Tab takes, Escape closes. Without it a full name does the same.

const LONGEST = 60; // characters of a name that are looked for
const SHOWN = 8;
const known = new Map(); // address -> promise of the names

let area = null; // where a list is open
let list = null;
let offered = []; // names
let at = 0; // the one that is marked
let from = 0; // where the @ stands
let shutAt = null; // the @ whose list was closed by Escape

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function names(of) {
  const staffOnly = of.form?.elements.is_staff_only?.checked ? "&is_staff_only=true" : "";
  const address = of.dataset.mentions + staffOnly;
  if (!known.has(address)) known.set(address, read(address));
  return known.get(address);
}

async function read(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : [];
  } catch {
    known.delete(address); // asked again at the next @
    return [];
  }
}

// The @ before the caret, if what stands behind it may still become a name.
function signBefore(of) {
  if (of.selectionStart !== of.selectionEnd) return null;
  const before = of.value.slice(Math.max(0, of.selectionStart - LONGEST - 1), of.selectionStart);
  const found = before.match(/(?<![\p{L}\p{N}_])@([^@\n]*)$/u);
  return found && { place: of.selectionStart - found[1].length - 1, typed: found[1] };
}

function fitting(people, typed) {
  const wanted = folded(typed);
  if (wanted.startsWith(" ")) return [];
  const fits = (name) => folded(name).startsWith(wanted) || folded(name).split(/[\s-]+/).some((part) => part.startsWith(wanted));
  const found = people.filter((person) => fits(person.name));
  found.sort((one, other) => folded(other.name).startsWith(wanted) - folded(one.name).startsWith(wanted)); // first names first
  return found.some((person) => `${folded(person.name)} ` === wanted) ? [] : found.slice(0, SHOWN);
}

async function offer(of) {
  const sign = signBefore(of);
  if (!sign || sign.place === shutAt) {
    if (!sign) shutAt = null;
    return close();
  }
  const people = await names(of);
  const now = signBefore(of);
  if (document.activeElement !== of || now?.place !== sign.place) return;
  const found = fitting(people, now.typed);
  if (!found.length) return close();
  [area, offered, at, from] = [of, found, 0, now.place];
  show();
}

function show() {
  list?.remove();
  list = document.createElement("ul");
  list.className = "mentions";
  list.id = `${area.id}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to mention");
  offered.forEach((person, place) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${place}`;
    option.setAttribute("role", "option");
    option.dir = "auto";
    option.textContent = person.name;
    if (person.is_staff) option.append(Object.assign(document.createElement("span"), { className: "muted small", textContent: " staff" }));
    list.append(option);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the text area keeps the focus
  list.addEventListener("click", (event) => take([...list.children].indexOf(event.target.closest("li"))));
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  place();
  mark(0);
  say(`${offered.length} ${offered.length === 1 ? "name" : "names"}, arrows choose, Enter takes`);
}

// Under the line that is written on: where the text before the caret ends in a copy of the area.
function place() {
  const copy = document.createElement("div");
  const style = getComputedStyle(area);
  for (const name of ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "direction", "textIndent"]) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", inlineSize: `${area.offsetWidth}px` });
  copy.textContent = area.value.slice(0, from);
  const end = document.createElement("span");
  end.textContent = "@";
  copy.append(end);
  area.after(copy);
  const room = area.offsetWidth - list.offsetWidth;
  list.style.insetBlockStart = `${area.offsetTop + Math.min(end.offsetTop - area.scrollTop + end.offsetHeight, area.offsetHeight) + 2}px`;
  list.style.left = `${area.offsetLeft + Math.max(0, Math.min(end.offsetLeft, room))}px`;
  copy.remove();
}

function mark(place) {
  at = (place + offered.length) % offered.length;
  [...list.children].forEach((option, number) => option.setAttribute("aria-selected", number === at));
  area.setAttribute("aria-activedescendant", list.children[at].id);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function take(place) {
  if (place < 0) return;
  area.setRangeText(`@${offered[place].name} `, from, area.selectionStart, "end");
  const of = area;
  close();
  of.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  list?.remove();
  if (area) {
    area.removeAttribute("aria-activedescendant");
    area.removeAttribute("aria-controls");
  }
  area = list = null;
  say("");
}

function say(text) {
  let line = document.getElementById("mentions-said");
  if (!line && !text) return;
  if (!line) {
    line = Object.assign(document.createElement("p"), { id: "mentions-said", className: "hidden" });
    line.setAttribute("role", "status");
    document.getElementById("main").append(line);
  }
  line.textContent = text;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-mentions]") && !event.isComposing) offer(event.target);
});
document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.("textarea[data-mentions]")) return;
  event.target.setAttribute("aria-autocomplete", "list");
  event.target.setAttribute("aria-haspopup", "listbox");
});
document.addEventListener("focusout", (event) => {
  shutAt = null;
  if (event.target === area) close();
});
document.addEventListener("selectionchange", () => {
  if (area && signBefore(area)?.place !== from) close();
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!area || event.target !== area || event.isComposing) return;
    const acts = {
      ArrowDown: () => mark(at + 1),
      ArrowUp: () => mark(at - 1),
      Enter: () => take(at),
      Tab: () => take(at),
      Escape: () => {
        shutAt = from;
        close();
      },
    };
    if (!(event.key in acts) || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  },
  { capture: true },
);
