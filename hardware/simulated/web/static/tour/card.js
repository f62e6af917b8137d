import { made } from "../elements.js";
import { say } from "../words.js";

const MARGIN_PX = 12;
const HEADER_PX = 64;
/** What is to be seen at every step, and how much. */
const WEIGHTS = { "#screen": 3, "#phone": 2, "#road": 2, ".keypad": 1, ".levers": 0.5 };
const SMALL_PX = 1023;
const GLIDING_MS = 350;
/** What is done there shows at the box. */
const DEEDS = ".people, .levers";

function button(key, does, className = "") {
  const pressed = made("button", className);
  pressed.type = "button";
  pressed.addEventListener("click", () => does());
  say(pressed, key);
  return pressed;
}

/** The tour's card, and the ring around what it speaks of. */
export class Card {
  #card = document.querySelector("#tour");
  #ring = document.querySelector("#ring");
  #target = null;
  #see = null;
  #frame = 0;
  #gliding = 0;
  #parts = {};

  /**
   * @param {string[]} chapters in order.
   * @param {Record<string, (value?: string) => void>} asked what each button does: `chapter`, `back`, `pause`,
   *   `next`, `stop`, `again`, `goOn`.
   */
  constructor(chapters, asked) {
    const parts = this.#parts;
    const choices = chapters.map((chapter) => {
      const choice = button(`tour.${chapter}`, () => asked.chapter(chapter));
      choice.dataset.chapter = chapter;
      return choice;
    });
    parts.chapters = made("div", "chapters", ...choices);
    parts.saying = made("p", "saying");
    parts.saying.setAttribute("aria-live", "polite");
    const stuck = made("span", "");
    say(stuck, "tour.stuck");
    const [again, goOn] = [button("tour.again", asked.again), button("tour.go_on", asked.goOn)];
    parts.stuck = made("div", "stuck", stuck, again, goOn);
    parts.stuck.setAttribute("role", "status");
    parts.bar = made("span", "");
    parts.count = made("span", "count");
    parts.pause = button("tour.pause", asked.pause, "main");
    const [back, next] = [button("tour.back", asked.back), button("tour.next", asked.next)];
    const stop = button("tour.stop", asked.stop);
    const steering = made("div", "steering", parts.count, back, parts.pause, next, stop);
    this.#card.append(parts.chapters, parts.saying, parts.stuck, made("div", "progress", parts.bar), steering);
    this.#card.addEventListener("keydown", (event) => event.key === "Escape" && asked.stop());
    new ResizeObserver(() => this.#place()).observe(this.#card);
    window.addEventListener("resize", () => this.#place());
  }

  /** Say a step's words and point at what they are about. */
  show({ chapter, key, at, see = "", step, steps }) {
    const parts = this.#parts;
    this.#card.hidden = false;
    for (const button of parts.chapters.children) {
      button.setAttribute("aria-current", String(button.dataset.chapter === chapter));
    }
    say(parts.saying, key);
    say(parts.count, "tour.step", { step, steps });
    parts.bar.style.setProperty("width", `${(100 * step) / steps}%`);
    this.stuck(false);
    this.#see = see;
    this.#point(at);
  }

  /** How long the words take to be read, by whoever reads slowly enough (ms). */
  reading_ms() {
    return 900 + 45 * this.#parts.saying.textContent.length;
  }

  /** On a small screen: have the box in sight, once what the card pointed at was done. */
  watch() {
    const isElsewhere = this.#found()?.closest(DEEDS);
    if (isElsewhere && window.innerWidth <= SMALL_PX) document.querySelector("#box").scrollIntoView();
  }

  paused(isPaused) {
    say(this.#parts.pause, isPaused ? "tour.play" : "tour.pause");
  }

  /** Say that a step waits in vain, or no more; the page's data count how often that was so. */
  stuck(isStuck) {
    const { dataset } = document.body;
    this.#parts.stuck.hidden = !isStuck;
    if (isStuck) {
      dataset.stuck = dataset.tour;
      dataset.stuckTimes = String(Number(dataset.stuckTimes ?? 0) + 1);
    } else {
      delete dataset.stuck;
    }
  }

  /** Put the focus on the card, for whoever steers by keyboard. */
  focus() {
    this.#parts.pause.focus({ preventScroll: true });
  }

  close() {
    this.#card.hidden = this.#ring.hidden = true;
    cancelAnimationFrame(this.#frame);
    this.#target = null;
  }

  #point(at) {
    this.#target = at;
    const target = this.#found();
    if (target && window.innerWidth <= SMALL_PX) this.#bring(target);
    cancelAnimationFrame(this.#frame);
    // The ring glides to what is new; with what it stands around, it moves at once.
    this.#ring.classList.add("glides");
    clearTimeout(this.#gliding);
    this.#gliding = setTimeout(() => this.#ring.classList.remove("glides"), GLIDING_MS);
    this.#follow("");
    this.#place();
  }

  /** Have something in sight above the card, its beginning at least. */
  #bring(target) {
    const room = window.innerHeight - this.#card.offsetHeight - 3 * MARGIN_PX;
    const { top, height } = target.getBoundingClientRect();
    window.scrollBy({ top: top - Math.max(MARGIN_PX, (room - height) / 2) });
    target.scrollIntoView({ block: "nearest", inline: "center" });
    const { bottom } = target.getBoundingClientRect();
    if (height <= room && bottom > room + 2 * MARGIN_PX) window.scrollBy({ top: bottom - room - 2 * MARGIN_PX });
  }

  #found() {
    return this.#target ? document.querySelector(this.#target) : null;
  }

  /** Keep the ring around its target, wherever that goes. */
  #follow(before) {
    const target = this.#found();
    const box = target?.getBoundingClientRect();
    const now = box ? `${box.left} ${box.top} ${box.width} ${box.height}` : "none";
    if (now !== before) {
      this.#ring.hidden = !box;
      if (box) {
        const sizes = { left: box.left - 5, top: box.top - 5, width: box.width + 10, height: box.height + 10 };
        for (const [name, px] of Object.entries(sizes)) this.#ring.style.setProperty(name, `${px}px`);
      }
      this.#place();
    }
    this.#frame = requestAnimationFrame(() => this.#follow(now));
  }

  /** Stand where it hides least: of its target, what else is to be seen, the screen, the manager's phone. */
  #place() {
    const { style } = this.#card;
    if (this.#card.hidden) return;
    if (window.innerWidth <= SMALL_PX) {
      for (const name of ["left", "top", "bottom"]) style.removeProperty(name);
      return;
    }
    const [width, height] = [this.#card.offsetWidth, this.#card.offsetHeight];
    const right = window.innerWidth - width - MARGIN_PX;
    const middle = (window.innerWidth - width) / 2;
    const bottom = Math.max(MARGIN_PX, window.innerHeight - height - MARGIN_PX);
    const places = [right, MARGIN_PX, middle].flatMap((left) => [bottom, HEADER_PX].map((top) => [left, top]));
    const inSight = Object.entries({ ...WEIGHTS, [this.#see]: 4, [this.#target]: 8 })
      .map(([selector, weight]) => [selector && document.querySelector(selector)?.getBoundingClientRect(), weight])
      .filter(([box]) => box);
    const hidden = ([left, top], box) => {
      const across = Math.min(left + width, box.right) - Math.max(left, box.left);
      const down = Math.min(top + height, box.bottom) - Math.max(top, box.top);
      return across > 0 && down > 0 ? (across * down) / (width * height) : 0;
    };
    const cost = (place) => inSight.reduce((sum, [box, weight]) => sum + weight * hidden(place, box), 0);
    const best = places.reduce((one, other) => (cost(other) < cost(one) ? other : one));
    style.setProperty("left", `${best[0]}px`);
    style.setProperty("top", `${best[1]}px`);
    style.setProperty("bottom", "auto");
  }
}
