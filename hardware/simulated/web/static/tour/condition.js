/** Whether something is so on the page: `document.body.dataset`, which is written from the stand's facts. */

const VIEWS = ["state", "reason", "signs"];
const list = (value) => (Array.isArray(value) ? value : [value]);
const words = (value) => (value ?? "").split(" ");

/** A door that waits, nothing in the hand but perhaps this computer's camera: what is shown next puts that away. */
export const RESTING = { is: { state: "waiting", hand: ["", "laptop"] } };

/** @returns {boolean} whether all of a condition holds */
export function holds({ is = {}, has = {}, lacks = {}, above = {} }) {
  const data = document.body.dataset;
  return (
    Object.entries(is).every(([name, value]) => list(value).includes(data[name])) &&
    Object.entries(has).every(([name, one]) => words(data[name]).includes(one)) &&
    Object.entries(lacks).every(([name, one]) => !words(data[name]).includes(one)) &&
    Object.entries(above).every(([name, least]) => Number(data[name]) > least)
  );
}

/** Whether a guard is on duty. */
export function isOnDuty() {
  return holds({ has: { signs: "on_duty" } });
}

/** Whether a condition is about what the door shows: then its picture must be there, too. */
export function isOfViews({ is = {}, has = {}, lacks = {} }) {
  return [is, has, lacks].some((part) => VIEWS.some((name) => name in part));
}
