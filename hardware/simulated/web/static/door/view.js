/** The words of the view, for those who cannot see the canvas, and as data of the page. */
export function begin(world) {
  const told = document.querySelector("#told");
  const { dataset } = document.body;
  world.when("view", (view) => {
    dataset.state = view?.state ?? "";
    dataset.reason = view?.reason ?? "";
    dataset.direction = view?.direction ?? "";
    dataset.language = view?.language ?? "";
    dataset.signs = (view?.signs ?? []).join(" ");
    dataset.digits = String(view?.digits?.replace(/\s/g, "").length ?? 0);
    dataset.view = view ? `${view.door}.${view.number}` : "";
    if (!view) return;
    told.lang = view.language || "vi";
    const rows = view.rows ?? [];
    const words = [view.headline, view.name, view.detail, view.note, view.digits, view.hint, ...rows];
    const text = words.filter(Boolean).join(". ");
    if (told.textContent !== text) told.textContent = text;
  });
  world.when("box", (box) => {
    dataset.stage = box?.stage ?? "";
  });
  world.when("levers", (levers) => {
    const off = Object.entries(levers ?? {}).filter(([, isWell]) => !isWell);
    dataset.levers = off.map(([name]) => name).join(" ");
  });
  world.when("counts", (counts) => {
    for (const name of ["waiting", "sent", "stored"]) dataset[name] = String(counts?.[name] ?? "");
  });
  world.when("hand", (hand) => {
    dataset.hand = hand?.held ?? "";
  });
  world.when("tray", (tray) => {
    dataset.tray = tray.map(({ id }) => id).join(" ");
  });
  world.when("door", ({ is_open: isOpen }) => {
    dataset.open = String(isOpen);
  });
}
