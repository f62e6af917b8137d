import { label } from "../words.js";

const WIDTH_PX = 390;

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
    if (frame?.src === address) return;
    frame?.remove();
    frame = document.createElement("iframe");
    label(frame, "phone.frame");
    frame.title = frame.getAttribute("aria-label");
    frame.src = address;
    glass.append(frame);
    fit();
  });
}
