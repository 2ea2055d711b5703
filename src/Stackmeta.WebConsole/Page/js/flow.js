// The wires between the stations, and the requests that flow on them: each dot is one. Who asked for less motion sees wires alone.
import { byId, mark, svg } from "./dom.js";

const ORDER = ["guests", "edge", "agent", "api", "store"];

/** Milliseconds from one station to the next. */
const STEP = 260;

/** Dots at once: more would be a blur, and work for a browser that is behind. */
const MOST = 40;

const still = matchMedia("(prefers-reduced-motion: reduce)");
const image = byId("wires");
const dots = svg("g");
let places = [];

/** Draws the wires, now and whenever the cards move. */
export function makeWires() {
  new ResizeObserver(draw).observe(byId("stations"));
}

/** Lets the requests flow that came by since the last picture. */
export function showFlow(picture) {
  const busy = new Map(picture.stations.map((station) => [station.name, station.per_s > 0]));
  for (const wire of image.querySelectorAll("[data-to]")) mark(wire, "data-busy", busy.get(wire.dataset.to) ? "" : undefined);
  if (still.matches || document.hidden) return;
  if (places.length === 0) draw();
  picture.flow.forEach((request, index) => send(request, (index * 900) / picture.flow.length));
}

function draw() {
  const origin = image.getBoundingClientRect();
  places = ORDER.map((name) => {
    const card = byId(`station-${name}`).querySelector(".card").getBoundingClientRect();
    return { x: card.x + card.width / 2 - origin.x, y: card.y + card.height / 2 - origin.y, foot: card.bottom - origin.y };
  });
  const wires = places.slice(1).map((to, index) => {
    const from = places[index];
    return svg("path", { class: "wire", d: `M${from.x} ${from.y} L${to.x} ${to.y}`, "data-to": ORDER[index + 1] });
  });
  image.replaceChildren(...wires, dots);
}

function send(request, delay) {
  if (dots.childElementCount >= MOST) return;
  const last = Math.max(1, ORDER.indexOf(request.to));
  const way = places.slice(0, last + 1);
  const end = places[last];
  const back = request.refused ? [{ x: end.x, y: end.foot + 22 }] : way.slice(0, -1).reverse();
  const points = [...way, ...back];
  const dot = svg("circle", { class: request.refused ? "dot refused" : "dot", r: 4.5 });
  dots.append(dot);
  const frames = points.map(({ x, y }, index) => ({
    transform: `translate(${x}px, ${y}px)`,
    opacity: index === points.length - 1 ? 0 : 1,
  }));
  dot.style.opacity = 0;
  dot.animate(frames, { duration: STEP * (points.length - 1), delay, easing: "linear" }).onfinish = () => dot.remove();
}
