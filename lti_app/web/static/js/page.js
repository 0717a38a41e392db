/* Small helps that need no server: labels for table cards, printing, focus on errors, double clicks. */

export function enhance(root) {
  for (const table of root.querySelectorAll("table[data-headers]")) labelCells(table);
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.onclick = () => window.print();
  }
  root.querySelector("[data-error-summary]")?.focus();
  if (!document.documentElement.dataset.once) {
    document.documentElement.dataset.once = "1";
    document.addEventListener("submit", refuseSecond);
    window.addEventListener("pageshow", () => (sending = new WeakMap()));
  }
}

/* The header of its column, so that a row can be shown as a card on a phone. */
function labelCells(table) {
  const headers = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")];
  if (rows.some((row) => [...row.cells].some((cell) => cell.colSpan > 1 || cell.rowSpan > 1))) return;
  for (const row of rows) {
    for (const cell of row.querySelectorAll("td:not([data-label])")) {
      cell.dataset.label = headers[cell.cellIndex] ?? "";
    }
  }
}

/* Gloved fingers tap twice; a form goes out once. */
let sending = new WeakMap();

function refuseSecond(event) {
  const last = sending.get(event.target) ?? -Infinity;
  if (event.timeStamp - last < 1500) event.preventDefault();
  else sending.set(event.target, event.timeStamp);
}
