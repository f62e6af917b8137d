import { label } from "./words.js";

const READ_MS = 9000;

/** One clear sentence about what could not be done; it goes by itself. */
export function complain(sentence) {
  const corner = document.querySelector("#fault");
  for (const other of corner.children) {
    if (other.firstChild.textContent === sentence) return;
  }
  const fault = document.createElement("div");
  fault.className = "fault";
  const text = document.createElement("span");
  text.textContent = sentence;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "✕";
  label(close, "close");
  close.addEventListener("click", () => fault.remove());
  fault.append(text, close);
  corner.append(fault);
  while (corner.children.length > 3) corner.firstChild.remove();
  setTimeout(() => fault.remove(), READ_MS);
}

/** Say what the stand says of it. */
export function begin(world) {
  world.each("fault", ({ what }) => complain(what));
}
