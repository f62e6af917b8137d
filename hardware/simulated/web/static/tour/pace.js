const TICK_MS = 80;

/** Thrown through a step that is left before its end. */
export class Left extends Error {}

/** Time as the tour counts it: it stands still while paused, and ends at once when a step is left. */
export class Pace {
  isPaused = false;
  #leave = new Set();

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
