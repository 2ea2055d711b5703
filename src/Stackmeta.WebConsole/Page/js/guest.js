// One guest: the way of its request link by link, as 'stackmeta explain' sees it, and the documents that it is told.
import { byId, el } from "./dom.js";
import { makeDocuments } from "./documents.js";
import { ask } from "./feed.js";

const SIGNS = { fine: ["✓", "fine"], broken: ["✕", "broken"], "not-looked-at": ["–", "not looked at"] };

const panel = byId("guest-panel");
const refusals = byId("refusals-panel");

let opener;
let asking = new AbortController();

/** Opens a guest; the focus goes to its name, and comes back to the row when it is closed. */
export function openGuest(guest, from) {
  opener = from;
  asking.abort();
  asking = new AbortController();
  const heading = el("h2", { id: "guest-heading", tabindex: -1 }, guest.title);
  const close = el("button", { class: "back", type: "button" }, "‹ Refused lately");
  const again = el("button", { class: "back again", type: "button" }, "Look again");
  const way = el("section", { "aria-labelledby": "way-heading" }, el("h3", { id: "way-heading", class: "unseen" }, "The way of its request"));
  const told = el("section", { "aria-labelledby": "told-heading" }, el("h3", { id: "told-heading", class: "unseen" }, "What it is told"));
  close.addEventListener("click", closeGuest);
  again.addEventListener("click", () => explain(guest, way));
  panel.replaceChildren(el("div", { class: "panel-head" }, close, heading, again), el("div", { class: "guest-body" }, way, told));
  panel.hidden = false;
  refusals.hidden = true;
  heading.focus();
  explain(guest, way);
  makeDocuments(guest, told, asking.signal);
}

/** Closes it; false when none is open. */
export function closeGuest() {
  if (panel.hidden) return false;
  asking.abort();
  panel.hidden = true;
  refusals.hidden = false;
  panel.replaceChildren();
  (opener?.isConnected && opener.offsetParent ? opener : byId("search-text")).focus();
  return true;
}

async function explain(guest, way) {
  const heading = way.firstElementChild;
  way.replaceChildren(heading, el("div", { class: "verdict", role: "status" }, "Walking its way …"));
  try {
    const found = await ask("/explain", { asked: guest.asked, network: guest.network }, asking.signal);
    way.replaceChildren(heading, verdict(found), ...(found.links ? [links(found.links)] : []));
  } catch {
    // Another guest was opened.
  }
}

function verdict(found) {
  const words = found.error
    ? ["It cannot be explained.", found.error]
    : found.verdict === "broken"
      ? [found.meaning, `Next: ${found.next}`]
      : found.verdict === "fine"
        ? ["Every link is fine: this guest is answered."]
        : ["Nothing is broken that could be seen; what has a dash could not be looked at."];
  const subject = found.subject ? [el("p", { class: "mono" }, found.subject)] : [];
  return el(
    "div",
    { class: "verdict", role: "status", "data-verdict": found.error ? "error" : found.verdict },
    ...subject,
    ...words.map((sentence, index) => el("p", {}, index === 0 && !found.error ? el("strong", {}, sentence) : sentence)),
  );
}

function links(all) {
  return el(
    "ol",
    { class: "links", "aria-label": "Links of its way" },
    ...all.map(({ link, state, detail }) => {
      const [sign, word] = SIGNS[state];
      return el(
        "li",
        { "data-state": state },
        el("span", { class: "sign" }, el("span", { "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, word)),
        el("span", {}, link),
        el("span", { class: "detail" }, detail),
      );
    }),
  );
}
