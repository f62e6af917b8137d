/* In another page's frame only the visits of a place and who is inside show: whatever else one goes to opens in a tab. */
"use strict";
if (window !== window.top) {
  const SHOWN = /^\/(language|places\/\d+\/(inside\/)?)$/;
  const lead = (goer, address) => { if (!SHOWN.test(new URL(address, location.href).pathname)) { goer.target = "_blank"; } };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) { lead(link, link.href); }
  }, true);
  document.addEventListener("submit", (event) => lead(event.target, event.target.action), true);
}
