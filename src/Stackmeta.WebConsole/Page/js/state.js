// How it is, in a word in the bar, and in sentences above the path when it is not well.
import { byId, el, mark, say } from "./dom.js";
import { count } from "./words.js";

const word = byId("state");
const notice = byId("notice");

/** Shows a picture's state. */
export function showState(picture) {
  document.body.classList.remove("stale");
  const { absence, processes } = picture;
  if (absence) return set("bad", "not running", "Stackmeta is not running", [absence]);
  if (processes.length === 0) return set("quiet", "looking …");
  const troubled = processes.filter((process) => !process.ready);
  if (troubled.length === 0) return set("well", `ready · ${count(processes.length, "process", "processes")}`);
  set("bad", "not ready", "Guests may get no answer", troubled.flatMap((process) => process.reasons.map((reason) => `${process.socket}: ${reason}`)));
}

/** The stream broke off. */
export function showLost() {
  document.body.classList.add("stale");
  set("warn", "connection lost", "The console does not answer", [
    "What is shown was so a moment ago. It is being tried again; if that takes long, look whether 'stackmeta console' still runs.",
  ]);
}

/** The console has begun anew and does not know this page. */
export function showEnded() {
  document.body.classList.add("stale");
  set("bad", "ended", "This page's console has ended", ["Run 'stackmeta console' again, and open the address that it prints."]);
}

function set(tone, text, title = "", sentences = []) {
  mark(word, "data-tone", tone);
  say(word, text);
  const all = title + sentences.join("\n");
  if (notice.dataset.shown === all) return;
  notice.dataset.shown = all;
  notice.hidden = title === "";
  notice.replaceChildren(el("strong", {}, title), ...sentences.map((sentence) => el("p", {}, sentence)));
}
