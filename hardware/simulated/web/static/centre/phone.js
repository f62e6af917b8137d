import { label } from "../words.js";

const WIDTH_PX = 390;
const LIST = "#list";
/** All that its pages need; they cannot take this one away. */
const MAY = "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads";
/** Where the centre remembers a language; cookies of one host are known to all of its ports. */
const LANGUAGE_COOKIE = "django_language";

/** The manager's phone: the centre's own page in a frame, and the way to it in a tab. */
export function begin(world) {
  const glass = document.querySelector("#glass");
  const link = document.querySelector("#open-centre");
  const account = document.querySelector("#keys-of-centre");
  let frame = null;

  const fit = () => {
    if (!frame) return;
    const scale = glass.clientWidth / WIDTH_PX;
    frame.style.setProperty("transform", `scale(${scale})`);
    frame.style.setProperty("height", `${glass.clientHeight / scale}px`);
  };
  new ResizeObserver(fit).observe(glass);

  document.addEventListener("language", () => {
    if (!frame) return;
    speak();
    frame.src = "about:blank";
    frame.src = link.href + LIST;
  });
  world.when("centre", (centre) => {
    document.querySelector("#phone-waits").hidden = Boolean(centre);
    link.hidden = account.hidden = !centre;
    if (!centre) {
      frame?.remove();
      frame = null;
      return;
    }
    const address = `http://${location.hostname}:${centre.port}${centre.path}`;
    link.href = address;
    document.querySelector("#centre-user").textContent = centre.user;
    document.querySelector("#centre-password").textContent = centre.password;
    if (frame?.src === address + LIST) return;
    speak();
    frame?.remove();
    frame = document.createElement("iframe");
    frame.id = "centre";
    label(frame, "phone.frame");
    frame.setAttribute("sandbox", MAY);
    // The list of visits, below what can be looked for.
    frame.src = address + LIST;
    glass.append(frame);
    fit();
  });
}

/** Have the centre's pages speak the language of this one. */
function speak() {
  document.cookie = `${LANGUAGE_COOKIE}=${document.documentElement.lang}; path=/; SameSite=Lax`;
}
