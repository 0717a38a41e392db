/* Put entries in order with the arrow buttons, without a round trip. */

export function enhance(root) {
  for (const list of root.querySelectorAll("[data-order]:not([data-ready])")) {
    list.dataset.ready = "";
    list.addEventListener("click", (event) => move(list, event));
    list.addEventListener("order:restore", (event) => restore(list, event.detail));
  }
}

function move(list, event) {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  if (!event.detail && document.activeElement !== button) return; // Enter in another field of the form
  const entry = button.closest("li");
  const up = button.dataset.move === "up";
  const other = up ? entry.previousElementSibling : entry.nextElementSibling;
  if (!other) return;
  if (up) other.before(entry);
  else other.after(entry);
  show(list, entry, button);
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function show(list, entry, button) {
  for (const moved of list.querySelectorAll("[data-moved]")) delete moved.dataset.moved;
  entry.dataset.moved = "";
  const entries = [...list.children];
  const place = entries.indexOf(entry) + 1;
  const edge = place === 1 ? "down" : place === entries.length ? "up" : null;
  (edge ? entry.querySelector(`[data-move="${edge}"]`) : button).focus();
  const status = list.parentElement.querySelector("[data-order-status]");
  status.textContent = list.dataset.movedText
    .replace("{place}", place)
    .replace("{total}", entries.length);
}

/* Back to the order that was kept on this device. */
function restore(list, values) {
  const byValue = new Map([...list.children].map((li) => [li.querySelector("input").value, li]));
  for (const value of values) if (byValue.has(value)) list.append(byValue.get(value));
}
