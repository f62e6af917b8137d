import { complain, settle, worded } from "../faults.js";
import { Readiness } from "../door/readiness.js";

const ABOUT = { about: "picture" };

/** A picture of one's own, chosen or dropped anywhere on the page, is held up to the camera. */
export function begin(world, line) {
  const door = new Readiness(world);
  const holdUp = (file) => (line.isOpen && door.may() ? send(file) : undefined);
  const chooser = document.querySelector("#picture");
  const sheet = document.querySelector("#drop");
  chooser.addEventListener("change", async () => {
    if (chooser.files.length) await holdUp(chooser.files[0]);
    chooser.value = "";
  });
  const brings = (event) => event.dataTransfer?.types.includes("Files");
  let inside = 0;
  document.addEventListener("dragenter", (event) => {
    if (!brings(event)) return;
    inside += 1;
    sheet.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!brings(event)) return;
    inside -= 1;
    sheet.hidden ||= inside <= 0;
  });
  document.addEventListener("dragover", (event) => {
    if (brings(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    inside = 0;
    sheet.hidden = true;
    if (event.dataTransfer.files.length) holdUp(event.dataTransfer.files[0]);
  });
}

async function send(file) {
  settle(ABOUT.about);
  try {
    const answer = await fetch("/picture", { method: "POST", body: file });
    if (answer.ok) return;
    const { code, error } = await answer.json();
    complain(worded({ code, what: error }), ABOUT);
  } catch {
    // A server may hang up on what is too large before all of it came.
    complain("picture.failed", ABOUT);
  }
}
