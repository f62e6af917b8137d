import { label } from "../words.js";

const WIDTH_PX = 390;
/** Where its page lists the visits, below what can be looked for. */
const LIST = "#list";
/**
 * What its pages need. With both of the first two a frame of this page's own origin could take the sandbox off;
 * the centre has another port and so another origin, to which `allow-same-origin` gives its cookies back.
 */
const MAY =
  "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox";
/** New visits are on its page within a second of being stored. */
const LISTED_MS = 1500;

/** The manager's phone: the centre's own page in a frame, and the way to it in a tab. */
export function begin(world) {
  const glass = document.querySelector("#glass");
  const link = document.querySelector("#open-centre");
  const account = document.querySelector("#keys-of-centre");
  let frame = null;
  let centre;
  let isTouched = false;

  const fit = () => {
    if (!frame) return;
    const scale = glass.clientWidth / WIDTH_PX;
    frame.style.setProperty("transform", `scale(${scale})`);
    frame.style.setProperty("height", `${glass.clientHeight / scale}px`);
  };
  new ResizeObserver(fit).observe(glass);

  const open = () => {
    frame?.remove();
    frame = null;
    if (!centre) return;
    isTouched = false;
    speak(centre);
    frame = document.createElement("iframe");
    frame.id = "centre";
    label(frame, "phone.frame");
    frame.setAttribute("sandbox", MAY);
    frame.src = link.href + LIST;
    glass.append(frame);
    fit();
  };
  document.addEventListener("language", () => frame && open());
  world.when("centre", async (told) => {
    const isKnown = told?.password === centre?.password && told?.port === centre?.port;
    if (isKnown && frame) return;
    const isFirst = centre === undefined;
    centre = told;
    document.querySelector("#phone-waits").hidden = Boolean(told);
    link.hidden = account.hidden = !told;
    if (told) {
      link.href = `http://${location.hostname}:${told.port}${told.path}`;
      document.querySelector("#centre-user").textContent = told.user;
      document.querySelector("#centre-password").textContent = told.password;
    }
    // This page came with a session at the centre that served then; at another it must be had anew.
    if (told && !isFirst) await fetch("/", { cache: "no-store" }).catch(() => {});
    if (centre === told) open();
  });

  // The list grows: have it in sight again, unless somebody looks through it.
  window.addEventListener("blur", () => {
    isTouched ||= frame !== null && document.activeElement === frame;
  });
  let jump;
  let stored;
  world.when("counts", (counts) => {
    if (counts?.stored === stored) return;
    stored = counts?.stored;
    clearTimeout(jump);
    jump = setTimeout(() => {
      if (frame && !isTouched) frame.src = link.href + LIST;
    }, LISTED_MS);
  });
}

/** Have the centre's pages speak the language of this one; cookies of one host are known to all of its ports. */
function speak({ language_cookie: name }) {
  if (name) document.cookie = `${name}=${document.documentElement.lang}; path=/; SameSite=Lax`;
}
