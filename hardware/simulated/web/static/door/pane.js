/**
 * What is seen of the screen: its picture at the size that it has on the page, in the display's own pixels.
 *
 * Browsers take each few pixels of a canvas that they shrink to a third, and letters get ragged; a drawn copy
 * is averaged.
 */
export class Pane {
  #source;
  #canvas = document.querySelector("#pane");
  #pen = this.#canvas.getContext("2d", { alpha: false });
  #isAsked = false;

  /** @param {HTMLCanvasElement} source the screen, in its own pixels */
  constructor(source) {
    this.#source = source;
    const observer = new ResizeObserver(([{ contentRect, devicePixelContentBoxSize: sizes }]) => {
      const share = window.devicePixelRatio;
      this.#canvas.width = sizes?.[0].inlineSize ?? Math.round(contentRect.width * share);
      this.#canvas.height = sizes?.[0].blockSize ?? Math.round(contentRect.height * share);
      this.#draw();
    });
    try {
      observer.observe(this.#canvas, { box: "device-pixel-content-box" });
    } catch {
      observer.observe(this.#canvas);
    }
  }

  /** Show what the screen shows now, once for each time that the display can. */
  refresh() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#draw();
    });
  }

  #draw() {
    if (!this.#canvas.width || !this.#canvas.height) return;
    this.#pen.imageSmoothingQuality = "high";
    this.#pen.drawImage(this.#source, 0, 0, this.#canvas.width, this.#canvas.height);
  }
}
