// A list of rows that changes every second and yet stays calm: rows are kept by key, and while somebody points at the list or is in it by
// keyboard, none moves. One row is in the order of Tab; arrows, Home and End go through the others.
import { el } from "./dom.js";

export class Rows {
  #list = el("ul");
  #rows = new Map();

  /**
   * @param place   the element that the list goes into
   * @param keyOf   an item's key
   * @param make    makes a row's button from an item, once
   * @param update  writes an item into its button
   * @param choose  called with the item whose row was pressed, and the button
   */
  constructor({ place, keyOf, make, update, choose }) {
    Object.assign(this, { place, keyOf, make, update, choose });
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    this.#list.addEventListener("focusin", (event) => this.#rove(event.target.closest(".row")));
  }

  /** Shows these items; where there are none, the element that tells so. */
  show(items, empty) {
    if (items.length === 0) {
      this.#rows.clear();
      this.#list.replaceChildren();
      if (this.place.firstElementChild?.textContent !== empty.textContent) this.place.replaceChildren(empty);
      return;
    }
    if (this.#list.parentElement !== this.place) this.place.replaceChildren(this.#list);
    const isHeld = this.#list.matches(":hover, :focus-within");
    const wanted = new Set();
    items.forEach((item, index) => {
      const key = this.keyOf(item);
      wanted.add(key);
      const row = this.#rows.get(key) ?? this.#add(key);
      row.item = item;
      this.update(row.button, item);
      if (!isHeld && this.#list.children[index] !== row.line) this.#list.insertBefore(row.line, this.#list.children[index] ?? null);
    });
    for (const [key, row] of this.#rows) {
      if (!wanted.has(key) && !row.line.matches(":hover, :focus-within")) {
        row.line.remove();
        this.#rows.delete(key);
      }
    }
    if (!this.#list.querySelector(".row[tabindex='0']")) this.#rove(this.#list.querySelector(".row"));
  }

  /** The button of an item; undefined when it is not shown. */
  buttonOf(key) {
    return this.#rows.get(key)?.button;
  }

  #add(key) {
    const button = this.make();
    button.type = "button";
    button.classList.add("row");
    button.tabIndex = -1;
    const row = { button, line: el("li", {}, button), item: undefined };
    button.addEventListener("click", () => this.choose(row.item, button));
    this.#rows.set(key, row);
    this.#list.append(row.line);
    return row;
  }

  #rove(row) {
    if (!row) return;
    for (const other of this.#list.querySelectorAll(".row[tabindex='0']")) other.tabIndex = -1;
    row.tabIndex = 0;
  }

  #move(event) {
    const rows = [...this.#list.querySelectorAll(".row")];
    const at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    rows[Math.min(Math.max(to, 0), rows.length - 1)].focus();
  }
}
