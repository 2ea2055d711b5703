// The left panel: networks; the guests of the one that was chosen; or what a search found.
import { byId, el, mark, say } from "./dom.js";
import { ask } from "./feed.js";
import { Rows } from "./rows.js";
import { ago, count, rate, reason } from "./words.js";

const heading = byId("places-heading");
const counted = byId("places-count");
const place = byId("places");
const search = byId("search-text");

let picture;
let shown = { kind: "networks" };
let guests = { total: 0, guests: [] };
let asking = new AbortController();
let refreshed = 0;

const networkRows = new Rows({
  place,
  keyOf: (network) => network.id,
  make: () => el("button", { class: "place-row" }, el("span", { class: "name" }), el("span", { class: "right" }), el("span", { class: "second" }), el("span", { class: "second right number" })),
  update: (button, network) => {
    const [name, badge, second, numbers] = button.children;
    say(name, network.name || network.id);
    say(badge, network.refused ? `${count(network.refused, "guest", "guests")} refused` : "");
    mark(badge, "class", network.refused ? "right badge" : "right");
    say(second, network.cidrs || (network.name ? network.id : "not in the inventory"));
    say(numbers, `${count(network.guests, "guest", "guests")} · ${rate(network.per_s)}/s`);
  },
  choose: (network) => openNetwork(network),
});

const guestRows = (choose) =>
  new Rows({
    place,
    keyOf: (guest) => `${guest.asked} ${guest.network_id}`,
    make: () => el("button", { class: "guest-row" }, el("span", { class: "name" }), el("span", { class: "right" }), el("span", { class: "second mono" }), el("span", { class: "second right number" })),
    update: (button, guest) => {
      const [name, badge, second, last] = button.children;
      say(name, guest.title);
      say(badge, guest.refused ? reason(guest.refused) : "");
      mark(badge, "class", guest.refused ? "right badge" : "right");
      say(second, guest.addresses);
      say(last, guest.last ? `asked ${ago(guest.last.time, Date.parse(picture.time))}` : "has not asked");
    },
    choose,
  });

let rowsOfGuests;

const moreButton = el("button", { class: "row more", type: "button" });
moreButton.addEventListener("click", more);

export function makePlaces({ choose }) {
  rowsOfGuests = guestRows(choose);
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    if (guests.guests.length > 0 && shown.kind === "search") rowsOfGuests.choose(guests.guests[0], search);
  });
  search.addEventListener("input", () => {
    shown = search.value.trim() ? { kind: "search", text: search.value.trim() } : { kind: "networks" };
    refresh();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") place.querySelector(".row")?.focus();
  });
}

/** Shows a picture: the networks at once; guests are asked for, at most every two seconds. */
export function showPlaces(next) {
  picture = next;
  if (shown.kind === "networks") render();
  else if (Date.now() - refreshed > 2000 && guests.guests.length <= 50) refresh();
}

/** Goes back from guests to networks; false when they are shown already. */
export function leaveNetwork() {
  if (shown.kind === "networks") return false;
  const left = shown.network;
  shown = { kind: "networks" };
  search.value = "";
  render();
  (networkRows.buttonOf(left?.id) ?? place.querySelector(".row"))?.focus();
  return true;
}

async function openNetwork(network) {
  shown = { kind: "network", network };
  guests = { total: 0, guests: [] };
  await refresh();
  place.querySelector(".row")?.focus();
}

async function refresh() {
  asking.abort();
  asking = new AbortController();
  refreshed = Date.now();
  if (shown.kind === "networks") return render();
  try {
    const answer = await ask("/guests", { network: shown.network?.id, search: shown.text }, asking.signal);
    if (!answer.error) guests = answer;
    render();
  } catch {
    // Another question has taken its place.
  }
}

function nothing() {
  const words = picture.absence
    ? ["Not known", "Nothing runs that could tell."]
    : picture.inventory
      ? ["No network yet", "stackmeta network create lab"]
      : ["Nobody has asked yet", "There is no inventory here: networks and guests show as they ask."];
  return el("div", { class: "empty" }, el("strong", {}, words[0]), words[1]);
}

async function more() {
  const answer = await ask("/guests", { network: shown.network?.id, search: shown.text, from: guests.guests.length });
  if (answer.error) return;
  guests = { total: answer.total, guests: [...guests.guests, ...answer.guests] };
  render();
}

function render() {
  if (!picture) return;
  if (shown.kind === "networks") {
    heading.replaceChildren("Networks");
    say(counted, picture.network_count > picture.networks.length ? `the busiest ${picture.networks.length} of ${picture.network_count}` : "");
    networkRows.show(picture.networks, nothing());
    return;
  }
  if (!heading.querySelector(".back")) {
    const back = el("button", { class: "back", type: "button" }, "‹ Networks");
    back.addEventListener("click", leaveNetwork);
    heading.replaceChildren(back);
  }
  const name = shown.kind === "network" ? shown.network.name || shown.network.id : `“${shown.text}”`;
  say(counted, `${name} · ${count(guests.total, "guest", "guests")}`);
  rowsOfGuests.show(guests.guests, el("div", { class: "empty" }, el("strong", {}, "No such guest"), "Nobody is called so, and nobody has asked from there."));
  const left = guests.total - guests.guests.length;
  say(moreButton, `${count(left, "more", "more")} …`);
  if (left === 0) moreButton.remove();
  else if (moreButton.parentElement !== place) place.append(moreButton);
}
