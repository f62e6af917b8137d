import { recall, remember } from "../words.js";

const REMEMBERED = "door.tour";

/** What the tour has broken or begun, kept by the browser: whoever comes back finds the door well. */
export class Trace {
  #left = new Set((recall(REMEMBERED) ?? "").split(" ").filter(Boolean));

  /** Whether there is anything to mend. */
  get isEmpty() {
    return this.#left.size === 0;
  }

  /** Note what a deed breaks or begins. */
  note({ do: does, lever, on, visitor, keys = "" }) {
    if (does === "lever" && !on) this.#add(lever);
    if (does === "new_box") this.#add("box");
    if (visitor === "guard" || keys.includes("PIN")) this.#add("duty");
  }

  /** Whether a guard's turn of duty was begun. */
  get hasDuty() {
    return this.#left.has("duty");
  }

  /** What is to be said to the stand to have it well again; `levers` and `box` are its facts. */
  mending(levers, box) {
    const pulled = Object.keys(levers ?? {}).filter((lever) => !levers[lever] && this.#left.has(lever));
    const said = pulled.map((lever) => ({ do: "lever", lever, on: true }));
    return this.#left.has("box") && box?.stage === "new" ? [...said, { do: "in_service" }] : said;
  }

  /** All of it is well again. */
  clear() {
    this.#left.clear();
    remember(REMEMBERED, "");
  }

  #add(name) {
    this.#left.add(name);
    remember(REMEMBERED, [...this.#left].join(" "));
  }
}
