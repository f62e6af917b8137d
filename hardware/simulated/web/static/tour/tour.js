import { Card } from "./card.js";
import { holds, isOfViews } from "./condition.js";
import { Left, Pace } from "./pace.js";
import { STORIES } from "./story.js";

const LEAD_MS = 1500;
const AFTER_MS = 1000;
const SOON_MS = 1500;
const READY_MS = 15000;
const PREPARED_MS = 60000;
const PATIENCE_S = 15;
const KEY_MS = 260;
const LEAST_LEAD_MS = 300;
const BETWEEN_SHOWINGS_MS = 1500;
const KEYED = ["typing", "menu", "asking"];
const RESTING = { is: { state: "waiting", hand: "" } };
const STEPS = STORIES.flatMap(({ chapter, steps }) => steps.map((step) => ({ chapter, ...step })));
const END = { chapter: STORIES.at(-1).chapter, at: "", ready: {}, key: "tour.end", after_ms: 6000 };
STEPS.push(END);

/** Who leads through the stories: plays by itself, and can be paused, stepped and stopped. */
class Guide {
  #world;
  #line;
  #pace = new Pace(Number(new URLSearchParams(location.search).get("pace")));
  #card;
  #at = -1;
  #run = 0;
  #does = () => {};
  #skips = false;

  constructor(world, line) {
    this.#world = world;
    this.#line = line;
    this.#card = new Card(STORIES.map(({ chapter }) => chapter), {
      chapter: (chapter) => this.play(STEPS.findIndex((step) => step.chapter === chapter)),
      back: () => this.#step(-1),
      pause: () => this.#pause(!this.#pace.isPaused),
      next: () => this.#step(1),
      stop: () => this.stop(),
      again: () => this.#does(),
      goOn: () => {
        this.#skips = true;
      },
    });
  }

  /** Play from a step on, with everything at the door as it should be. */
  async play(from) {
    const run = this.#begin();
    try {
      await this.#prepare(STEPS[from].chapter);
      await this.#from(from, run);
    } catch (error) {
      if (!(error instanceof Left)) throw error;
    }
  }

  /** End the tour, and leave the door as one wants to find it. */
  stop() {
    this.#begin();
    this.#close();
    document.body.dataset.tour = "";
  }

  #close() {
    this.#card.close();
    this.#mend();
    delete document.body.dataset.stuck;
    document.querySelector("#begin-tour").focus({ preventScroll: true });
  }

  #begin() {
    this.#pace.leave();
    this.#pause(false);
    this.#skips = false;
    return ++this.#run;
  }

  #pause(isPaused) {
    this.#pace.isPaused = isPaused;
    this.#card.paused(isPaused);
  }

  /** Go to the next step; or back to the one before, which is not done again but stands to be read. */
  async #step(by) {
    const to = this.#at + by;
    if (to < 0 || this.#at < 0) return;
    if (to >= STEPS.length) return this.stop();
    const run = this.#begin();
    try {
      if (by < 0) {
        this.#show(to);
        this.#pause(true);
        await this.#pace.read(this.#card.reading_ms());
        await this.#from(to + 1, run);
      } else {
        await this.#from(to, run);
      }
    } catch (error) {
      if (!(error instanceof Left)) throw error;
    }
  }

  async #from(first, run) {
    for (let number = first; number < STEPS.length && run === this.#run; number += 1) {
      await this.#tell(number);
    }
    if (run !== this.#run) return;
    this.#close();
    document.body.dataset.tour = "done";
  }

  #mend() {
    const levers = this.#world.fact("levers") ?? {};
    for (const [lever, isWell] of Object.entries(levers)) {
      if (!isWell) this.#line.say({ do: "lever", lever, on: true });
    }
    if (this.#world.fact("box")?.stage === "new") this.#line.say({ do: "in_service" });
  }

  async #prepare(chapter) {
    document.body.dataset.tour = "preparing";
    this.#card.show({ chapter, key: "tour.preparing", at: "", step: 0, steps: STEPS.length });
    this.#card.focus();
    this.#mend();
    // A guard who is on duty, or a number half typed, would answer in the visitor's place.
    const isReady = () => holds({ is: { levers: "", stage: "in_service", open: "true", ...RESTING.is } });
    if (await this.#pace.until(isReady, SOON_MS)) return;
    if (KEYED.includes(document.body.dataset.state)) this.#line.say({ do: "key", key: "#" });
    this.#card.stuck(!(await this.#pace.until(isReady, PREPARED_MS)));
    await this.#pace.until(() => isReady() || this.#skips);
    this.#skips = false;
  }

  #show(number) {
    const { chapter, name, at, key = `tour.${chapter}.${name}` } = STEPS[number];
    this.#at = number;
    document.body.dataset.tour = name ? `${chapter}.${name}` : "end";
    this.#card.show({ chapter, key, at, step: number + 1, steps: STEPS.length });
  }

  async #tell(number) {
    const step = STEPS[number];
    const { after_ms: after = AFTER_MS, lead_ms: lead = LEAD_MS } = step;
    this.#show(number);
    const read_by = performance.now() + this.#card.reading_ms();
    if (step.does) await this.#pace.read(lead, LEAST_LEAD_MS);
    await this.#pace.until(() => holds(step.ready ?? RESTING), READY_MS);
    const before = document.body.dataset.view;
    this.#does = () => this.#again(step.does ?? []);
    if (holds(step.only ?? {})) {
      this.#card.watch();
      await this.#act(step.does ?? []);
      if (step.until) await this.#comes(step, before);
    }
    await this.#pace.read(Math.max(after, read_by - performance.now()));
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
      document.body.dataset.stuck = document.body.dataset.tour;
      await this.#pace.until(isOver);
      this.#card.stuck(false);
      delete document.body.dataset.stuck;
    }
    if (this.#skips) {
      this.#skips = false;
    } else if (was) {
      await this.#pace.until(() => holds(step.ready ?? RESTING), READY_MS);
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
    for (const deed of deeds) {
      if (!deed.keys) {
        this.#line.say(deed);
        continue;
      }
      for (const key of deed.keys.replace("PIN", this.#world.fact("box")?.guard_pin ?? "")) {
        this.#line.say({ do: "key", key });
        await this.#pace.rest(KEY_MS);
      }
    }
  }
}

export function begin(world, line) {
  const guide = new Guide(world, line);
  document.body.dataset.tour = "";
  document.querySelector("#begin-tour").addEventListener("click", () => guide.play(0));
}
