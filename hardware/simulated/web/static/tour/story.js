/**
 * The tour as data. A step says its words (`tour.<chapter>.<name>`), points at something, does something once
 * the door is `ready`, and waits `until` something is so on the page (`document.body.dataset`).
 *
 * @typedef {object} Condition what must be so at once:
 *   `is` a value or one of several, `has` and `lacks` a word of a list, `above` a number.
 * @typedef {object} Step
 * @property {string} name of its words.
 * @property {string} at CSS selector of what it speaks of.
 * @property {object[]} [does] what is said to the stand; `{keys}` presses keys, `PIN` being the guard's.
 * @property {Condition} [ready] what it waits for before that; a waiting door unless told otherwise.
 * @property {Condition} [only] what must be so by then: else nothing is done, and nothing waited for.
 * @property {Condition} [until] what it waits for after that.
 * @property {boolean} [isNew] whether it takes a view that was not there before; as a rule, if it is about views.
 * @property {Condition} [again] what calls for doing it once more: somebody who was inside goes out first.
 * @property {number} [patience_s] how long it waits before it says that nothing comes.
 * @property {number} [lead_ms] how long its words stand before it does anything.
 * @property {number} [after_ms] how long the outcome is left to be looked at.
 */

const show = (visitor) => ({ do: "show", visitor });
const lever = (name, on) => ({ do: "lever", lever: name, on });
const RESTING = { is: { state: "waiting", hand: "" } };
const ANYTHING = {};
const WELCOME = { is: { reason: "welcome" } };
const GOODBYE = { is: { reason: "goodbye" } };
const PERSON = (id) => `[data-visitor="${id}"]`;
const LEVER = (name) => `[data-lever="${name}"]`;

export const STORIES = [
  {
    chapter: "visitor",
    steps: [
      {
        name: "card",
        at: PERSON("lo"),
        does: [show("lo")],
        lead_ms: 3600,
        until: WELCOME,
        again: GOODBYE,
        after_ms: 300,
      },
      // Within the 2.5 s of `same_code_s`, in which a card that is seen again is the same showing.
      {
        name: "answer",
        at: "#box",
        does: [show("lo")],
        lead_ms: 300,
        ready: ANYTHING,
        only: WELCOME,
        until: { is: { hand: "lo" } },
        isNew: false,
        after_ms: 2500,
      },
      {
        name: "payment",
        at: PERSON("payment"),
        does: [show("payment")],
        ready: { is: { hand: "" } },
        until: { is: { reason: "payment_code" } },
        after_ms: 1800,
      },
      {
        name: "goodbye",
        at: PERSON("lo"),
        does: [show("lo")],
        until: GOODBYE,
        again: WELCOME,
        after_ms: 1500,
      },
      {
        name: "manager",
        at: "#phone",
        ready: ANYTHING,
        until: { is: { waiting: "0", sent: "0" }, above: { stored: 1 } },
        patience_s: 25,
        after_ms: 1500,
      },
    ],
  },
  {
    chapter: "guard",
    steps: [
      {
        name: "pin",
        at: "#keypad",
        does: [{ keys: "*PIN#" }],
        until: { is: { reason: "on_duty" }, has: { signs: "on_duty" } },
        after_ms: 900,
      },
      {
        name: "number",
        at: PERSON("cam"),
        does: [show("cam")],
        until: WELCOME,
        again: GOODBYE,
        patience_s: 20,
        after_ms: 900,
      },
      {
        name: "cut",
        at: LEVER("line"),
        does: [lever("line", false)],
        ready: ANYTHING,
        until: { has: { signs: "line_down" } },
        patience_s: 40,
        after_ms: 600,
      },
      {
        name: "goes_on",
        at: "#road",
        does: [show("nguyen")],
        until: { is: { reason: ["welcome", "goodbye"] }, above: { waiting: 0 } },
        after_ms: 1800,
      },
      {
        name: "restored",
        at: "#road",
        does: [lever("line", true)],
        ready: ANYTHING,
        until: { lacks: { signs: "line_down" }, is: { waiting: "0", sent: "0" }, above: { stored: 0 } },
        patience_s: 60,
        after_ms: 1500,
      },
      {
        name: "menu",
        at: "#keypad",
        does: [{ keys: "*3" }],
        until: { is: { state: "menu" } },
        after_ms: 1200,
      },
      {
        name: "taken_back",
        at: "#keypad",
        does: [{ keys: "*" }],
        ready: { is: { state: "menu" } },
        until: { is: { reason: ["taken_back", "too_late"] } },
        after_ms: 1500,
      },
      {
        name: "off",
        at: "#keypad",
        does: [{ keys: "*0" }],
        until: { is: { reason: "off_duty" }, lacks: { signs: "on_duty" } },
        after_ms: 800,
      },
    ],
  },
  {
    chapter: "technician",
    steps: [
      {
        name: "camera",
        at: LEVER("camera"),
        does: [lever("camera", false)],
        until: { has: { signs: "camera_lost" } },
        patience_s: 25,
        after_ms: 1500,
      },
      {
        name: "keypad",
        at: PERSON("cam"),
        does: [show("cam")],
        until: { is: { reason: ["welcome", "goodbye"] } },
        patience_s: 20,
        after_ms: 900,
      },
      {
        name: "plugged",
        at: LEVER("camera"),
        does: [lever("camera", true)],
        ready: ANYTHING,
        until: { lacks: { signs: "camera_lost" } },
        patience_s: 25,
        after_ms: 600,
      },
      {
        name: "before",
        at: PERSON("nguyen"),
        does: [show("nguyen")],
        until: WELCOME,
        again: GOODBYE,
        patience_s: 20,
        after_ms: 500,
      },
      {
        name: "power",
        at: LEVER("power"),
        does: [lever("power", false)],
        ready: ANYTHING,
        until: { is: { open: "false" } },
        isNew: false,
        after_ms: 900,
      },
      {
        name: "back",
        at: LEVER("power"),
        does: [lever("power", true)],
        ready: ANYTHING,
        until: { is: { open: "true", state: "waiting" } },
        patience_s: 40,
        after_ms: 600,
      },
      {
        name: "remembers",
        at: PERSON("nguyen"),
        does: [show("nguyen")],
        until: GOODBYE,
        after_ms: 1500,
      },
      {
        name: "new",
        at: '[data-place="anew"]',
        does: [{ do: "new_box" }],
        ready: ANYTHING,
        until: { is: { stage: "new", state: "setting_up" }, has: { tray: "setup" } },
        patience_s: 45,
        after_ms: 900,
      },
      {
        name: "setup",
        at: PERSON("setup"),
        does: [show("setup")],
        ready: { is: { state: "setting_up" } },
        until: { is: { stage: "in_service", state: "waiting" } },
        patience_s: 60,
        after_ms: 600,
      },
      { name: "done", at: "#box", ready: ANYTHING, after_ms: 1500 },
    ],
  },
];
