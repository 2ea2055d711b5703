// The documents of a guest. None is asked for before its line is pressed, and what may hold secrets is called private there.
import { el } from "./dom.js";
import { ask } from "./feed.js";

/** Fills a section with the list of documents. */
export async function makeDocuments(guest, section, signal) {
  try {
    const documents = await ask("/documents", {}, signal);
    if (documents.error) return;
    section.append(
      el("p", { class: "quiet asked-note" }, "Each is asked for in the guest's name when you open it, and then shows in the picture."),
      el("ul", { class: "documents" }, ...documents.map((document) => line(guest, document, signal))),
    );
  } catch {
    // Another guest was opened.
  }
}

function line(guest, { path, private: isPrivate }, signal) {
  const act = el("span", { class: "act" });
  const button = el("button", { class: "document", type: "button", "aria-expanded": "false" }, el("span", { class: "path-name mono" }, path), isPrivate ? el("span", { class: "tag", title: "It may hold secrets." }, "private") : null, act);
  const text = el("pre", { class: "text mono", tabindex: 0, "aria-label": path, hidden: "" });
  const close = () => {
    // What was secret does not stay in the page.
    text.replaceChildren();
    text.hidden = true;
    button.setAttribute("aria-expanded", "false");
    act.textContent = "Show";
  };
  button.addEventListener("click", async () => {
    if (!text.hidden) return close();
    text.hidden = false;
    button.setAttribute("aria-expanded", "true");
    act.textContent = "Hide";
    text.textContent = "Asking …";
    try {
      text.textContent = told(await ask("/document", { asked: guest.asked, network: guest.network, router: guest.router, path }, signal));
    } catch {
      close();
    }
  });
  close();
  return el("li", {}, button, text);
}

function told({ error, status, bytes, text }) {
  if (error) return error;
  if (status === 0) return "No answer came in time.";
  if (status >= 400) return `The guest is answered ${status}.\n\n${text}`;
  return bytes === 0 ? "The guest is answered with nothing: it is empty." : text;
}
