// The five stations: what each does, how fast, and what it refuses for.
import { byId, el, mark, say, svg } from "./dom.js";
import { count, duration, rate } from "./words.js";
import { sparkline } from "./sparkline.js";

const NAMES = {
  guests: ["Guests", ""],
  edge: ["Edge", "which network?"],
  agent: ["Agent", "which instance?"],
  api: ["API", "is it proven?"],
  store: ["Store", "what is it told?"],
};

const stations = new Map();

/** Makes the cards once. */
export function makeStations() {
  for (const [name, [title, question]] of Object.entries(NAMES)) {
    const parts = {
      note: el("span", { class: "quiet" }, question),
      rate: el("p", { class: "rate number" }),
      times: el("p", { class: "times quiet number" }),
      trouble: el("p", { class: "trouble" }),
      reasons: el("ul", { class: "reasons", "aria-label": `Refused by ${title} in the last minute` }),
      spark: name === "guests" ? svg("svg", { class: "spark", viewBox: "0 0 59 20", preserveAspectRatio: "none", "aria-hidden": "true" }) : null,
    };
    const card = el("div", { class: "card" }, el("h3", {}, title, parts.note), parts.rate, parts.times, parts.spark, parts.trouble);
    parts.station = el("li", { class: "station", id: `station-${name}` }, card, parts.reasons);
    stations.set(name, parts);
    byId("stations").append(parts.station);
  }
}

/** Shows a picture. */
export function showStations(picture) {
  showGuests(stations.get("guests"), picture);
  for (const station of picture.stations) show(stations.get(station.name), station);
}

function showGuests(parts, picture) {
  const all = picture.answered_per_s + picture.refused_per_s;
  say(parts.note, picture.absence ? "" : count(picture.guest_count, "guest", "guests"));
  showRate(parts.rate, rate(Math.round(all * 10) / 10), "requests/s");
  const refused = picture.refused_per_s ? [`${rate(picture.refused_per_s)}/s refused`] : [];
  const missed = picture.missed ? [`${picture.missed.toLocaleString("en")} too fast to show`] : [];
  say(parts.times, [...refused, ...missed].join(" · "));
  mark(parts.station, "data-tone", all > 0 ? "well" : undefined);
  sparkline(parts.spark, picture.answered, picture.refused);
}

function show(parts, station) {
  mark(parts.station, "data-tone", station.trouble ? "bad" : station.there ? "well" : undefined);
  say(parts.trouble, station.trouble ? `Trouble: ${station.trouble}` : "");
  parts.trouble.title = station.trouble;
  if (!station.there) {
    showRate(parts.rate, "–", "");
    say(parts.times, "not seen from here");
  } else {
    showRate(parts.rate, station.median_ms === null ? "idle" : duration(station.median_ms), station.median_ms === null ? "" : "to answer");
    say(parts.times, station.trouble ? "" : times(station));
  }
  showReasons(parts.reasons, station.refused);
}

function times(station) {
  if (station.median_ms === null) return station.note;
  const slow = station.slow_ms === null ? "" : ` · 1 in 20 over ${duration(station.slow_ms)}`;
  return `${rate(station.per_s)}/s${slow}`;
}

function showRate(element, number, unit) {
  const text = unit ? `${number} ` : number;
  if (element.dataset.shown === text + unit) return;
  element.dataset.shown = text + unit;
  element.replaceChildren(text, unit ? el("span", { class: "quiet" }, unit) : "");
}

function showReasons(list, refused) {
  const shown = JSON.stringify(refused);
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...refused.map(({ reason, count: times }) => el("li", { title: reason }, `${reason} × ${times}`)));
}
