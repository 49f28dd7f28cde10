/* What every page does: menu, questions before acts, revealing, lines, warnings. */
"use strict";
(() => {
  const texts = window.ANJU.texts;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // The menu on narrow screens.
  const menu = document.querySelector("[data-menu]");
  if (menu) {
    menu.addEventListener("click", () => {
      const open = document.body.classList.toggle("menu-open");
      menu.setAttribute("aria-expanded", open ? "true" : "false");
    });
    document.addEventListener("click", (event) => {
      if (document.body.classList.contains("menu-open") &&
          !event.target.closest(".side") && !event.target.closest("[data-menu]")) {
        document.body.classList.remove("menu-open");
        menu.setAttribute("aria-expanded", "false");
      }
    });
  }
  // Areas of the menu stay as they were left, except that the one in which we are is open.
  all("details[data-area]").forEach((area) => {
    const name = `anju-area-${area.dataset.area}`;
    try {
      const left = localStorage.getItem(name);
      if (left && !area.querySelector(".active")) area.open = left === "open";
      area.addEventListener("toggle", () => localStorage.setItem(name, area.open ? "open" : "folded"));
    } catch (error) { /* a browser that keeps nothing shows them as they come */ }
  });
  const active = document.querySelector(".side a.active");
  if (active) active.scrollIntoView({ block: "nearest" });
  document.addEventListener("click", (event) => {
    all("details.user-menu[open]").forEach((box) => {
      if (!box.contains(event.target)) box.open = false;
    });
  });

  // Our own question instead of the browser's: window.ANJU.ask("…").then(yes => …)
  // Yes sleeps at first: a second press of the key or the mouse that asked is no answer.
  const dialog = document.getElementById("ask");
  const ask = (text) => new Promise((answer) => {
    if (dialog.open) { answer(false); return; }
    document.getElementById("ask-text").textContent = text;
    dialog.returnValue = "";
    dialog.onclick = (event) => {
      const button = event.target.closest("[data-answer]");
      if (!button) return;
      dialog.close(button.dataset.answer);
      answer(button.dataset.answer === "yes");
    };
    dialog.oncancel = () => answer(false);
    // However it was closed: browsers do not always say of Escape that it cancels.
    dialog.onclose = () => { if (!dialog.open) answer(dialog.returnValue === "yes"); };
    dialog.showModal();
    dialog.focus();
    window.AnjuKeys.arm(dialog.querySelector("[data-answer=yes]"), () => dialog.open);
  });
  window.ANJU.ask = ask;

  const token = () => window.ANJU.csrf;
  window.ANJU.post = (url, body = {}) => fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": token(), "Accept": "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

  // A form asks first where it says so, and is sent once however often one presses.
  let changed = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      ask(question).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "1";
        form.requestSubmit(button);
      });
      return;
    }
    delete form.dataset.confirmed;
    if (event.defaultPrevented) return;
    if (form.method === "post") {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      changed = false;
      setTimeout(() => { all("button[type=submit]", form).forEach((one) => { one.disabled = true; }); }, 0);
    } else {
      // An address without empty parameters can be read and kept.
      all("input, select", form).forEach((one) => { if (one.name && !one.value) one.disabled = true; });
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    all("form").forEach((form) => {
      delete form.dataset.sent;
      all("button[type=submit], input, select", form).forEach((one) => { one.disabled = false; });
    });
  });
  // The cursor stands where one begins to type: not in a calendar, not in what fills itself in.
  const empty = all("[data-leave] .field input:not([type=hidden]):not([data-day]), [data-leave] .field select, [data-leave] .field textarea")
    .filter((one) => (one.type === "checkbox" ? !one.checked : !one.value));
  const first = document.querySelector("[data-leave] .has-error input, [data-leave] .has-error select, [data-leave] .has-error textarea") ||
    document.querySelector("[data-leave] .table-error input, [data-leave] .table-error select") ||
    empty.find((one) => !one.closest("[data-lines]")) || empty.find((one) => !one.placeholder) ||
    document.querySelector("[data-leave] .field input[type=text]:not([data-day]), [data-leave] .field select");
  if (first && !document.querySelector("[autofocus]")) first.focus();
  all("form[data-leave]").forEach((form) => {
    form.addEventListener("input", () => { changed = true; });
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  // Lists that send themselves, rows that open.
  all("[data-send]").forEach((one) => one.addEventListener("change", () => one.form.requestSubmit()));
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, textarea")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.href = row.dataset.href;
  });

  // A private value, shown in full on demand; the server records who looked.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    button.disabled = true;
    try {
      const answer = await window.ANJU.post(button.dataset.reveal);
      if (!answer.ok) throw new Error(String(answer.status));
      const text = document.createElement("span");
      text.className = "revealed";
      text.textContent = (await answer.json()).value;
      const place = button.parentElement;
      place.replaceChildren(text);
    } catch (error) {
      button.disabled = false;
      button.title = texts.failed;
    }
  });

  // A download that asks first what it shall hold, and why; the page stays for the next one.
  all("[data-dialog]").forEach((button) => {
    const box = document.getElementById(button.dataset.dialog);
    const reason = box.querySelector("[name=reason]");
    const settle = () => {
      const full = Boolean(box.querySelector("[name=full]:checked").value);
      reason.required = full;
      reason.closest("label").hidden = !full;
    };
    all("[name=full]", box).forEach((one) => one.addEventListener("change", () => { settle(); if (reason.required) reason.focus(); }));
    button.addEventListener("click", () => { settle(); box.showModal(); });
    box.querySelector("[data-close]").addEventListener("click", () => box.close());
    box.querySelector("form").addEventListener("submit", (event) => {
      const form = event.target;
      setTimeout(() => {
        box.close();
        delete form.dataset.sent;
        all("button[type=submit]", form).forEach((one) => { one.disabled = false; });
      }, 1500);
    });
    settle();
    if (box.hasAttribute("data-open")) { box.showModal(); reason.focus(); }
  });

  // A further line of a small table: a copy of the last one, emptied.
  all("[data-add-line]").forEach((button) => button.addEventListener("click", () => {
    const body = document.getElementById(button.dataset.addLine).tBodies[0];
    const line = body.rows[body.rows.length - 1].cloneNode(true);
    all("input, select", line).forEach((cell) => { cell.value = ""; });
    all(".field-error", line).forEach((said) => said.remove());
    body.append(line);
    line.querySelector("input, select").focus();
  }));

  // What a register's checks say of the unit or customer that is being chosen.
  all("form[data-warnings]").forEach((form) => {
    const place = form.querySelector("[data-warned]");
    const ask = async () => {
      const chosen = new URLSearchParams();
      all(".remote input[type=hidden]", form).forEach((one) => { if (one.value) chosen.set(one.name, one.value); });
      const address = `${form.dataset.warnings}?${chosen}`;
      if (place.dataset.asked === address) return;
      place.dataset.asked = address;
      const answer = await fetch(address, {headers: {Accept: "application/json"}});
      if (!answer.ok || place.dataset.asked !== address) return;
      place.replaceChildren(...(await answer.json()).warnings.map((text) => {
        const box = document.createElement("div");
        box.className = "alert alert-warning";
        box.setAttribute("role", "alert");
        box.textContent = text;
        return box;
      }));
    };
    form.addEventListener("change", ask);
    form.addEventListener("focusout", () => setTimeout(ask, 50));
    ask();
  });
})();
