/** Whether something is so on the page: `document.body.dataset`, which is written from the stand's facts. */

const VIEWS = ["state", "reason", "signs"];
const list = (value) => (Array.isArray(value) ? value : [value]);
const words = (value) => (value ?? "").split(" ");

/** @returns {boolean} whether all of a condition holds */
export function holds({ is = {}, has = {}, lacks = {}, above = {} }, data = document.body.dataset) {
  return (
    Object.entries(is).every(([name, value]) => list(value).includes(data[name])) &&
    Object.entries(has).every(([name, one]) => words(data[name]).includes(one)) &&
    Object.entries(lacks).every(([name, one]) => !words(data[name]).includes(one)) &&
    Object.entries(above).every(([name, least]) => Number(data[name]) > least)
  );
}

/** Whether a condition is about what the door shows: then its picture must be there, too. */
export function isOfViews({ is = {}, has = {}, lacks = {} }) {
  return [is, has, lacks].some((part) => VIEWS.some((name) => name in part));
}
