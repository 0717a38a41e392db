/* Timers count from the start that the server kept, so a reload or a second tab shows the same.
   Readings beyond their limits get their warning while one types. */
const SECOND = 1000;
const running = new Set();
let ticking = 0;

export function enhance(root) {
  for (const timer of root.querySelectorAll("[data-timer]")) watch(timer);
  for (const input of root.querySelectorAll("[data-warning]")) {
    input.addEventListener("input", () => warn(input));
    if (input.value !== input.defaultValue) warn(input); // typed while this script was on its way
  }
  tick();
}

function watch(timer) {
  if (timer.dataset.state !== "running" || !timer.dataset.started) return;
  timer.endsAt = Date.parse(timer.dataset.started) + Number(timer.dataset.seconds) * SECOND;
  timer.skew = skewOf(timer);
  // already over when the page came: the page says so itself, without an alarm
  if (leftOf(timer)) running.add(timer);
  else timer.dataset.state = "done";
}

/* The phone's clock may be wrong: what the server showed when it made the page is the measure. */
function skewOf(timer) {
  const shown = seconds(timer.querySelector("[data-timer-time]").textContent);
  const mine = Math.ceil((timer.endsAt - Date.now()) / SECOND);
  return Number.isFinite(shown) && Math.abs(shown - mine) > 2 ? (shown - mine) * SECOND : 0;
}

function seconds(clock) {
  return clock.trim().split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function tick() {
  clearTimeout(ticking);
  for (const timer of running) show(timer);
  if (running.size) ticking = setTimeout(tick, SECOND / 4);
}

function show(timer) {
  if (!timer.isConnected) return running.delete(timer);
  const left = leftOf(timer);
  const text = clock(left);
  const place = timer.querySelector("[data-timer-time]");
  if (place.textContent !== text) place.textContent = text;
  if (left === 0) over(timer);
}

function leftOf(timer) {
  return Math.max(0, Math.ceil((timer.endsAt - Date.now() + timer.skew) / SECOND));
}

function over(timer) {
  running.delete(timer);
  timer.dataset.state = "done";
  const said = timer.querySelector("[data-timer-said]");
  if (said) {
    said.setAttribute("role", "alert"); // said once, when it happens
    said.textContent = said.dataset.over;
  }
  navigator.vibrate?.([300, 150, 300]);
}

function clock(left) {
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const rest = String(left % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function warn(input) {
  const number = Number(input.value.trim().replace("\u2212", "-").replace(",", "."));
  const { readingMin: low, readingMax: high } = input.dataset;
  const beyond = (low && number < Number(low)) || (high && number > Number(high));
  document.getElementById(input.dataset.warning).hidden = !input.value.trim() || !beyond;
}
