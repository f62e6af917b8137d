import { complain } from "../faults.js";
import { say, word } from "../words.js";

const WIDTH_PX = 1280;
const HEIGHT_PX = 720;
const QUALITY = 0.9;
const PAUSE_MS = 66;
const PATIENCE_MS = 3000;
const REFUSALS = { NotAllowedError: "laptop.denied", SecurityError: "laptop.denied" };

/** This computer's camera as the door's: one frame under way at a time, about fifteen a second. */
class Laptop {
  #line;
  #video = document.createElement("video");
  #canvas = document.createElement("canvas");
  #stream = null;
  #timer = 0;
  #sent_ms = 0;

  /** Called whenever it begins or ends. */
  onChange = () => {};

  constructor(line) {
    this.#line = line;
    Object.assign(this.#video, { muted: true, playsInline: true });
  }

  get isOn() {
    return this.#stream !== null;
  }

  async begin() {
    if (!navigator.mediaDevices) return complain(word("laptop.insecure"));
    const wanted = { width: { ideal: WIDTH_PX }, height: { ideal: HEIGHT_PX } };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      this.#video.srcObject = this.#stream;
      await this.#video.play();
    } catch (error) {
      this.#release();
      return complain(word(REFUSALS[error.name] ?? "laptop.missing"));
    }
    if (!this.isOn) return undefined;
    this.#stream.getVideoTracks()[0].addEventListener("ended", () => this.end());
    this.announce();
    this.onChange();
    return undefined;
  }

  /** Tell the stand of it (again, on a new line), and send the first frame. */
  announce() {
    if (!this.isOn) return;
    this.#line.say({ do: "laptop", on: true });
    this.#next(0);
  }

  end() {
    if (!this.isOn) return;
    this.#release();
    this.#line.say({ do: "laptop", on: false });
    this.onChange();
  }

  /** The stand has the last frame. */
  taken() {
    if (this.isOn) this.#next(Math.max(0, PAUSE_MS - (performance.now() - this.#sent_ms)));
  }

  #release() {
    clearTimeout(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#stream = null;
  }

  #next(after_ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), after_ms);
  }

  #send() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    this.#next(PATIENCE_MS);
    if (!width || !this.#line.isOpen) return;
    const share = Math.min(1, WIDTH_PX / Math.max(width, height));
    this.#canvas.width = Math.round(width * share);
    this.#canvas.height = Math.round(height * share);
    this.#canvas.getContext("2d").drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#sent_ms = performance.now();
    this.#canvas.toBlob((frame) => this.isOn && frame && this.#line.say(frame), "image/jpeg", QUALITY);
  }
}

export function begin(world, line) {
  const laptop = new Laptop(line);
  const button = document.querySelector("#laptop");
  const words = document.querySelector("#laptop-words");
  laptop.onChange = () => {
    button.setAttribute("aria-pressed", String(laptop.isOn));
    say(button, laptop.isOn ? "laptop.off" : "laptop.on");
    words.hidden = !laptop.isOn;
    document.body.dataset.laptop = String(laptop.isOn);
  };
  laptop.onChange();
  button.addEventListener("click", () => (laptop.isOn ? laptop.end() : laptop.begin()));
  window.addEventListener("pagehide", () => laptop.end());
  world.each("taken", () => laptop.taken());
  world.each("connected", ({ isOpen }) => isOpen && laptop.announce());
  world.when("hand", (hand) => {
    // Only one thing is before the camera: whatever came last.
    if (hand && hand.held !== "laptop") laptop.end();
  });
}
