// Fetches the table every two seconds and replaces it when something changed.
const box = document.querySelector("[data-gradebook]");
const note = document.querySelector("[data-live]");

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(box.dataset.gradebook);
    if (!answer.ok) return;
    const fresh = document.createElement("div");
    fresh.innerHTML = await answer.text();
    if (fresh.textContent !== box.textContent) box.replaceChildren(...fresh.childNodes);
  } catch {
    // The platform is away for a moment; the next round tries again.
  }
}

if (box) {
  note.hidden = false;
  setInterval(refresh, 2000);
}
