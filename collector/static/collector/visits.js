/* The pages of today and of who is inside: ask each second what is new, say when nobody answers, and rest while nobody looks. */
"use strict";
(() => {
  const PAUSE_MS = 4000;
  const broken = document.getElementById("broken");
  let answered = Date.now();
  const answers = () => { answered = Date.now(); broken.hidden = true; };
  const fails = () => { if (Date.now() - answered > PAUSE_MS) { broken.hidden = false; } };
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden) { event.preventDefault(); answered = Date.now(); }
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const asked = new URL(event.detail.requestConfig.path, location.href);
    // Somebody was logged out meanwhile, and what has come is the page to log in on.
    if (new URL(event.detail.xhr.responseURL).pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) { answers(); } else if (event.detail.xhr.status === 403) { location.reload(); } else { fails(); }
  });
  htmx.config.timeout = 5000;
})();
