/* On a wide screen the data stand open beside the questions; on a phone they wait to be opened. */
const WIDE = "(min-width: 64rem)";

export function enhance(root) {
  if (!matchMedia(WIDE).matches) return;
  for (const part of root.querySelectorAll("details[data-open-wide]:not([data-ready])")) {
    part.dataset.ready = "";
    part.open = true;
  }
}
