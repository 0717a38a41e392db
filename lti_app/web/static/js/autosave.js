/* Nothing typed is lost: forms with data-autosave are sent after a pause, on blur and on leaving,
   and a copy stays on this device until the server has it. */
import { authorisedFetch } from "./session.js";
import * as shadow from "./shadow.js";

const PAUSE = 1500;
const LIMIT = 60000;
const forms = new Map();

export function enhance(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (!forms.has(form)) watch(form);
  }
  for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
}

function watch(form) {
  const job = { form, sent: shadow.read(form), timer: 0, busy: false, failures: 0, closed: false, leaving: false };
  forms.set(form, job);
  shadow.prune();
  if (shadow.restore(form)) {
    say(job, "restored");
    later(job, PAUSE);
  } else if (isTouched(form)) {
    job.sent = ""; // typed while this script was still on its way
    changed(job);
  }
  form.addEventListener("input", () => changed(job));
  form.addEventListener("change", () => changed(job));
  form.addEventListener("focusout", () => isDirty(job) && later(job, 0));
  form.addEventListener("submit", () => {
    // the form itself takes everything along; saving beside it would come too late
    clearTimeout(job.timer);
    job.leaving = true;
  });
}

/* Whether any field differs from what the server wrote in the page. */
function isTouched(form) {
  return [...form.elements].some((control) => {
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.matches("select")) return isChosenAnew(control);
    return control.matches("input, textarea") && control.value !== control.defaultValue;
  });
}

/* Without a mark in the page a list stands on its first option. */
function isChosenAnew(list) {
  const marked = [...list.options].findIndex((option) => option.defaultSelected);
  return list.selectedIndex !== Math.max(0, marked);
}

function isDirty(job) {
  return !job.closed && shadow.read(job.form) !== job.sent;
}

function changed(job) {
  if (!isDirty(job)) return;
  job.leaving = false;
  shadow.keep(job.form);
  later(job, PAUSE);
}

function later(job, wait) {
  clearTimeout(job.timer);
  job.timer = setTimeout(() => send(job), wait);
}

async function send(job, keepalive = false) {
  clearTimeout(job.timer);
  if (!isDirty(job) || job.leaving || (job.busy && !keepalive)) return;
  const content = shadow.read(job.form);
  job.busy = true;
  say(job, "saving");
  try {
    const answer = await authorisedFetch(job.form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(content),
      headers: { "X-Autosave": "1", Accept: "application/json", ...basis(job.form) },
      keepalive,
    });
    await settle(job, answer, content);
  } catch {
    retry(job, "offline");
  } finally {
    job.busy = false;
  }
  if (isDirty(job) && !job.failures) later(job, PAUSE);
}

/* Which revision this page was made from: another device may answer too. */
function basis(form) {
  const field = form.elements.namedItem("revision");
  return field ? { "If-Match": `"${field.value}"` } : {};
}

async function settle(job, answer, content) {
  const told = await answer.json().catch(() => null);
  if (answer.ok && told?.saved_at) {
    job.sent = content;
    job.failures = 0;
    if (told.at) renew(job.form, told.at);
    if (isDirty(job)) shadow.keep(job.form);
    else shadow.wipe(job.form);
    say(job, "saved", told.saved_at);
  } else if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
    retry(job, "failed");
  } else {
    job.closed = true; // asking again would not help; the copy stays here
    say(job, "failed", "", told?.title);
    const choice = job.form.querySelector("[data-autosave-conflict]");
    if (choice && told?.code === "answers_changed") choice.hidden = false;
  }
}

function renew(form, revision) {
  form.dataset.autosaveAt = revision;
  const field = form.elements.namedItem("revision");
  if (field) field.value = revision;
}

function retry(job, state) {
  job.failures += 1;
  say(job, state);
  later(job, Math.min(LIMIT, 1000 * 2 ** job.failures));
}

function say(job, state, time = "", reason = "") {
  const place = job.form.querySelector("[data-autosave-state]");
  if (!place) return;
  place.dataset.state = state;
  const text = (place.dataset[state] ?? "").replace("{time}", time);
  place.textContent = reason ? `${text} ${reason}` : text;
}

/* Leaving: what is not sent yet goes out with the page. */
function flush() {
  for (const job of forms.values()) if (job.form.isConnected) send(job, true);
}

/* The page did not leave after all: what was typed is still to be saved. */
function stay() {
  for (const job of forms.values()) {
    job.leaving = false;
    if (job.form.isConnected && isDirty(job)) later(job, PAUSE);
  }
}

window.addEventListener("pagehide", flush);
document.addEventListener("expeditie:leave", flush);
document.addEventListener("expeditie:stay", stay);
window.addEventListener("pageshow", (event) => event.persisted && stay());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
window.addEventListener("online", () => {
  for (const job of forms.values()) if (job.form.isConnected) later(job, 0);
});
