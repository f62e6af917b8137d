import { hasWord, recall, remember, say } from "../words.js";

const REMEMBERED = "door.sound";
const LOUDEST = 0.22;
const LOUDNESS_EXPONENT = 0.6;
const EDGE_S = 0.003;
const NOTES_HEIGHT = 26;
const NOTES_WIDTH = 120;
const TOLD_MS = 5000;
const FADES_MS = 600;

/**
 * How far a tone must swing to sound as loud as a volume of 0 to 100 says: `amplitude` of
 * `hardware/loudness.py` (S. S. Stevens, J. Acoust. Soc. Am. 27, 815, 1955; the sone of ISO 532).
 */
function amplitude(volume) {
  return (volume / 100) ** (1 / LOUDNESS_EXPONENT);
}

/** The buzzer. It is mute until somebody asks for sound: browsers let no page sound by itself. */
class Buzzer {
  #context = null;
  #sounding = null;
  #wave = null;

  get isOn() {
    return this.#context?.state === "running";
  }

  async turn(isOn) {
    if (isOn) {
      this.#context ??= new AudioContext();
      // A square wave whose highest overtones are weak, as of a small sounder behind a hole.
      this.#wave ??= this.#context.createPeriodicWave(
        new Float32Array(10),
        Float32Array.from([0, 1, 0, 0.3, 0, 0.15, 0, 0.07, 0, 0.03]),
      );
      await this.#context.resume();
    } else {
      await this.#context?.suspend();
    }
  }

  /** Sound a cue; the one before it is cut short. */
  play({ beeps, volume }) {
    this.#sounding?.disconnect();
    this.#sounding = null;
    if (!this.isOn) return;
    const master = this.#context.createGain();
    master.gain.value = LOUDEST * amplitude(volume);
    master.connect(this.#context.destination);
    let at = this.#context.currentTime + 0.01;
    for (const [hz, ms] of beeps) {
      if (hz) this.#tone(master, hz, at, ms / 1000);
      at += ms / 1000;
    }
    this.#sounding = master;
  }

  #tone(master, hz, from, lasts_s) {
    const tone = this.#context.createOscillator();
    const edge = this.#context.createGain();
    tone.setPeriodicWave(this.#wave);
    tone.frequency.value = hz;
    edge.gain.setValueAtTime(0, from);
    edge.gain.linearRampToValueAtTime(1, from + EDGE_S);
    edge.gain.setValueAtTime(1, from + lasts_s - EDGE_S);
    edge.gain.linearRampToValueAtTime(0, from + lasts_s);
    tone.connect(edge).connect(master);
    tone.start(from);
    tone.stop(from + lasts_s);
  }
}

function draw(notes, beeps) {
  const whole_ms = Math.max(600, beeps.reduce((sum, [, ms]) => sum + ms, 0));
  notes.setAttribute("viewBox", `0 0 ${NOTES_WIDTH} ${NOTES_HEIGHT}`);
  notes.replaceChildren();
  let at_ms = 0;
  for (const [hz, ms] of beeps) {
    if (hz) {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const height = Math.log2(hz / 500);
      const place = { x: (at_ms / whole_ms) * NOTES_WIDTH, y: NOTES_HEIGHT - 7 - height * 8, rx: 2, height: 5 };
      place.width = Math.max(3, (ms / whole_ms) * NOTES_WIDTH);
      for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value.toFixed(1));
      notes.append(bar);
    }
    at_ms += ms;
  }
}

export function begin(world) {
  const buzzer = new Buzzer();
  const button = document.querySelector("#sound");
  const cue = document.querySelector("#cue");
  const casing = cue.parentElement;
  const tell = () => {
    document.body.dataset.sound = buzzer.isOn ? "on" : "off";
    say(button, buzzer.isOn ? "sound.on" : "sound.off");
  };
  const turn = async (isOn) => {
    await buzzer.turn(isOn);
    tell();
  };
  const waking = new AbortController();
  button.addEventListener("click", async () => {
    waking.abort();
    const isOn = !buzzer.isOn;
    remember(REMEMBERED, isOn ? "on" : "off");
    await turn(isOn);
  });
  if (recall(REMEMBERED) === "on") {
    // The first press of anything is the gesture that the browser wants; what comes later wakes nothing.
    const wake = ({ target }) => {
      if (!(target instanceof Element) || target.closest("#sound")) return;
      waking.abort();
      turn(true);
    };
    for (const gesture of ["pointerup", "keyup"]) {
      document.addEventListener(gesture, wake, { signal: waking.signal });
    }
  }
  tell();
  say(cue, "cue.none");
  let quiet;
  let fading;
  const forget = () => {
    say(cue, "cue.none");
    document.querySelector("#notes").replaceChildren();
    casing.classList.remove("fades");
  };
  world.each("cue", (sounding) => {
    say(cue, hasWord(`cue.${sounding.cue}`) ? `cue.${sounding.cue}` : "cue.none");
    draw(document.querySelector("#notes"), sounding.beeps);
    buzzer.play(sounding);
    casing.classList.add("sounds");
    casing.classList.remove("fades");
    clearTimeout(quiet);
    clearTimeout(fading);
    const lasts_ms = sounding.beeps.reduce((sum, [, ms]) => sum + ms, 0);
    quiet = setTimeout(() => casing.classList.remove("sounds"), lasts_ms + 200);
    fading = setTimeout(() => {
      casing.classList.add("fades");
      fading = setTimeout(forget, FADES_MS);
    }, lasts_ms + TOLD_MS);
  });
}
