import { hasWord, label, say } from "./words.js";

const READ_MS = 9000;
const MOST = 3;

/**
 * One clear sentence about what could not be done; it goes by itself.
 *
 * @param {string} key of its words; what is no key is a sentence itself.
 * @param {{about?: string}} more what it is about, so that it can be settled.
 */
export function complain(key, { about = "" } = {}) {
  const corner = document.querySelector("#fault");
  for (const other of corner.children) {
    if (other.firstChild.dataset.word === key) return;
  }
  const fault = document.createElement("div");
  fault.className = "fault";
  fault.dataset.about = about;
  const text = document.createElement("span");
  say(text, key);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "✕";
  label(close, "close");
  close.addEventListener("click", () => fault.remove());
  fault.append(text, close);
  corner.append(fault);
  while (corner.children.length > MOST) corner.firstChild.remove();
  setTimeout(() => fault.remove(), READ_MS);
}

/** Take away what was complained of something, since it is tried anew. */
export function settle(about) {
  for (const fault of document.querySelectorAll(`#fault > [data-about="${about}"]`)) fault.remove();
}

/** The key of a fault's words by its code; of one without words what the stand says of it, in English. */
export function worded({ code, what }) {
  return hasWord(`fault.${code}`) ? `fault.${code}` : what;
}

/** Say what the stand says of it. */
export function begin(world) {
  world.each("fault", (fault) => complain(worded(fault)));
}
