/** Small drawings of what people hold: the code is the true one, the card around it is drawn. */

import { made } from "../elements.js";

const part = (className, ...inside) => made("span", className, ...inside);

function code(address) {
  const picture = document.createElement("img");
  picture.src = address;
  picture.alt = "";
  picture.draggable = false;
  return picture;
}

const DRAWN = {
  card: ({ picture }) => [part("card", part("face-photo"), code(picture))],
  phone: ({ picture }) => [part("handy", code(picture))],
  number: () => [part("basic")],
  stray: ({ picture }) => [part("stray", code(picture))],
  badge: ({ id, picture }) => [part(`badge ${id}`, code(picture))],
  setup: ({ picture }) => [part("sheet", code(picture))],
};

/** The drawing of what one of the tray holds. */
export function thing(one) {
  const drawn = part("thing", ...(DRAWN[one.kind] ?? DRAWN.phone)(one));
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}
