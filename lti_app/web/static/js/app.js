/* The one script of every page: each module makes plain HTML a little smoother. */
import * as assessment from "./assessment.js";
import * as autosave from "./autosave.js";
import * as frame from "./frame.js";
import * as order from "./order.js";
import * as page from "./page.js";
import * as poll from "./poll.js";
import * as session from "./session.js";
import * as timer from "./timer.js";

// order comes before autosave: work that was kept is put back through it
const modules = [frame, order, page, timer, assessment, poll, autosave];

/** Wire everything inside root; safe to call again after a part was replaced. */
export function enhance(root) {
  for (const module of modules) module.enhance(root);
}

enhance(document.body);
session.start(enhance);
