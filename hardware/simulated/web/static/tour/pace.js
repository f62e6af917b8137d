const TICK_MS = 80;
const FASTEST = 50;

/** Thrown through a step that is left before its end. */
export class Left extends Error {}

/** Time as the tour counts it: it stands still while paused, and ends at once when a step is left. */
export class Pace {
  isPaused = false;
  #leave = new Set();
  #times;

  /** @param {number} times how many times as fast as somebody reads; the door's own times stay what they are */
  constructor(times = 1) {
    this.#times = Math.min(Math.max(times || 1, 1), FASTEST);
  }

  /** Leave something to be read for so long (ms). @throws {Left} */
  async read(ms, least_ms = 0) {
    await this.rest(Math.max(least_ms, ms / this.#times));
  }

  /** Let so much time pass (ms). @throws {Left} */
  async rest(ms) {
    await this.until(() => false, ms);
  }

  /**
   * Wait until something is so.
   * @returns {Promise<boolean>} false if it was not within `patience_ms`
   * @throws {Left}
   */
  until(isSo, patience_ms = Infinity) {
    return new Promise((resolve, reject) => {
      let passed_ms = 0;
      let last_ms = performance.now();
      const end = (settle, value) => {
        clearInterval(timer);
        this.#leave.delete(leave);
        settle(value);
      };
      const leave = () => end(reject, new Left());
      const timer = setInterval(() => {
        const now_ms = performance.now();
        if (!this.isPaused) passed_ms += now_ms - last_ms;
        last_ms = now_ms;
        if (this.isPaused) return;
        if (isSo()) end(resolve, true);
        else if (passed_ms >= patience_ms) end(resolve, false);
      }, TICK_MS);
      this.#leave.add(leave);
    });
  }

  /** Leave whatever is under way. */
  leave() {
    for (const leave of [...this.#leave]) leave();
  }
}
