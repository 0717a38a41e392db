/* A session without cookies: the key stays in this page and travels as a header.
   Links and forms of the session are fetched and swapped in place. */
import { swap } from "./swap.js";

const PREFIX = /^\/s\/[^/]+\//;
const KEPT = "expeditie:";
const OWNER = "expeditie-owner";
const OPENED = "expeditie-opened";
let token = null;
let heldBy = null;
let prefix = null;
let kept = false;
let enhance = () => {};
let running = null;
let shown = "";

/** Fetch with the session's key, when this page holds one and the address is the session's own. */
export function authorisedFetch(address, options = {}) {
  const url = new URL(address, location.href);
  const headers = new Headers(options.headers);
  if (token && url.origin === location.origin && url.pathname.startsWith(prefix)) {
    headers.set("Authorization", `Bearer ${token}`);
  }
  return fetch(url, { ...options, headers });
}

/** Show this page anew. */
export function reload() {
  if (token) visit(location.href, { replace: true });
  else location.reload();
}

/** Begin when the page carries a key, or when a reload lost it and the browser kept it. */
export function start(again) {
  enhance = again;
  document.addEventListener("click", onHandover);
  if (PREFIX.test(location.pathname) || document.body.dataset.bearer) guard();
  const { bearer, destination, error, owner } = document.body.dataset;
  if (bearer) {
    document.body.removeAttribute("data-bearer");
    begin(bearer, new URL(destination, location.href));
    endOthers(owner);
    remember(owner);
    visit(destination, { replace: true });
  } else if (error) {
    const found = recall();
    if (!found) return;
    begin(found, location);
    kept = true;
    visit(location.href, { replace: true });
  } else {
    sayHere();
  }
}

/* A launch of somebody else in this browser ends this session, unless a page of it is still open:
   the new page tells by the storage that both see, and this one answers. */
function sayHere() {
  const { csrf } = document.body.dataset;
  const mine = PREFIX.exec(location.pathname)?.[0];
  if (!csrf || !mine) return;
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== OPENED || newValue === mine) return;
    fetch(`${mine}here`, { method: "POST", headers: { "X-CSRF-Token": csrf }, keepalive: true }).catch(() => null);
  });
  try {
    if (localStorage.getItem(OPENED) !== mine) localStorage.setItem(OPENED, mine);
  } catch {
    // no storage: who came before has to open the module again
  }
}

function begin(key, url) {
  token = key;
  prefix = PREFIX.exec(url.pathname)?.[0] ?? "/s/";
  history.scrollRestoration = "manual";
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  window.addEventListener("popstate", () => {
    if (shown !== location.pathname + location.search) visit(location.href, { back: true });
  });
}

/* A page that the browser kept for "back" may be another person's by then: hidden when it is put
   away, and asked anew when it comes back. */
function guard() {
  const root = document.documentElement;
  window.addEventListener("pagehide", (event) => (root.hidden = event.persisted));
  window.addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    if (token) await visit(location.href, { replace: true });
    else location.reload();
    root.hidden = !token;
  });
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === OWNER && token && newValue !== heldBy) end(prefix, token).then(reload);
  });
}

function remember(owner) {
  heldBy = owner;
  try {
    sessionStorage.setItem(KEPT + prefix, JSON.stringify({ token, owner }));
    localStorage.setItem(OWNER, owner);
    kept = true;
  } catch {
    kept = false; // storage is blocked too: the key lives as long as this page
  }
}

/* Who opens a module here ends what somebody else opened in this tab or another one. */
function endOthers(owner) {
  try {
    for (const place of Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT))) {
      const held = JSON.parse(sessionStorage.getItem(place));
      if (held.owner === owner) continue;
      sessionStorage.removeItem(place);
      end(place.slice(KEPT.length), held.token);
    }
  } catch {
    // nothing can be kept here
  }
}

function end(path, key) {
  const headers = { Authorization: `Bearer ${key}` };
  return fetch(`${path}end`, { method: "POST", headers, keepalive: true }).catch(() => null);
}

function recall() {
  const path = PREFIX.exec(location.pathname)?.[0];
  try {
    const held = path && JSON.parse(sessionStorage.getItem(KEPT + path));
    if (!held) return null;
    heldBy = held.owner;
    if (localStorage.getItem(OWNER) === heldBy) return held.token;
    sessionStorage.removeItem(KEPT + path);
    end(path, held.token);
  } catch {
    // nothing was kept
  }
  return null;
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT + prefix);
  } catch {
    // nothing was kept
  }
}

function isOurs(url) {
  return url.origin === location.origin && url.pathname.startsWith(prefix);
}

function onClick(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const url = new URL(link.href);
  if (!isOurs(url)) {
    if (!kept && !link.target && /^http/.test(url.protocol)) link.target = "_blank"; // else the session would be lost
    return;
  }
  if (link.hasAttribute("data-handover")) return;
  if (url.hash && url.pathname + url.search === location.pathname + location.search) return;
  event.preventDefault();
  visit(url, { download: link.hasAttribute("download") ? link.download || "download" : null });
}

function onSubmit(event) {
  const form = event.target;
  const button = event.submitter;
  const given = (name, fallback) => button?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? fallback;
  const url = new URL(given("action", location.href), location.href);
  if (event.defaultPrevented || !isOurs(url)) return;
  event.preventDefault();
  const data = new FormData(form, button);
  if (given("method", "get").toLowerCase() !== "post") {
    url.search = new URLSearchParams(data);
    visit(url);
    return;
  }
  const files = given("enctype", "").includes("multipart");
  visit(url, { method: "POST", body: files ? data : new URLSearchParams(data) });
}

/* In its own tab the session needs a one-time address; the server gives it to whoever holds the key. */
async function onHandover(event) {
  const link = event.target.closest("a[data-handover]");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  const tab = window.open("about:blank", "_blank");
  if (tab) tab.opener = null;
  let address = link.href;
  try {
    const answer = await authorisedFetch(link.href, { headers: { Accept: "application/json" } });
    if (answer.headers.get("Content-Type")?.includes("json")) address = (await answer.json()).url ?? address;
  } catch {
    say(true);
  }
  (tab ?? window).location.replace(new URL(address, location.href));
}

async function visit(address, { method = "GET", body, replace, back, download } = {}) {
  document.dispatchEvent(new Event("expeditie:leave"));
  if (!back && !replace) history.replaceState({ y: scrollY }, "");
  running?.abort();
  const mine = (running = new AbortController());
  document.documentElement.dataset.loading = "";
  say(false);
  try {
    const headers = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    if (window.parent !== window) headers["X-Embedded"] = "1"; // fetch metadata cannot tell it here
    const answer = await authorisedFetch(address, { method, body, headers, signal: mine.signal });
    await show(answer, { method, replace, back, download });
  } catch (error) {
    if (error.name === "AbortError") return;
    say(true);
    document.dispatchEvent(new Event("expeditie:stay"));
  } finally {
    if (running === mine) delete document.documentElement.dataset.loading;
  }
}

async function show(answer, { method, replace, back, download }) {
  const isFile = download || /attachment/i.test(answer.headers.get("Content-Disposition") ?? "");
  const isPage = (answer.headers.get("Content-Type") ?? "").includes("text/html");
  if ((isFile && answer.ok) || !isPage) return save(await answer.blob(), answer, download);
  if (answer.status === 401) forget();
  const y = back ? (history.state?.y ?? 0) : 0;
  record(answer, method, replace || back);
  swap(await answer.text(), y);
  enhance(document.body);
}

/* A refused form has no address of its own: going back leads to the form. */
function record(answer, method, stay) {
  if (method === "POST" && !answer.redirected) return;
  const same = answer.url === location.href.split("#")[0];
  shown = new URL(answer.url).pathname + new URL(answer.url).search;
  if (stay && same) return;
  if (stay || same) history.replaceState({ y: 0 }, "", answer.url);
  else history.pushState({ y: 0 }, "", answer.url);
}

function save(blob, answer, name) {
  const told = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = told ?? name ?? new URL(answer.url).pathname.split("/").pop();
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function say(offline) {
  const box = document.querySelector("[data-page-status]");
  if (box) box.textContent = offline ? box.dataset.offline : "";
}
