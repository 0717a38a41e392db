/* The copy of a form on this device, until the server has it. One copy per data-autosave-key, and
   that key names the session or the enrolment: one learner's work never turns up in another's form. */

const PLACE = "expeditie:form:";
const DAY = 24 * 3600 * 1000;

/** The content of a form as one string, as it would be sent. */
export function read(form) {
  const entries = [...new FormData(form)];
  return new URLSearchParams(entries.filter(([name, value]) => name !== "revision" && typeof value === "string")).toString();
}

function placeOf(form) {
  return form.dataset.autosaveKey ? PLACE + form.dataset.autosaveKey : null;
}

/* Without the session: who reopens the module after a time-out has a new one. */
function addressOf(form) {
  return form.dataset.autosave.replace(/^\/s\/[^/]+/, "");
}

function store(action) {
  try {
    return action(localStorage);
  } catch {
    return null; // storage is blocked or full: the server copy is the only one
  }
}

export function keep(form) {
  const place = placeOf(form);
  if (!place) return;
  const params = new URLSearchParams(read(form));
  params.delete("csrf_token");
  const copy = {
    url: addressOf(form),
    base: form.dataset.autosaveAt ?? "",
    at: Date.now(),
    content: params.toString(),
  };
  store((storage) => storage.setItem(place, JSON.stringify(copy)));
}

export function wipe(form) {
  const place = placeOf(form);
  if (place) store((storage) => storage.removeItem(place));
}

/** Put the copy back when the server has something older; return whether anything changed. */
export function restore(form) {
  const place = placeOf(form);
  const copy = place && store((storage) => JSON.parse(storage.getItem(place)));
  if (!copy || copy.url !== addressOf(form)) return false;
  const server = form.dataset.autosaveAt ?? "";
  const isNewer = copy.base === server || copy.at > Date.parse(server);
  const before = read(form);
  if (isNewer) fill(form, new URLSearchParams(copy.content));
  if (isNewer && read(form) !== before) {
    // typed on top of an older version: the server says whether another device was there meanwhile
    const field = form.elements.namedItem("revision");
    if (field) field.value = copy.base;
    return true;
  }
  wipe(form);
  return false;
}

function fill(form, params) {
  for (const list of form.querySelectorAll("[data-order]")) {
    list.dispatchEvent(new CustomEvent("order:restore", { detail: params.getAll(list.id) }));
  }
  const queues = new Map();
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden" || control.type === "file" || control.type === "submit") continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = params.getAll(control.name).includes(control.value);
    } else {
      if (!queues.has(control.name)) queues.set(control.name, params.getAll(control.name));
      const value = queues.get(control.name).shift();
      if (value !== undefined) control.value = value;
    }
  }
}

/** Copies older than a day go: a bench computer is shared. */
export function prune() {
  store((storage) => {
    for (const place of Object.keys(storage).filter((key) => key.startsWith(PLACE))) {
      const copy = JSON.parse(storage.getItem(place));
      if (!(Date.now() - copy?.at < DAY)) storage.removeItem(place);
    }
  });
}
