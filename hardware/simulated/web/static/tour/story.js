/**
 * The tour as data. A step finds the door as it `needs` it, says its words (`tour.<chapter>.<name>`), points at
 * something, does something once the door is `ready`, and waits `until` something is so on the page
 * (`document.body.dataset`).
 *
 * @typedef {object} Condition what must be so at once:
 *   `is` a value or one of several, `has` and `lacks` a word of a list, `above` a number.
 * @typedef {object} Step
 * @property {string} name of its words.
 * @property {string} at CSS selector of what it speaks of.
 * @property {string} [see] CSS selector of what else is to be seen meanwhile.
 * @property {Needs} [needs] what must be so before its words are said, where it is not what the chapter needs.
 * @property {object[]} [does] what is said to the stand; `{keys}` presses keys, `PIN` being the guard's.
 * @property {Condition} [ready] what it waits for before that; a waiting door unless told otherwise.
 * @property {Condition} [until] what it waits for after that.
 * @property {boolean} [isNew] whether it takes a view that was not there before; as a rule, if it is about views.
 * @property {Condition} [again] what calls for doing it once more: somebody who was inside goes out first.
 * @property {number} [patience_s] how long it waits before it says that nothing comes.
 * @property {number} [lead_ms] how long its words stand before it does anything.
 * @property {number} [after_ms] how long the outcome is left to be looked at.
 */

const show = (visitor) => ({ do: "show", visitor });
const lever = (name, on) => ({ do: "lever", lever: name, on });
const ANYTHING = {};
const WELCOME = { is: { reason: "welcome" } };
const GOODBYE = { is: { reason: "goodbye" } };
const WELL = { levers: "", stage: "in_service", duty: false };
const GUARDED = { ...WELL, duty: true };
const CUT = { ...GUARDED, levers: "line" };
const UNPLUGGED = { ...WELL, levers: "camera" };
const DARK = { ...WELL, levers: "power" };
const PERSON = (id) => `[data-visitor="${id}"]`;
const LEVER = (name) => `[data-lever="${name}"]`;

export const STORIES = [
  {
    chapter: "visitor",
    needs: WELL,
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
        until: { is: { hand: "lo", reason: "welcome" } },
        isNew: false,
        again: GOODBYE,
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
        see: "#road",
        ready: ANYTHING,
        until: { is: { waiting: "0", sent: "0" }, above: { stored: 1 } },
        patience_s: 25,
        after_ms: 1500,
      },
    ],
  },
  {
    chapter: "guard",
    needs: GUARDED,
    steps: [
      {
        name: "pin",
        needs: WELL,
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
        see: "#road",
        does: [lever("line", false)],
        ready: ANYTHING,
        until: { is: { levers: "line" } },
        after_ms: 300,
      },
      // Meanwhile the box finds out that its line is dead, which takes it about ten seconds.
      {
        name: "goes_on",
        at: PERSON("nguyen"),
        see: "#road",
        needs: CUT,
        does: [show("nguyen")],
        until: { is: { reason: ["welcome", "goodbye"] }, above: { waiting: 0 } },
        after_ms: 1200,
      },
      {
        name: "noticed",
        at: "#screen",
        see: "#road",
        needs: CUT,
        ready: ANYTHING,
        until: { has: { signs: "line_down" } },
        isNew: false,
        patience_s: 40,
        after_ms: 1500,
      },
      {
        name: "restored",
        at: "#road",
        needs: CUT,
        does: [lever("line", true)],
        ready: ANYTHING,
        until: { lacks: { signs: "line_down" }, is: { levers: "", waiting: "0", sent: "0" }, above: { stored: 0 } },
        isNew: false,
        patience_s: 60,
        after_ms: 1500,
      },
      {
        name: "menu",
        needs: { ...GUARDED, visit: true },
        at: "#keypad",
        does: [{ keys: "*3" }],
        until: { is: { state: "menu" } },
        after_ms: 1200,
      },
      {
        name: "taken_back",
        needs: { ...GUARDED, visit: true, menu: true },
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
    needs: WELL,
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
        needs: UNPLUGGED,
        at: PERSON("cam"),
        does: [show("cam")],
        until: { is: { reason: ["welcome", "goodbye"] } },
        patience_s: 20,
        after_ms: 900,
      },
      {
        name: "plugged",
        needs: UNPLUGGED,
        at: LEVER("camera"),
        does: [lever("camera", true)],
        ready: ANYTHING,
        until: { is: { levers: "" }, lacks: { signs: "camera_lost" } },
        isNew: false,
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
        until: { is: { levers: "power", open: "false" } },
        isNew: false,
        after_ms: 900,
      },
      {
        name: "back",
        needs: DARK,
        at: LEVER("power"),
        does: [lever("power", true)],
        ready: ANYTHING,
        until: { is: { levers: "", open: "true", state: "waiting" } },
        isNew: false,
        patience_s: 40,
        after_ms: 600,
      },
      {
        name: "remembers",
        at: PERSON("nguyen"),
        does: [show("nguyen")],
        until: GOODBYE,
        again: WELCOME,
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
        needs: { ...WELL, stage: "new" },
        at: PERSON("setup"),
        does: [show("setup")],
        ready: { is: { state: "setting_up" }, has: { tray: "setup" } },
        until: { is: { stage: "in_service", state: "waiting" } },
        patience_s: 60,
        after_ms: 600,
      },
      { name: "done", at: "#box", after_ms: 1500 },
    ],
  },
];
