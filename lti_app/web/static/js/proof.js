/* Before and after the trip to the LMS: prove that it is the same browser, by cookie or by the
   storage of the LMS (LTI Client Side postMessages); else offer a new tab. */

const TIME_OUT = 2000;
const CAPABILITIES_TIME_OUT = 700;
const PREFIXES = ["lti.", "org.imsglobal.lti."];
const body = document.body;

/** Send one message to the LMS; resolves with its answer, rejects on an error or after the time-out. */
function ask(target, origin, subject, content, patience = TIME_OUT) {
  return new Promise((resolve, reject) => {
    const ids = new Map(PREFIXES.map((prefix) => [randomId(), prefix + subject]));
    const stop = (action, outcome) => {
      clearTimeout(timer);
      window.removeEventListener("message", listen);
      action(outcome);
    };
    const listen = (event) => {
      const told = event.data;
      if (origin !== "*" && event.origin !== origin) return;
      if (!told || typeof told !== "object" || told.subject !== `${ids.get(told.message_id)}.response`) return;
      ids.delete(told.message_id);
      if (!told.error) stop(resolve, told);
      else if (!ids.size) stop(reject, new Error(subject));
    };
    const timer = setTimeout(() => stop(reject, new Error(subject)), patience);
    window.addEventListener("message", listen);
    for (const [message_id, name] of ids) target.postMessage({ subject: name, message_id, ...content }, origin);
  });
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("");
}

function host() {
  if (window.parent !== window) return window.parent;
  return window.opener;
}

/* The frame that answers storage messages: named in the launch, or told by the LMS. */
async function storageFrame(subject) {
  const named = body.dataset.storageTarget;
  if (!named || !body.dataset.storageOrigin || !host()) return null;
  if (named !== "_parent") return frameOf(named);
  const told = await ask(host(), "*", "capabilities", {}, CAPABILITIES_TIME_OUT).catch(() => null);
  const entry = told?.supported_messages?.find?.((message) => message.subject?.endsWith?.(subject));
  return frameOf(entry?.frame);
}

function frameOf(name) {
  if (!name || name === "_parent") return host();
  try {
    return host().frames[name] ?? host();
  } catch {
    return host();
  }
}

async function exchange(subject, content) {
  const target = await storageFrame(subject);
  if (!target) throw new Error("no storage");
  return ask(target, body.dataset.storageOrigin, subject, { key: body.dataset.state, ...content });
}

function offerNewTab() {
  const offer = document.querySelector("[data-proof-offer]");
  document.querySelector("[data-proof-waiting]").hidden = true;
  offer.hidden = false;
  offer.querySelector("h1").focus();
}

function keepsCookies() {
  return document.cookie.split("; ").some((cookie) => cookie.startsWith("expeditie_probe="));
}

async function leave() {
  const address = new URL(body.dataset.authUrl);
  if (!/^https?:$/.test(address.protocol)) return;
  try {
    if (!keepsCookies()) await exchange("put_data", { value: body.dataset.storageValue });
    window.location.replace(address);
  } catch {
    offerNewTab();
  }
}

async function arrive(form) {
  try {
    const told = await exchange("get_data", {});
    if (!told.value) throw new Error("nothing kept");
    form.elements.value.value = told.value;
    form.submit();
  } catch {
    offerNewTab();
  }
}

const form = document.querySelector("[data-proof-form]");
if (form) arrive(form);
else leave();
