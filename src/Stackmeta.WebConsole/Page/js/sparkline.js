// The last minute as two hills: answered, and refused in front of it.
import { svg } from "./dom.js";

const HEIGHT = 20;

export function sparkline(image, answered, refused) {
  const top = Math.max(4, ...answered, ...refused);
  image.replaceChildren(
    svg("path", { d: `${line(answered, top)} L${answered.length - 1},${HEIGHT} L0,${HEIGHT} Z`, class: "answered" }),
    svg("path", { d: line(answered, top), class: "outline" }),
    svg("path", { d: `${line(refused, top)} L${refused.length - 1},${HEIGHT} L0,${HEIGHT} Z`, class: "refused" }),
  );
}

function line(numbers, top) {
  return `M${numbers.map((number, at) => `${at},${(HEIGHT - (number / top) * (HEIGHT - 1)).toFixed(2)}`).join(" L")}`;
}
