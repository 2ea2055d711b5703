// The right panel: who was refused lately, by whom and why; and the sentence that a screen reader says when somebody is.
import { byId, el, mark, say } from "./dom.js";
import { Rows } from "./rows.js";
import { ago, count, reason } from "./words.js";

/** Milliseconds between two sentences, so that a storm does not talk without end. */
const PAUSE = 5000;

const usual = byId("usual");
const live = byId("live");

let picture;
let rows;
let known;
let unsaid = [];
let saidAt = 0;

export function makeRefusals({ choose }) {
  rows = new Rows({
    place: byId("refusals"),
    keyOf: (refusal) => `${refusal.guest?.asked} ${refusal.guest?.network_id} ${refusal.reason} ${refusal.status}`,
    make: () =>
      el(
        "button",
        { class: "refusal-row" },
        el("span", { class: "when number" }),
        el("span", { class: "name who" }),
        el("span", { class: "reason" }),
        el("span", { class: "second mono" }),
        el("span", { class: "second mono" }),
      ),
    update: (button, refusal) => {
      const [when, who, why, where, what] = button.children;
      say(when, ago(refusal.time, Date.parse(picture.time)));
      say(who, refusal.guest?.title ?? "somebody");
      say(why, `${reason(refusal)}${refusal.by ? ` · ${refusal.by}` : ""}${refusal.count > 1 ? ` · ${count(refusal.count, "time", "times")}` : ""}`);
      say(where, refusal.guest && refusal.guest.addresses !== refusal.guest.title ? refusal.guest.addresses : networkOf(refusal));
      say(what, `${refusal.status} ${refusal.method} ${refusal.target}`);
      what.title = refusal.target;
      mark(button, "data-usual", refusal.usual ? "" : undefined);
    },
    choose: (refusal, button) => refusal.guest && choose(refusal.guest, button),
  });
  usual.addEventListener("change", () => picture && showRefusals(picture));
}

export function showRefusals(next) {
  picture = next;
  const shown = picture.refusals.filter((refusal) => usual.checked || !refusal.usual);
  rows.show(shown, nothing(picture.refusals.length - shown.length));
  tell(picture.refusals.filter((refusal) => !refusal.usual));
}

function nothing(left) {
  const words = picture.absence
    ? ["Not known", "Nothing runs that could tell."]
    : left > 0
      ? ["Nobody was refused", `Only what every boot comes by: ${count(left, "refusal", "refusals")}.`]
      : ["Nobody was refused", "When a guest gets an error, it is listed here with the reason."];
  return el("div", { class: "empty" }, el("strong", {}, words[0]), words[1]);
}

function networkOf(refusal) {
  const id = refusal.guest?.network_id;
  return picture.networks.find((network) => network.id === id)?.name || id || "";
}

/** Says what is new, a sentence at a time; what was there when the page was opened is not news. */
function tell(refusals) {
  const ids = new Set(refusals.map((refusal) => refusal.id));
  if (known) unsaid.push(...refusals.filter((refusal) => !known.has(refusal.id)));
  known = ids;
  if (unsaid.length === 0 || Date.now() - saidAt < PAUSE) return;
  const [last] = unsaid;
  const more = unsaid.length > 1 ? `, and ${count(unsaid.length - 1, "more", "more")}` : "";
  live.textContent = `Refused: ${last.guest?.title ?? "somebody"}, ${reason(last)}${more}.`;
  unsaid = [];
  saidAt = Date.now();
}
