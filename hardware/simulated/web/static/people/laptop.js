import { complain } from "../faults.js";
import { Readiness } from "../door/readiness.js";
import { say } from "../words.js";

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
  #begins = null;
  #isWanted = false;
  #isDoors = false;

  /** Called whenever it begins or ends. */
  onChange = () => {};

  constructor(line) {
    this.#line = line;
    Object.assign(this.#video, { muted: true, playsInline: true });
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** Begin, once: whoever asks again while the browser still asks for leave waits for the same camera. */
  begin() {
    this.#isWanted = true;
    this.#begins ??= this.#open().finally(() => {
      this.#begins = null;
    });
    return this.#begins;
  }

  async #open() {
    if (!navigator.mediaDevices) return complain("laptop.insecure");
    const wanted = { width: { ideal: WIDTH_PX }, height: { ideal: HEIGHT_PX } };
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      this.#release(stream);
      return this.#isWanted ? complain(REFUSALS[error.name] ?? "laptop.missing") : undefined;
    }
    if (!this.#isWanted) return this.#release(stream);
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.end());
    this.announce();
    return this.onChange();
  }

  /** Tell the stand of it (again, on a new line), and send the first frame. */
  announce() {
    if (!this.isOn) return;
    this.#isDoors = false;
    this.#line.say({ do: "laptop", on: true });
    this.#next(0);
  }

  end() {
    this.#isWanted = false;
    if (!this.isOn) return;
    this.#release(this.#stream);
    this.#line.say({ do: "laptop", on: false });
    this.onChange();
  }

  /** The stand has the last frame, so it has said before whose camera is the door's. @param {object} hand */
  taken(hand) {
    this.#isDoors = true;
    this.heed(hand);
    if (this.isOn) this.#next(Math.max(0, PAUSE_MS - (performance.now() - this.#sent_ms)));
  }

  /** End it when it is the door's no longer: only one thing is before the camera, whatever came last. */
  heed(hand) {
    if (this.#isDoors && hand?.held !== "laptop") this.end();
  }

  #release(stream) {
    clearTimeout(this.#timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    this.#video.srcObject = null;
    this.#stream = null;
    this.#isDoors = false;
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
  const door = new Readiness(world);
  const button = document.querySelector("#laptop");
  const words = document.querySelector("#laptop-words");
  laptop.onChange = () => {
    button.setAttribute("aria-pressed", String(laptop.isOn));
    say(button, laptop.isOn ? "laptop.off" : "laptop.on");
    words.hidden = !laptop.isOn;
    document.body.dataset.laptop = String(laptop.isOn);
  };
  laptop.onChange();
  button.addEventListener("click", () => {
    if (laptop.isOn) laptop.end();
    else if (door.may()) laptop.begin();
  });
  window.addEventListener("pagehide", () => laptop.end());
  world.each("taken", () => laptop.taken(world.fact("hand")));
  world.each("laptop_lost", () => laptop.end());
  world.each("connected", ({ isOpen }) => isOpen && laptop.announce());
  world.when("hand", (hand) => laptop.heed(hand));
}
