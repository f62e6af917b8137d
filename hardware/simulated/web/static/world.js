/** What is true at the door now. Pages hear it from the stand and keep nothing of their own, so all agree. */
export class World {
  #facts = new Map();
  #listeners = new Map();

  /** The newest value of a fact; undefined if it was never told. */
  fact(name) {
    return this.#facts.get(name);
  }

  /** Call somebody with a fact, now if it is known and whenever it changes. */
  when(name, listener) {
    this.#listen(`fact ${name}`, listener);
    if (this.#facts.has(name)) listener(this.#facts.get(name));
  }

  /** Call somebody whenever something happens. */
  each(name, listener) {
    this.#listen(`happened ${name}`, listener);
  }

  /** Take what the stand tells: `{fact, is}` or `{happened, …}`. */
  take(told) {
    if ("fact" in told) {
      this.#facts.set(told.fact, told.is);
      this.#call(`fact ${told.fact}`, told.is);
    } else {
      this.happen(told.happened, told);
    }
  }

  /** Let everybody on this page know that something happened. */
  happen(name, more = {}) {
    this.#call(`happened ${name}`, more);
  }

  #listen(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  #call(name, value) {
    for (const listener of this.#listeners.get(name) ?? []) listener(value);
  }
}
