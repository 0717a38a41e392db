// What a platform does for a tool in its frame: LTI client-side storage (lti.capabilities,
// lti.put_data, lti.get_data), resizing the frame, and nothing for pages of other origins.
const frame = document.getElementById("tool");
const origins = new Set(frame.dataset.toolOrigins.split(" "));
const offersStorage = frame.dataset.storage === "1";
const stores = new Map();
const MOST_KEYS = 500;
const LONGEST = 4096;

const subjects = ["lti.capabilities", "lti.frameResize"];
if (offersStorage) subjects.push("lti.put_data", "lti.get_data");

function reply(event, data, extra) {
  const answer = { subject: `${data.subject}.response`, message_id: data.message_id, ...extra };
  event.source.postMessage(answer, event.origin);
}

function refuse(event, data, code, message) {
  reply(event, data, { error: { code, message } });
}

function storeOf(origin) {
  if (!stores.has(origin)) stores.set(origin, new Map());
  return stores.get(origin);
}

function isText(value) {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST;
}

function putData(event, data) {
  const kept = storeOf(event.origin);
  if (data.value === null || data.value === undefined) {
    kept.delete(data.key);
    return reply(event, data, { key: data.key });
  }
  if (!isText(data.value)) return refuse(event, data, "bad_request", "value");
  if (kept.size >= MOST_KEYS && !kept.has(data.key)) {
    return refuse(event, data, "storage_exceeded", "too many keys");
  }
  kept.set(data.key, data.value);
  return reply(event, data, { key: data.key, value: data.value });
}

function getData(event, data) {
  const value = storeOf(event.origin).get(data.key) ?? null;
  return reply(event, data, { key: data.key, value });
}

function onStorage(event, data) {
  if (!offersStorage) return refuse(event, data, "unsupported_subject", data.subject);
  if (!isText(data.message_id)) return refuse(event, data, "bad_request", "message_id");
  if (!isText(data.key)) return refuse(event, data, "bad_request", "key");
  return data.subject === "lti.put_data" ? putData(event, data) : getData(event, data);
}

function onResize(data) {
  const height = Number(data.height);
  if (Number.isFinite(height)) frame.height = String(Math.min(Math.max(height, 300), 6000));
}

window.addEventListener("message", (event) => {
  const data = event.data;
  if (!data || typeof data !== "object" || typeof data.subject !== "string") return;
  if (!data.subject.startsWith("lti.") || data.subject.endsWith(".response")) return;
  if (!event.source) return;
  if (!origins.has(event.origin)) {
    refuse(event, data, "wrong_origin", "this origin belongs to no tool");
    return;
  }
  if (data.subject === "lti.capabilities") {
    reply(event, data, { supported_messages: subjects.map((subject) => ({ subject })) });
  } else if (data.subject === "lti.frameResize") {
    if (event.source === frame.contentWindow) onResize(data);
  } else if (["lti.put_data", "lti.get_data"].includes(data.subject)) {
    onStorage(event, data);
  } else {
    refuse(event, data, "unsupported_subject", data.subject);
  }
});
