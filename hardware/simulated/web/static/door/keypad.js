import { label, recall, remember, say } from "../words.js";
import { Readiness } from "./readiness.js";

const REMEMBERED = "door.typing";
const PRESSED_MS = 160;
const STANDS_FOR = { Enter: "#", Backspace: "*", Delete: "*", a: "A", b: "B", c: "C", d: "D" };
const WRITES = "input, select, textarea, iframe, [contenteditable]";
const IS_PRESSED_BY_ENTER = "button, a, summary, label";
const DOOR = ".wall, .people, .levers";

/** The keypad: keys as they lie, to click, to touch, and to type. */
export function begin(world, line) {
  const pad = document.querySelector("#keypad");
  const door = new Readiness(world);
  const buttons = new Map();

  const press = (key) => {
    if (!line.isOpen || !door.may()) return;
    flash(key);
    line.say({ do: "key", key });
  };
  const flash = (key) => {
    const button = buttons.get(key);
    if (!button) return;
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), PRESSED_MS);
  };
  let laid = "";
  world.when("door", ({ keys }) => {
    if (!keys || keys === laid) return;
    laid = keys;
    pad.dataset.columns = keys.length > 12 ? "4" : "3";
    buttons.clear();
    for (const key of keys) buttons.set(key, button(key, press));
    pad.replaceChildren(...buttons.values());
  });
  world.each("key", ({ key }) => flash(key));

  const typing = document.querySelector("#typing");
  let types = recall(REMEMBERED) !== "off";
  const tell = () => {
    say(typing, types ? "keypad.typing" : "keypad.not_typing");
  };
  tell();
  typing.addEventListener("click", () => {
    types = !types;
    remember(REMEMBERED, types ? "on" : "off");
    tell();
  });
  // Who has clicked a key and types on means the keypad with Enter, not that key once more; and who types a
  // number means it whatever was clicked before.
  let clicked = null;
  document.addEventListener("pointerdown", ({ target }) => {
    clicked = target instanceof Element ? target.closest("button") : null;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") clicked = null;
    if (!types || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const focus = document.activeElement;
    if (focus?.matches(WRITES)) return;
    const isClicked = focus === clicked && (focus?.closest(DOOR) || document.body.dataset.state === "typing");
    if (event.key === "Enter" && focus?.matches(IS_PRESSED_BY_ENTER) && !isClicked) return;
    const key = STANDS_FOR[event.key] ?? event.key;
    if (!buttons.has(key)) return;
    event.preventDefault();
    press(key);
  });
}

function button(key, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = /\d/.test(key) ? "key" : "key other";
  made.textContent = key;
  made.dataset.key = key;
  const named = { "*": "keypad.star", "#": "keypad.hash" };
  label(made, named[key] ?? "keypad.key", { key });
  made.addEventListener("click", () => press(key));
  return made;
}
