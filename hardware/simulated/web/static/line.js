import { say } from "./words.js";

const LONGEST_PAUSE_S = 15;
/** The stand says that it is there every 2 s, if nothing else. */
const SILENCE_S = 6;
/** What is done at the door by hand; without a line nobody would hear of it. */
const CONTROLS = ["#keypad", ".people", ".levers", "#speaks", "#begin-tour"];

/** The websocket to the stand: opened again by itself, after 1, 2, 4 … seconds, also when it is silent. */
export class Line {
  #socket = null;
  #pause_s = 1;
  #world;
  #words = document.querySelector("#line");
  #onPicture;

  /**
   * @param {World} world is told what the stand tells.
   * @param {(data: ArrayBuffer) => void} onPicture takes each binary message.
   */
  constructor(world, onPicture) {
    this.#world = world;
    this.#onPicture = onPicture;
    say(this.#words, "line.trying");
    this.#allow(false);
  }

  /** Open it, and keep it open for as long as the page is there. */
  open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
    const listening = new AbortController();
    const hear = (name, listener) => socket.addEventListener(name, listener, { signal: listening.signal });
    let silent_s = 0;
    // Seconds are counted, not read off a clock: one that slept or was busy has missed nothing.
    const watch = setInterval(() => ++silent_s >= SILENCE_S && lose(), 1000);
    const lose = () => {
      clearInterval(watch);
      listening.abort();
      socket.close();
      this.#again();
    };
    socket.binaryType = "arraybuffer";
    hear("open", () => {
      this.#socket = socket;
      this.#tell(true);
    });
    hear("message", ({ data }) => {
      silent_s = 0;
      // Not when it opens: one page too many is let in, told nothing, and sent away.
      this.#pause_s = 1;
      if (typeof data === "string") this.#world.take(JSON.parse(data));
      else this.#onPicture(data);
    });
    hear("close", lose);
  }

  /** Whether anybody hears. */
  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Say something to the stand: an object as JSON, anything else as bytes. What nobody hears is dropped. */
  say(message) {
    if (!this.isOpen) return;
    const isBytes = message instanceof Blob || message instanceof ArrayBuffer;
    this.#socket.send(isBytes ? message : JSON.stringify(message));
  }

  #tell(isOpen) {
    document.body.dataset.connected = String(isOpen);
    this.#allow(isOpen);
    if (isOpen) say(this.#words, "line.on");
    this.#world.happen("connected", { isOpen });
  }

  #allow(isOpen) {
    for (const control of CONTROLS) document.querySelector(control).inert = !isOpen;
  }

  #again() {
    this.#socket = null;
    this.#tell(false);
    const pause_s = this.#pause_s;
    this.#pause_s = Math.min(pause_s * 2, LONGEST_PAUSE_S);
    say(this.#words, "line.off", { seconds: pause_s });
    setTimeout(() => this.open(), pause_s * 1000);
  }
}
