import { say } from "../words.js";
import { Pane } from "./pane.js";

const HEADER_BYTES = 8;

/** The door's screen: pictures are drawn one after the other, each where it belongs. */
export class Screen {
  #canvas = document.querySelector("#screen");
  #pen = this.#canvas.getContext("2d", { alpha: false });
  #pane = new Pane(this.#canvas);
  #last = Promise.resolve();
  #world;
  #line;
  #drawn = 0;
  #door = 0;
  #shown = null;
  #look;

  /**
   * @param {World} world knows the door.
   * @param {Line} line acknowledges pictures.
   */
  constructor(world, line) {
    this.#world = world;
    this.#line = line;
    const dark = document.querySelector("#dark");
    let isHeard = true;
    const look = () => {
      const { is_open: isOpen } = world.fact("door") ?? {};
      const hasPower = world.fact("levers")?.power !== false;
      if (!isOpen || !isHeard) this.#shown = null;
      dark.hidden = isOpen === true && isHeard && this.#shown === world.fact("view")?.door;
      if (!isHeard) say(dark, "line.lost");
      else say(dark, hasPower ? "door.opening" : "door.power");
    };
    this.#look = look;
    world.each("connected", ({ isOpen }) => {
      isHeard = isOpen;
      look();
    });
    world.when("door", ({ is_open: isOpen, width_px: width, height_px: height }) => {
      if (this.#canvas.width !== width || this.#canvas.height !== height) {
        Object.assign(this.#canvas, { width, height });
      }
      if (!isOpen) this.#blacken();
      look();
    });
    world.when("levers", look);
    world.when("view", (view) => {
      if (view) this.#door = view.door;
      look();
    });
  }

  /** Draw a picture, after those that came before. @param {ArrayBuffer} data header and picture */
  paint(data) {
    this.#last = this.#last.then(() => this.#draw(data));
  }

  /** One that cannot be drawn is passed over and acknowledged: those that come after it must not wait for ever. */
  async #draw(data) {
    try {
      const header = new DataView(data, 0, HEADER_BYTES);
      const [x, y, number] = [header.getUint16(0, true), header.getUint16(2, true), header.getUint32(4, true)];
      const picture = await createImageBitmap(new Blob([data.slice(HEADER_BYTES)]));
      if (this.#world.fact("door")?.is_open) this.#pen.drawImage(picture, x, y);
      picture.close();
      this.#pane.refresh();
      const { dataset } = document.body;
      dataset.painted = `${this.#door}.${number}`;
      dataset.drawn = String(++this.#drawn);
      if (dataset.painted === dataset.view) this.#uncover();
    } catch (error) {
      console.warn("a picture of the screen could not be drawn", error);
    } finally {
      this.#line.say({ do: "drawn" });
    }
  }

  /** From the first whole picture of a door on, its screen is what one sees. */
  #uncover() {
    if (this.#shown === this.#door) return;
    this.#shown = this.#door;
    this.#look();
  }

  #blacken() {
    this.#pen.fillStyle = "#000";
    this.#pen.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#pane.refresh();
  }
}
