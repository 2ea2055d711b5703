// Makes elements. Text is only ever text: what guests have written goes through textContent, and nothing here takes HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (undefined, null and false ones are left out) and children, which are elements or text. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same in SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

export const byId = (id) => document.getElementById(id);

/** Replaces an element's text, if it differs: what stays the same is not read out again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute if it differs, or takes it away. */
export function mark(element, name, value) {
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) mark(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
