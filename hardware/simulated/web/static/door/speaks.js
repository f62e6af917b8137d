import { say } from "../words.js";

/** Offers to have the door speak as this page does: it changes with `#` while nobody is served. */
export function begin(world, line) {
  const offer = document.querySelector("#speaks");
  const look = () => {
    const view = world.fact("view");
    const mine = document.documentElement.lang;
    const spoken = view?.language ?? mine;
    offer.hidden = !view || spoken === mine;
    offer.disabled = view?.state !== "waiting" || world.fact("levers")?.keypad === false;
    say(offer, `speaks.${mine}`);
  };
  offer.addEventListener("click", () => line.say({ do: "key", key: "#" }));
  world.when("view", look);
  world.when("levers", look);
  document.addEventListener("language", look);
}
