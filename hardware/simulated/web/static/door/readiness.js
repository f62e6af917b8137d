import { complain, settle } from "../faults.js";

const ABOUT = { about: "door" };

/** Whether there is a door that hears what is done before it. */
export class Readiness {
  #world;

  constructor(world) {
    this.#world = world;
    world.when("door", ({ is_open: isOpen }) => isOpen && settle(ABOUT.about));
  }

  /** True if so; if not, it is said at once why nothing happens. */
  may() {
    if (this.#world.fact("door")?.is_open) return true;
    const hasPower = this.#world.fact("levers")?.power !== false;
    complain(hasPower ? "fault.opening" : "fault.no_power", ABOUT);
    return false;
  }
}
