/* A page that waits for something elsewhere: asks every two seconds, and shows what is new. */
import { authorisedFetch, reload } from "./session.js";

const PAUSE = 2000;
let timer = 0;

export function enhance(root) {
  const place = root.querySelector("[data-poll]");
  if (!place) return;
  clearTimeout(timer);
  timer = setTimeout(() => ask(place), PAUSE);
}

async function ask(place) {
  if (!place.isConnected) return;
  const state = await stateOf(place.dataset.poll);
  if (!place.isConnected) return;
  if (state && state !== place.dataset.pollState) reload();
  else timer = setTimeout(() => ask(place), PAUSE);
}

async function stateOf(address) {
  try {
    const answer = await authorisedFetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).state : answer.status < 500 && "ended";
  } catch {
    return null; // no network for a moment
  }
}
