import { Readiness } from "../door/readiness.js";
import { made } from "../elements.js";
import { say } from "../words.js";

const ASKED_MS = 6000;
const waiting = new WeakMap();
const GROUPS = { box: ["camera", "keypad", "disk", "clock", "power"], line: ["line"], centre: ["broker"] };

/** The switches that break and mend, and what else a technician does to a box. */
export function begin(world, line) {
  const place = document.querySelector("#levers");
  const door = new Readiness(world);
  const levers = new Map();
  for (const [name, members] of Object.entries(GROUPS)) {
    const row = made("div", "row");
    for (const member of members) {
      const lever = switchOf(member, line);
      levers.set(member, lever);
      row.append(lever);
    }
    place.append(group(name, row));
  }
  const [hold, anew] = [deed("button"), deed("new_box")];
  levers.get("power").parentElement.append(made("div", "deeds", hold, anew));

  world.when("levers", (told) => {
    for (const [name, lever] of levers) {
      const isWell = told?.[name] !== false;
      if (lever.dataset.asked === String(isWell)) forget(lever);
      lever.setAttribute("aria-checked", String(isWell));
      say(lever.querySelector(".how"), `lever.${name}.${isWell ? "on" : "off"}`);
    }
  });
  world.when("box", (box) => {
    const does = box?.stage === "new" ? "in_service" : "new_box";
    if (anew.dataset.do !== does) rename(anew, does);
    anew.disabled = box?.stage === "opening";
  });
  // What cannot be done can be asked for again.
  world.each("fault", () => {
    anew.disabled = world.fact("box")?.stage === "opening";
    for (const lever of levers.values()) forget(lever);
  });
  hold.addEventListener("click", () => door.may() && line.say({ do: "button" }));
  anew.addEventListener("click", () => {
    anew.disabled = true;
    line.say({ do: anew.dataset.do });
  });
  explain(place);
}

function group(name, row) {
  const title = document.createElement("h3");
  title.id = `levers-${name}`;
  say(title, `levers.${name}`);
  const whole = made("div", "group", title, row);
  whole.dataset.group = name;
  whole.setAttribute("role", "group");
  whole.setAttribute("aria-labelledby", title.id);
  return whole;
}

function described(button, key) {
  const words = made("span", "unseen");
  words.id = `does-${button.dataset.lever ?? button.dataset.place}`;
  say(words, key);
  button.setAttribute("aria-describedby", words.id);
  document.querySelector(".levers").append(words);
}

function switchOf(name, line) {
  const lever = made("button", "lever");
  lever.type = "button";
  lever.dataset.lever = name;
  lever.setAttribute("role", "switch");
  lever.setAttribute("aria-checked", "true");
  const [named, how] = [made("span", "named"), made("span", "how")];
  say(named, `lever.${name}`);
  say(how, `lever.${name}.on`);
  lever.append(named, made("span", "state", made("span", "track"), how));
  described(lever, `lever.${name}.does`);
  lever.addEventListener("click", () => {
    // Some take a while: it is seen at once that the switch was flipped, and a second flip takes back the first.
    const { asked = lever.getAttribute("aria-checked") } = lever.dataset;
    forget(lever);
    lever.dataset.asked = String(asked !== "true");
    waiting.set(
      lever,
      setTimeout(() => forget(lever), ASKED_MS),
    );
    line.say({ do: "lever", lever: name, on: asked !== "true" });
  });
  return lever;
}

/** What was asked of a switch has come, or does not come. */
function forget(lever) {
  clearTimeout(waiting.get(lever));
  delete lever.dataset.asked;
}

function deed(name) {
  const button = made("button", "deed");
  button.type = "button";
  button.dataset.place = name === "new_box" ? "anew" : name;
  described(button, `${name}.does`);
  rename(button, name);
  return button;
}

function rename(button, does) {
  button.dataset.do = does;
  say(button, does);
  say(document.getElementById(button.getAttribute("aria-describedby")), `${does}.does`);
}

/** One line below says what the switch under the pointer or the focus does. */
function explain(place) {
  const line = document.querySelector("#lever-words");
  say(line, "levers.rest");
  const show = ({ target }) => {
    const id = target instanceof Element && target.closest("button")?.getAttribute("aria-describedby");
    if (id) say(line, document.getElementById(id).dataset.word);
  };
  const rest = () => say(line, "levers.rest");
  place.addEventListener("pointerover", show);
  place.addEventListener("focusin", show);
  place.addEventListener("pointerleave", rest);
  place.addEventListener("focusout", rest);
}
