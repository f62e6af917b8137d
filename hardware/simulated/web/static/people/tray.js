import { GONE, canBeHeld } from "./holding.js";
import { hasWord, say } from "../words.js";
import { Readiness } from "../door/readiness.js";
import { made } from "../elements.js";
import { thing } from "./drawing.js";

/** The tray: everybody who is about, with what they hold. A click or Enter shows it to the door. */
export function begin(world, line) {
  const tray = document.querySelector("#tray");
  const door = new Readiness(world);
  const people = new Map();

  const look = () => {
    const held = world.fact("hand")?.held;
    for (const [id, button] of people) button.classList.toggle("held", id === held);
  };
  const tellPin = () => {
    const pin = world.fact("box")?.guard_pin;
    const place = people.get("guard")?.querySelector(".pin");
    if (place && pin) say(place, "tray.pin", { pin });
  };
  world.when("tray", (told) => {
    const kept = new Set(told.map(({ id }) => id));
    for (const [id, button] of people) {
      if (kept.has(id) && button.dataset.picture === address(told, id)) continue;
      button.dispatchEvent(new Event(GONE));
      button.parentElement.remove();
      people.delete(id);
    }
    for (const one of told) {
      if (people.has(one.id)) continue;
      const button = person(one);
      button.addEventListener("click", () => door.may() && line.say({ do: "show", visitor: one.id }));
      if (one.kind !== "number") canBeHeld(button, one, line, door);
      people.set(one.id, button);
      const place = document.createElement("li");
      place.append(button);
      // What is to be done next comes first.
      if (one.kind === "setup") tray.prepend(place);
      else tray.append(place);
      if (one.kind === "setup") place.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    }
    look();
    tellPin();
  });
  world.when("hand", look);
  world.when("box", tellPin);
}

function address(told, id) {
  return told.find((one) => one.id === id)?.picture ?? "";
}

function person(one) {
  const button = made("button", one.kind === "setup" ? "person calls" : "person");
  button.type = "button";
  button.dataset.visitor = one.id;
  button.dataset.picture = one.picture ?? "";
  const [name, what] = [made("span", "name"), made("span", "what")];
  const key = hasWord(`tray.${one.id}`) ? `tray.${one.id}` : "tray.payment";
  say(name, key);
  say(what, `${key}.what`);
  button.append(thing(one), name, what);
  if (one.id === "guard") button.append(made("span", "bubble pin"));
  if (one.number) button.append(made("span", "bubble", one.number));
  return button;
}
