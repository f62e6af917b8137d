/* Remembers a visitor's name and phone on the visitor's own phone, if the visitor wishes; nowhere else. */
"use strict";
(() => {
  const KEY = "entrance-visitor";
  const name = document.getElementById("name");
  const phone = document.getElementById("phone");
  const wish = document.getElementById("remember");
  const forget = document.getElementById("forget");
  if (!name || !phone || !wish || !forget) return;

  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(KEY));
  } catch {
    return; // Nothing can be kept in this browser, so nothing is offered.
  }
  wish.closest(".remember").hidden = false;
  if (kept && typeof kept.name === "string" && typeof kept.phone === "string") {
    if (!name.value && !phone.value) {
      name.value = kept.name;
      phone.value = kept.phone;
    }
    wish.checked = true;
    forget.hidden = false;
  }

  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    name.value = phone.value = "";
    wish.checked = false;
    forget.hidden = true;
    name.focus();
  });
  wish.form.addEventListener("submit", () => {
    try {
      if (wish.checked) localStorage.setItem(KEY, JSON.stringify({ name: name.value, phone: phone.value }));
      else localStorage.removeItem(KEY);
    } catch {
      // A full or closed store must not keep anybody outside.
    }
  });
})();
