import { label, say, word } from "../words.js";

const GAMMA = 0.45;
const WHITENING = 0.16;

/** The lamp on the box, the glow on the wall, and the light on what is held up. */
export function begin(world) {
  const wall = document.querySelector("#door");
  const lamp = document.querySelector("#lamp");
  const words = document.querySelector("#lamp-words");
  const light = document.querySelector("#light");

  const show = (glow) => {
    const { colour = "off", pattern = "steady", shares = [0, 0, 0] } = glow ?? {};
    const strongest = Math.max(...shares);
    const lit = shares.map((share) => {
      const pure = strongest ? (share / strongest) ** GAMMA : 0;
      return Math.round(255 * (pure * (1 - WHITENING) + WHITENING));
    });
    // Eyes see a twelfth of the light as a third of the brightness; the page must do it likewise.
    wall.style.setProperty("--bright", String(strongest ** GAMMA));
    wall.style.setProperty("--lit", lit.join(" "));
    wall.classList.toggle("blinking", pattern === "blinking");
    wall.classList.toggle("breathing", pattern === "breathing");
    document.body.dataset.lamp = `${colour} ${pattern}`;
    const named = { colour: word(`lamp.${pattern}`, { colour: word(`lamp.${colour}`) }) };
    say(words, "lamp", named);
    label(lamp, "lamp", named);
  };
  world.when("lamp", show);
  let isHeard = true;
  const again = () => {
    show(isHeard ? world.fact("lamp") : null);
    shine(isHeard && world.fact("light") === true);
    if (isHeard) return;
    say(words, "lamp.unknown");
    label(lamp, "lamp.unknown");
  };
  world.each("connected", ({ isOpen }) => {
    isHeard = isOpen;
    again();
  });
  document.addEventListener("language", again);
  const shine = (isOn) => {
    light.classList.toggle("shines", isOn);
    label(light, isOn ? "door.light" : "door.no_light");
  };
  shine(false);
  world.when("light", shine);
}
