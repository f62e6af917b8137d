import { made } from "../elements.js";
import { say } from "../words.js";

const STATIONS = ["waiting", "sent", "stored"];
const MOVED_MS = 700;
const MOST_PARCELS = 4;
const APART_MS = 130;

/** The road of a visit: waiting in the box, sent to the broker, stored at the centre. */
export function begin(world) {
  const road = document.querySelector("#road");
  const words = document.querySelector("#road-words");
  const station = Object.fromEntries(
    STATIONS.map((name) => [name, road.querySelector(`[data-station="${name}"]`)]),
  );
  let before = null;

  const ride = (name, many) => {
    const way = road.querySelector(`[data-way="${name}"]`);
    for (let number = 0; number < Math.min(many, MOST_PARCELS); number += 1) {
      setTimeout(() => {
        const parcel = made("span", "parcel");
        way.append(parcel);
        setTimeout(() => parcel.remove(), MOVED_MS);
      }, number * APART_MS);
    }
  };
  const tell = () => {
    const { line = true, broker = true } = world.fact("levers") ?? {};
    const isCut = !line || !broker;
    road.querySelector('[data-way="sent"]').classList.toggle("cut", isCut);
    words.classList.toggle("cut", isCut);
    say(words, ...sentence(world.fact("counts"), isCut));
  };
  world.when("counts", (counts) => {
    for (const name of STATIONS) {
      station[name].querySelector("strong").textContent = counts ? counts[name] : "–";
      if (before && counts && before[name] !== counts[name]) flash(station[name]);
    }
    station.waiting.classList.toggle("held", Boolean(counts?.waiting));
    if (before && counts) {
      const stored = Math.max(0, counts.stored - before.stored);
      ride("stored", stored);
      ride("sent", Math.max(0, counts.sent - before.sent + stored));
    }
    before = counts;
    tell();
  });
  world.when("levers", tell);
}

function flash(station) {
  station.classList.add("moved");
  setTimeout(() => station.classList.remove("moved"), MOVED_MS);
}

function sentence(counts, isCut) {
  if (!counts) return ["road.unknown"];
  if (counts.set_aside) return ["road.aside", { count: counts.set_aside }];
  if (isCut) return ["road.cut"];
  if (counts.waiting + counts.sent) return ["road.under_way"];
  return [counts.stored ? "road.well" : "road.empty"];
}
