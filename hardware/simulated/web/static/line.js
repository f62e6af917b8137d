import { say } from "./words.js";

const LONGEST_PAUSE_S = 15;

/** The websocket to the stand: opened again by itself, after 1, 2, 4 … seconds. */
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
  }

  /** Open it, and keep it open for as long as the page is there. */
  open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      this.#socket = socket;
      this.#pause_s = 1;
      this.#tell(true);
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#world.take(JSON.parse(data));
      else this.#onPicture(data);
    });
    socket.addEventListener("close", () => this.#again());
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
    if (isOpen) say(this.#words, "line.on");
    this.#world.happen("connected", { isOpen });
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
