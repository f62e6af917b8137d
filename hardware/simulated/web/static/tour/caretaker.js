import { RESTING, holds, isOnDuty } from "./condition.js";

const TICK_MS = 700;
const KEY_MS = 260;
const STILL_MS = 600;
const BOX_MS = 45000;
const LEVER_MS = 6000;
/** A visit can be taken back for two minutes; this is well within. */
const RECENT_MS = 80000;
const VISITS = ["welcome", "goodbye"];

/**
 * @typedef {object} Needs how a step wants to find the door; what is not named may be as it likes.
 * @property {string} [levers] the one lever that is pulled, or "" for none.
 * @property {string} [stage] of the box.
 * @property {boolean} [duty] whether a guard is on duty.
 * @property {boolean} [visit] whether somebody has just come or gone.
 * @property {boolean} [menu] whether the guard's screen shows what may be taken back.
 * @property {boolean} [rests] whether the door waits for the next visitor.
 * @property {string} [language] what it speaks.
 * @property {boolean} [gently] leave alone what visitors may be about: typed digits, answers, setting up.
 */

/** Brings the door to where somebody wants to find it: by levers and keys, as people would, one at a time. */
export class Caretaker {
  #world;
  #line;
  #trace;
  #idle_until = 0;
  #still = "";
  #still_since = 0;
  #asked = new Map();
  #visit_at = -Infinity;
  #brokeOff = false;
  #door = 0;

  /** What a door speaks that has just opened; empty while none has. */
  usual = "";

  /**
   * @param {World} world knows how the door is.
   * @param {Line} line reaches it.
   * @param {Trace} trace is told what is broken or begun.
   */
  constructor(world, line, trace) {
    this.#world = world;
    this.#line = line;
    this.#trace = trace;
    world.when("view", (view) => {
      if (view && this.#door && view.door !== this.#door) this.usual = view.language;
      if (view) this.#door = view.door;
      if (VISITS.includes(view?.reason)) this.#visit_at = performance.now();
      if (view?.reason === "taken_back" || view === null) this.#visit_at = -Infinity;
    });
  }

  /** Ask again for what was asked for already and has not come. */
  afresh() {
    this.#asked.clear();
    this.#idle_until = 0;
  }

  /** Whether all is as it is needed. */
  isSo(needs) {
    const data = document.body.dataset;
    const { levers, stage, duty, visit, menu, rests, language } = needs;
    const isOpen = data.open === "true";
    const isDue = levers === "power" ? !isOpen : isOpen;
    return (
      data.connected === "true" &&
      (levers === undefined || (data.levers === levers && isDue)) &&
      (stage === undefined || data.stage === stage) &&
      (duty === undefined || menu || !isOpen || isOnDuty() === duty) &&
      (!visit || menu || this.#isRecent) &&
      (!menu || (data.state === "menu" && !this.#brokeOff)) &&
      (!rests || holds(RESTING)) &&
      (language === undefined || data.language === language)
    );
  }

  /** Do the next thing towards that, if there is one, and what was done before has had its time. */
  tend(needs) {
    const data = document.body.dataset;
    const now = performance.now();
    const view = `${data.view} ${data.digits} ${data.hand}`;
    if (view !== this.#still) [this.#still, this.#still_since] = [view, now];
    if (now < this.#idle_until || data.connected !== "true") return;
    if (this.#pull(needs) || this.#change(needs, data) || data.open !== "true") return;
    if (data.stage === "opening" || now - this.#still_since < STILL_MS) return;
    if (data.hand === "laptop" && needs.rests) this.#once(LEVER_MS, { do: "laptop", on: false });
    const deed = this.#deed(needs, data);
    if (!deed) return;
    this.#idle_until = now + TICK_MS;
    if (deed.do) this.do(deed);
    else for (const key of this.#spelt(deed.keys)) this.#line.say({ do: "key", key });
  }

  /** Do one deed of the story: what is said to the stand, or keys to press one by one. @throws {Left} */
  async do(deed, pace) {
    this.#trace.note(deed);
    if (!deed.keys) {
      this.#line.say(deed);
      return;
    }
    this.#brokeOff = true;
    for (const key of this.#spelt(deed.keys)) {
      this.#line.say({ do: "key", key });
      await pace.rest(KEY_MS);
    }
    this.#brokeOff = false;
  }

  get #isRecent() {
    return performance.now() - this.#visit_at < RECENT_MS;
  }

  #spelt(keys) {
    return keys.replace("PIN", this.#world.fact("box")?.guard_pin ?? "");
  }

  /** Have the levers stand as they are needed. */
  #pull({ levers }) {
    if (levers === undefined) return false;
    const wrong = Object.entries(this.#world.fact("levers") ?? {}).filter(
      ([lever, isWell]) => isWell !== (lever !== levers),
    );
    for (const [lever, isWell] of wrong) {
      this.#once(LEVER_MS, { do: "lever", lever, on: !isWell });
    }
    return wrong.length > 0;
  }

  /** Have the right box hang at the door. */
  #change({ stage }, data) {
    if (stage === undefined || data.stage === stage || data.stage === "opening") return false;
    this.#once(BOX_MS, { do: stage === "new" ? "new_box" : "in_service" });
    return true;
  }

  /** Ask for this, and not again before it has had its time. */
  #once(again_ms, deed) {
    const name = JSON.stringify(deed);
    const now = performance.now();
    if (now < (this.#asked.get(name) ?? -Infinity)) return;
    this.#asked.set(name, now + again_ms);
    this.#trace.note(deed);
    this.#line.say(deed);
  }

  /** What somebody at the door would do next. */
  #deed(needs, data) {
    const { duty, visit, menu, language, gently } = needs;
    const { state, stage, reason } = data;
    if (state === "waiting") {
      if (!holds(RESTING)) return null;
      if (duty && !isOnDuty()) return { do: "show", visitor: "guard" };
      if (duty === false && isOnDuty()) return { keys: "*0" };
      if (visit && !this.#isRecent) return { do: "show", visitor: "nguyen" };
      return menu ? this.#opened() : this.#spoken(language, data);
    }
    if (state === "setting_up" && stage === "new") return this.#spoken(language, data);
    const isWanted = state === "menu" && menu && !this.#brokeOff;
    if (state === "menu" && (duty !== undefined || !gently)) return isWanted ? null : { keys: "#" };
    if (gently && !this.#brokeOff) return null;
    if (state === "typing") return { keys: "*".repeat(Number(data.digits)) || "#" };
    if (state === "asking") return { keys: "#" };
    if (state === "checking" || (state === "setting_up" && stage === "in_service")) return { keys: "*" };
    // Only a key takes this away; other answers go by themselves.
    return state === "showing" && reason === "not_saved" ? { keys: "#" } : null;
  }

  /** The door speaks each of its languages in turn. */
  #spoken(language, data) {
    return language === undefined || language === data.language ? null : { keys: "#" };
  }

  #opened() {
    this.#brokeOff = false;
    return { keys: "*3" };
  }
}
