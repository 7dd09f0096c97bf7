// A timer for each section of a talk. Without script the minutes stand there as text.
// They go on over a reload or a look at another page, as long as the tab is open.

const clocks = [];
const place = `timers ${location.pathname}`;

function keep() {
  sessionStorage.setItem(place, JSON.stringify(clocks.map(({ spent, since }) => ({ spent, since }))));
}

function takeUp() {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "[]");
  if (kept.length !== clocks.length) return; // there are other sections now
  clocks.forEach((clock, number) => Object.assign(clock, kept[number]));
  clocks.filter((clock) => clock.since || clock.spent).forEach(draw);
}

function words(seconds) {
  const left = Math.abs(seconds);
  const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return seconds < 0 ? `${text} over` : text;
}

function draw(clock) {
  const spent = clock.spent + (clock.since ? Date.now() - clock.since : 0);
  const left = Math.round((clock.length - spent) / 1000);
  clock.face.textContent = words(left);
  clock.item.classList.toggle("running", Boolean(clock.since) && left >= 0);
  clock.item.classList.toggle("over", left < 0);
  clock.button.firstChild.data = clock.since ? "Pause" : spent ? "Go on" : "Start";
}

function pause(clock) {
  if (clock.since) clock.spent += Date.now() - clock.since;
  clock.since = 0;
  draw(clock);
}

function button(text, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  const hidden = document.createElement("span");
  hidden.className = "hidden";
  hidden.textContent = ` ${name}`;
  made.append(text, hidden);
  made.addEventListener("click", act);
  return made;
}

for (const item of document.querySelectorAll(".sections li[data-minutes]")) {
  const clock = { item, face: item.querySelector(".clock"), length: Number(item.dataset.minutes) * 60000, spent: 0, since: 0 };
  const name = item.querySelector("b").textContent;
  clock.button = button("Start", name, () => {
    const starts = !clock.since;
    clocks.forEach(pause); // one section runs at a time
    if (starts) clock.since = Date.now();
    draw(clock);
    keep();
  });
  const reset = button("Reset", name, () => {
    clock.since = 0;
    clock.spent = 0;
    draw(clock);
    keep();
  });
  const acts = document.createElement("span");
  acts.append(clock.button, " ", reset);
  item.append(acts);
  clocks.push(clock);
}

takeUp();
setInterval(() => clocks.filter((clock) => clock.since).forEach(draw), 500);
