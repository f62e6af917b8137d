/** The virtual door: puts the parts of the page together. */

import * as buzzer from "./door/buzzer.js";
import * as faults from "./faults.js";
import * as keypad from "./door/keypad.js";
import * as lamp from "./door/lamp.js";
import * as laptop from "./people/laptop.js";
import * as levers from "./centre/levers.js";
import * as phone from "./centre/phone.js";
import * as pictures from "./people/pictures.js";
import * as road from "./centre/road.js";
import * as speaks from "./door/speaks.js";
import * as tour from "./tour/tour.js";
import * as tray from "./people/tray.js";
import * as view from "./door/view.js";
import * as words from "./words.js";
import { Line } from "./line.js";
import { Screen } from "./door/screen.js";
import { World } from "./world.js";

await words.begin();
const world = new World();
const line = new Line(world, (picture) => screen.paint(picture));
const screen = new Screen(world, line);
for (const part of [faults, view, speaks, lamp, buzzer, keypad, tray, pictures, laptop, levers, road, phone, tour]) {
  part.begin(world, line);
}
line.open();
