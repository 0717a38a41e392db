/* Put a fetched page in the place of this one: title, language, markers, content, focus and scroll. */

export function swap(html, y) {
  const next = new DOMParser().parseFromString(html, "text/html");
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  copyMarkers(next.body);
  const shell = next.querySelector(".shell");
  if (shell) document.querySelector(".shell").replaceWith(document.adoptNode(shell));
  else document.querySelector(".shell").replaceChildren(...next.body.childNodes); // not a page of ours
  runScripts(next);
  window.scrollTo(0, y);
  if (!y) focusOn(location.hash && document.getElementById(location.hash.slice(1)));
}

function copyMarkers(body) {
  for (const { name } of [...document.body.attributes]) {
    if (name.startsWith("data-")) document.body.removeAttribute(name);
  }
  for (const { name, value } of [...body.attributes]) document.body.setAttribute(name, value);
}

/* Scripts of a parsed page do not run; those that only this page has are fetched here. */
function runScripts(next) {
  for (const { src } of next.querySelectorAll("body > script[type=module][src]")) {
    const known = [...document.scripts].some((script) => script.src === src);
    if (!known && new URL(src).origin === location.origin) import(src);
  }
}

/* The reader of a new page starts at its heading, or at what went wrong. */
function focusOn(target) {
  const main = document.getElementById("main") ?? document.body;
  const place =
    target || main.querySelector("[data-error-summary], [autofocus]") || main.querySelector("h1") || main;
  if (!place.hasAttribute("tabindex") && !place.matches("a, button, input, select, textarea")) {
    place.tabIndex = -1;
  }
  place.focus({ preventScroll: !target });
}
