import { say } from "../words.js";

const MARGIN_PX = 12;
const SMALL_PX = 1023;
/** What is done there shows at the box. */
const DEEDS = ".people, .levers";

function made(name, className, parent) {
  const element = document.createElement(name);
  element.className = className;
  parent.append(element);
  return element;
}

/** The tour's card, and the ring around what it speaks of. */
export class Card {
  #card = document.querySelector("#tour");
  #ring = document.querySelector("#ring");
  #target = null;
  #frame = 0;
  #parts = {};

  /**
   * @param {string[]} chapters in order.
   * @param {Record<string, (value?: string) => void>} asked what each button does: `chapter`, `back`, `pause`,
   *   `next`, `stop`, `again`, `goOn`.
   */
  constructor(chapters, asked) {
    const parts = this.#parts;
    parts.chapters = made("div", "chapters", this.#card);
    for (const chapter of chapters) {
      const button = this.#button(parts.chapters, `tour.${chapter}`, () => asked.chapter(chapter));
      button.dataset.chapter = chapter;
    }
    parts.saying = made("p", "saying", this.#card);
    parts.saying.setAttribute("aria-live", "polite");
    parts.stuck = made("div", "stuck", this.#card);
    parts.stuck.setAttribute("role", "status");
    say(made("span", "", parts.stuck), "tour.stuck");
    this.#button(parts.stuck, "tour.again", asked.again);
    this.#button(parts.stuck, "tour.go_on", asked.goOn);
    parts.bar = made("span", "", made("div", "progress", this.#card));
    const steering = made("div", "steering", this.#card);
    parts.count = made("span", "count", steering);
    this.#button(steering, "tour.back", asked.back);
    parts.pause = this.#button(steering, "tour.pause", asked.pause);
    parts.pause.classList.add("main");
    this.#button(steering, "tour.next", asked.next);
    this.#button(steering, "tour.stop", asked.stop);
    this.#card.addEventListener("keydown", (event) => event.key === "Escape" && asked.stop());
    document.addEventListener("language", () => this.#place());
  }

  #button(parent, key, does) {
    const button = made("button", "", parent);
    button.type = "button";
    button.addEventListener("click", () => does());
    say(button, key);
    return button;
  }

  /** Say a step's words and point at what they are about. */
  show({ chapter, key, at, step, steps }) {
    const parts = this.#parts;
    this.#card.hidden = false;
    for (const button of parts.chapters.children) {
      button.setAttribute("aria-current", String(button.dataset.chapter === chapter));
    }
    say(parts.saying, key);
    say(parts.count, "tour.step", { step, steps });
    parts.bar.style.setProperty("width", `${(100 * step) / steps}%`);
    this.stuck(false);
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

  stuck(isStuck) {
    this.#parts.stuck.hidden = !isStuck;
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
    if (target && window.innerWidth <= SMALL_PX) target.scrollIntoView({ block: "center", inline: "center" });
    cancelAnimationFrame(this.#frame);
    this.#follow("");
    this.#place();
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

  /** Stand where it hides neither its target nor, if possible, the screen. */
  #place() {
    const { style } = this.#card;
    if (window.innerWidth <= SMALL_PX) {
      for (const name of ["left", "top", "bottom"]) style.removeProperty(name);
      return;
    }
    const [width, height] = [this.#card.offsetWidth, this.#card.offsetHeight];
    const right = window.innerWidth - width - MARGIN_PX;
    const bottom = window.innerHeight - height - MARGIN_PX;
    const places = [[right, bottom], [MARGIN_PX, bottom], [right, 64], [MARGIN_PX, 64]];
    const target = this.#found()?.getBoundingClientRect();
    const screen = document.querySelector("#screen").getBoundingClientRect();
    const hidden = ([left, top], box) => {
      if (!box) return 0;
      const across = Math.min(left + width, box.right) - Math.max(left, box.left);
      const down = Math.min(top + height, box.bottom) - Math.max(top, box.top);
      return across > 0 && down > 0 ? (across * down) / (width * height) : 0;
    };
    const cost = (place) => 2 * hidden(place, target) + hidden(place, screen);
    const best = places.reduce((one, other) => (cost(other) < cost(one) ? other : one));
    style.setProperty("left", `${best[0]}px`);
    style.setProperty("top", `${best[1]}px`);
    style.setProperty("bottom", "auto");
  }
}
