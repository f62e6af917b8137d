/** What the page says, in Vietnamese or English: texts stand in `words/*.json`, elements know their keys. */

const LANGUAGES = ["vi", "en"];
const REMEMBERED = "door.language";

/** Texts by language and key. */
let texts = {};
let words = {};
const said = new WeakMap();

/** The language that the address asks for, that was chosen here before, that the browser asks for; Vietnamese. */
function preferred() {
  const asked = new URLSearchParams(location.search).get("language");
  const browsers = navigator.languages.map((tag) => tag.split("-")[0]);
  return [asked, recall(REMEMBERED), ...browsers].find((language) => LANGUAGES.includes(language)) ?? "vi";
}

/** What this browser remembers under a name; null where it remembers nothing or may not. */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Have this browser remember something, if it may. */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A private window remembers nothing; the page works all the same.
  }
}

/** The text of a key, with `{names}` filled in; a key that is unknown is its own text. */
export function word(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Whether there is a text for a key. */
export function hasWord(key) {
  return key in words;
}

/** Let an element say the text of a key, now and in whatever language comes next. */
export function say(element, key, values = {}) {
  const before = said.get(element);
  said.set(element, values);
  if (before && element.dataset.word === key && JSON.stringify(before) === JSON.stringify(values)) return;
  element.dataset.word = key;
  element.textContent = word(key, values);
}

/** Name an element for those who do not see it, likewise. */
export function label(element, key, values = {}) {
  said.set(element, values);
  element.dataset.wordLabel = key;
  element.setAttribute("aria-label", word(key, values));
}

function translate() {
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word, said.get(element));
  }
  for (const element of document.querySelectorAll("[data-word-label]")) {
    element.setAttribute("aria-label", word(element.dataset.wordLabel, said.get(element)));
  }
  document.title = word("title");
}

/** Speak a language from now on; whoever built texts of several words hears the event `language`. */
export function speak(language) {
  words = texts[language];
  document.documentElement.lang = language;
  for (const button of document.querySelectorAll("button[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  translate();
  document.dispatchEvent(new Event("language"));
}

/**
 * Fetch all texts, begin with the language of whoever looks, and let them choose another.
 *
 * @throws {Error} if there are no texts to speak; the page says so, in both languages.
 */
export async function begin() {
  try {
    texts = Object.fromEntries(await Promise.all(LANGUAGES.map(async (name) => [name, await fetched(name)])));
  } catch (error) {
    for (const part of document.querySelectorAll("header, main")) part.hidden = true;
    document.querySelector("#failed").hidden = false;
    throw error;
  }
  for (const button of document.querySelectorAll("button[data-language]")) {
    button.addEventListener("click", () => {
      remember(REMEMBERED, button.dataset.language);
      forgetAddress();
      speak(button.dataset.language);
    });
  }
  speak(preferred());
}

/** What was chosen by hand holds from now on, also when the page is loaded again. */
function forgetAddress() {
  const address = new URL(location.href);
  address.searchParams.delete("language");
  history.replaceState(null, "", address);
}

async function fetched(language) {
  const answer = await fetch(`/static/words/${language}.json`);
  if (!answer.ok) throw new Error(`words/${language}.json: ${answer.status}`);
  return answer.json();
}
