import { Card } from "./card.js";
import { Caretaker } from "./caretaker.js";
import { RESTING, holds, isOfViews, isOnDuty } from "./condition.js";
import { Left, Pace } from "./pace.js";
import { CHAPTERS, STEPS } from "./steps.js";
import { Trace } from "./trace.js";

const LEAD_MS = 1500;
const AFTER_MS = 1000;
const SOON_MS = 600;
const READY_MS = 15000;
const PREPARED_MS = 75000;
const LEFT_MS = 30000;
const SPOKEN_MS = 4000;
const PATIENCE_S = 15;
const LEAST_LEAD_MS = 300;
const BETWEEN_SHOWINGS_MS = 1500;
const TAKING_EFFECT_MS = 1000;
const LOCK = "door.tour";

/** Who leads through the stories: plays by itself, and can be paused, stepped and stopped. */
class Guide {
  #world;
  #line;
  #pace = new Pace(Number(new URLSearchParams(location.search).get("pace")));
  #trace = new Trace();
  #caretaker;
  #card;
  #at = -1;
  #run = 0;
  #does = () => {};
  #skips = false;
  /** What the door spoke before the tour; null while there is none. */
  #spoke = null;
  #release = () => {};

  constructor(world, line) {
    this.#world = world;
    this.#line = line;
    this.#caretaker = new Caretaker(world, line, this.#trace);
    this.#card = new Card(CHAPTERS, {
      chapter: (chapter) => this.play(STEPS.findIndex((step) => step.chapter === chapter)),
      back: () => this.#back(),
      pause: () => this.#pause(!this.#pace.isPaused),
      next: () => this.#next(),
      stop: () => this.stop(),
      again: () => this.#does(),
      goOn: () => {
        this.#skips = true;
      },
    });
  }

  /** Play from a step on, with everything at the door as that needs it. */
  play(from) {
    if (this.#spoke === null) this.#open();
    return this.#go(async (run) => {
      await this.#prepare(from);
      await this.#from(from, run);
    });
  }

  /** End the tour, and leave the door as one wants to find it. */
  stop() {
    this.#go(() => this.#close(""));
  }

  /** Mend what a tour has left that came to no end: its page was closed, or loaded again. */
  tidy() {
    if (this.#trace.isEmpty) return;
    const isThere = () => document.body.dataset.connected === "true" && this.#world.fact("levers");
    const mend = () =>
      this.#go(async () => {
        await this.#pace.until(isThere);
        await this.#mend();
      });
    // Not while a tour is played by another page.
    if (navigator.locks) navigator.locks.request(LOCK, mend);
    else mend();
  }

  /** The page goes: say at once what can be said, and what is not heard is mended by who comes next. */
  leave() {
    if (this.#trace.isEmpty) return;
    const { state, digits } = document.body.dataset;
    for (const deed of this.#mending()) this.#line.say(deed);
    if (!this.#trace.hasDuty || !isOnDuty()) return;
    // An answer, or the guard's screen whatever it shows, goes by `#`; digits one by one.
    const before = { showing: "#", menu: "#", typing: "*".repeat(Number(digits)) }[state] ?? "";
    for (const key of `${before}*0`) this.#line.say({ do: "key", key });
  }

  #open() {
    const { dataset } = document.body;
    this.#spoke = dataset.language;
    dataset.stuckTimes = "0";
    this.#release();
    navigator.locks?.request(LOCK, { mode: "shared" }, () => new Promise((resolve) => (this.#release = resolve)));
  }

  /** Do this in place of whatever is under way. */
  async #go(does) {
    this.#pace.leave();
    this.#pause(false);
    this.#card.stuck((this.#skips = false));
    this.#run += 1;
    this.#caretaker.afresh();
    try {
      await does(this.#run);
    } catch (error) {
      if (!(error instanceof Left)) throw error;
    }
  }

  #pause(isPaused) {
    this.#pace.isPaused = isPaused;
    this.#card.paused(isPaused);
  }

  /** Go to the next step: what it needs of this one is done for it. */
  #next() {
    const to = this.#at + 1;
    this.#go((run) => (to < STEPS.length ? this.#from(to, run) : this.#close("done")));
  }

  /** Go back to the step before, which is not done again but stands to be read. */
  #back() {
    const to = this.#at - 1;
    if (to < 0) return;
    this.#go(async (run) => {
      this.#show(to);
      this.#pause(true);
      await this.#pace.read(this.#card.reading_ms());
      await this.#from(to + 1, run);
    });
  }

  async #from(first, run) {
    for (let number = first; number < STEPS.length && run === this.#run; number += 1) {
      await this.#tell(number);
    }
    if (run === this.#run) await this.#close("done");
  }

  async #close(tour) {
    this.#card.close();
    document.body.dataset.tour = tour;
    document.querySelector("#begin-tour").focus({ preventScroll: true });
    await this.#mend();
  }

  #mending() {
    return this.#trace.mending(this.#world.fact("levers"), this.#world.fact("box"));
  }

  /** Mend what the tour broke, and end what it began. Whatever visitors are about meanwhile is theirs. */
  async #mend() {
    for (const deed of this.#mending()) this.#line.say(deed);
    const language = this.#spoke === null ? undefined : this.#caretaker.usual || this.#spoke || undefined;
    const needs = { language, duty: this.#trace.hasDuty ? false : undefined, gently: true };
    this.#spoke = null;
    // What was keyed in last may not have taken effect yet.
    if (this.#trace.hasDuty) await this.#pace.rest(TAKING_EFFECT_MS);
    await this.#comesTo(needs, LEFT_MS);
    this.#trace.clear();
    this.#release();
  }

  /** Have the door as it is needed; it is looked at, and worked on, again and again. */
  #comesTo(needs, patience_ms) {
    return this.#pace.until(() => {
      if (this.#skips || this.#caretaker.isSo(needs)) return true;
      this.#caretaker.tend(needs);
      return false;
    }, patience_ms);
  }

  /** Begin with a door at rest, that speaks as the page does; any visitor may have it do so. */
  async #prepare(from) {
    const { chapter, needs } = STEPS[from];
    this.#at = from;
    document.body.dataset.tour = "preparing";
    this.#card.show({ chapter, key: "tour.preparing", at: "", step: from + 1, steps: STEPS.length });
    this.#card.focus();
    await this.#ready({ ...needs, rests: true }, chapter, 0);
    const language = document.documentElement.lang;
    if (document.body.dataset.language === language) return;
    this.#card.show({ chapter, key: "tour.language", at: "#keypad", step: from + 1, steps: STEPS.length });
    await this.#pace.read(this.#card.reading_ms() / 2, LEAST_LEAD_MS);
    await this.#comesTo({ language }, SPOKEN_MS);
    await this.#pace.read(this.#card.reading_ms() / 2);
  }

  /** See to what a step needs; if that takes a while, the card says so, and at last that it is in vain. */
  async #ready(needs, chapter, soon_ms = SOON_MS) {
    if (await this.#comesTo(needs, soon_ms)) return;
    document.body.dataset.tour = "preparing";
    this.#card.show({ chapter, key: "tour.preparing", at: "", step: this.#at + 1, steps: STEPS.length });
    this.#does = () => this.#caretaker.afresh();
    if (!(await this.#comesTo(needs, PREPARED_MS))) {
      this.#card.stuck(true);
      await this.#comesTo(needs);
      this.#card.stuck(false);
    }
    this.#skips = false;
  }

  #show(number) {
    const { chapter, name, at, see, key = `tour.${chapter}.${name}` } = STEPS[number];
    this.#at = number;
    document.body.dataset.tour = name ? `${chapter}.${name}` : "end";
    this.#card.show({ chapter, key, at, see, step: number + 1, steps: STEPS.length });
  }

  async #tell(number) {
    const step = STEPS[number];
    const { after_ms: after = AFTER_MS, lead_ms: lead = LEAD_MS } = step;
    this.#at = number;
    await this.#ready(step.needs, step.chapter);
    this.#show(number);
    const read_by = performance.now() + this.#card.reading_ms();
    if (step.does) await this.#pace.read(lead, LEAST_LEAD_MS);
    await this.#attends(step);
    const before = document.body.dataset.view;
    this.#does = () => this.#again(step.does ?? []);
    this.#card.watch();
    await this.#act(step.does ?? []);
    if (step.until) await this.#comes(step, before);
    await this.#pace.read(Math.max(after, read_by - performance.now()));
  }

  /** Wait until the door is ready for what a step does, in the language of the page. */
  async #attends({ needs, ready = RESTING }) {
    if (Object.keys(ready).length === 0) return;
    const rests = ready === RESTING;
    const inTime = await this.#pace.until(() => {
      if (holds(ready)) return true;
      if (rests) this.#caretaker.tend({ ...needs, rests });
      return false;
    }, READY_MS);
    const language = document.documentElement.lang;
    if (!inTime || needs.menu || document.body.dataset.language === language) return;
    await this.#comesTo({ ...needs, language }, SPOKEN_MS);
  }

  /** Wait for what a step is about. A step whose outcome does not come says so, and can be left. */
  async #comes(step, before) {
    const { until, again, patience_s: patience = PATIENCE_S } = step;
    const isNew = step.isNew ?? isOfViews(until);
    let since = before;
    let was = false;
    const is = (condition) => {
      const { view, painted } = document.body.dataset;
      const isThere = !isNew || (view !== since && painted === view);
      return isThere && holds(condition);
    };
    const isOver = () => {
      was ||= again !== undefined && is(again);
      return this.#skips || is(until) || was;
    };
    const inTime = await this.#pace.until(isOver, patience * 1000);
    if (!inTime) {
      this.#card.stuck(true);
      await this.#pace.until(isOver);
      this.#card.stuck(false);
    }
    if (this.#skips) {
      this.#skips = false;
    } else if (was) {
      await this.#pace.until(() => holds(RESTING), READY_MS);
      await this.#pace.rest(BETWEEN_SHOWINGS_MS);
      since = document.body.dataset.view;
      this.#does();
      await this.#comes({ ...step, again: undefined }, since);
    }
  }

  async #again(deeds) {
    try {
      await this.#act(deeds);
    } catch (error) {
      if (!(error instanceof Left)) throw error;
    }
  }

  async #act(deeds) {
    for (const deed of deeds) await this.#caretaker.do(deed, this.#pace);
  }
}

export function begin(world, line) {
  const guide = new Guide(world, line);
  document.body.dataset.tour = "";
  document.querySelector("#begin-tour").addEventListener("click", () => guide.play(0));
  window.addEventListener("pagehide", () => guide.leave());
  guide.tidy();
}
