import { made } from "../elements.js";
import { thing } from "./drawing.js";

const SLACK_PX = 6;
const PAUSE_MS = 40;

/** Said to a button that is taken out of the tray, so that nothing of it stays in anybody's hand. */
export const GONE = "gone";

/**
 * Let something be dragged before the camera: over the box it is held where the pointer is, and it is put down
 * on release, when it leaves, or when its button goes. Whoever does not drag shows it with a click instead.
 *
 * @param {{may: () => boolean}} door says whether there is a door that could see it, and complains if not.
 */
export function canBeHeld(button, one, line, door) {
  button.addEventListener("pointerdown", (pressed) => {
    if (pressed.button !== 0) return;
    const drag = new Drag(pressed, one, line);
    const listening = new AbortController();
    const end = () => {
      listening.abort();
      drag.end();
    };
    // Buttons can go while they are dragged; the window stays.
    const hear = (name, listener) => {
      const ours = (event) => event.pointerId === drag.pointer && listener(event);
      window.addEventListener(name, ours, { signal: listening.signal });
    };
    hear("pointermove", (event) => {
      if (!drag.moved(event)) return;
      if (door.may()) button.setPointerCapture(event.pointerId);
      else end();
    });
    hear("pointerup", () => {
      if (drag.isUnderWay) {
        // The click that follows a drag is none.
        const stop = (event) => event.stopImmediatePropagation();
        button.addEventListener("click", stop, { capture: true, once: true });
        setTimeout(() => button.removeEventListener("click", stop, { capture: true }));
      }
      end();
    });
    hear("pointercancel", end);
    hear("lostpointercapture", end);
    button.addEventListener(GONE, end, { signal: listening.signal });
  });
}

/** One thing on its way, under one pointer. */
class Drag {
  #from;
  #one;
  #line;
  #ghost = null;
  #isSeen = false;
  #told_ms = 0;
  #screen = document.querySelector("#screen");
  #box = document.querySelector("#box");

  constructor(event, one, line) {
    this.pointer = event.pointerId;
    this.#from = [event.clientX, event.clientY];
    this.#one = one;
    this.#line = line;
  }

  get isUnderWay() {
    return this.#ghost !== null;
  }

  /** Follow the pointer; true when the drag has just begun. */
  moved({ clientX: x, clientY: y }) {
    const far = Math.hypot(x - this.#from[0], y - this.#from[1]) > SLACK_PX;
    const begins = far && !this.isUnderWay;
    if (begins) this.#lift();
    if (this.isUnderWay) this.#carry(x, y);
    return begins;
  }

  end() {
    if (this.#isSeen) this.#line.say({ do: "put_down" });
    this.#isSeen = false;
    this.#ghost?.remove();
    this.#screen.parentElement.classList.remove("aimed");
  }

  #lift() {
    this.#ghost = made("div", "ghost", thing(this.#one));
    document.body.append(this.#ghost);
  }

  #carry(x, y) {
    this.#ghost.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%) scale(1.5)`;
    const box = this.#box.getBoundingClientRect();
    const sees = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
    this.#ghost.classList.toggle("seen", sees);
    this.#screen.parentElement.classList.toggle("aimed", sees);
    if (!sees) {
      if (this.#isSeen) this.#line.say({ do: "put_down" });
      this.#isSeen = false;
      return;
    }
    const now_ms = performance.now();
    if (this.#isSeen && now_ms - this.#told_ms < PAUSE_MS) return;
    this.#isSeen = true;
    this.#told_ms = now_ms;
    const screen = this.#screen.getBoundingClientRect();
    const share = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    this.#line.say({
      do: "hold",
      visitor: this.#one.id,
      x: share(x, screen.left, screen.width),
      y: share(y, screen.top, screen.height),
    });
  }
}
