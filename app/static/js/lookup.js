/* Choosing a record by typing. What was typed last decides, however late its answer comes.

   .remote[data-remote=address]: a hidden input for the id, a text input, a <ul> for the answers.
   data-free: the text alone is an answer as well; [data-known] keeps the text that was chosen. */
"use strict";
window.ANJU.remote = (box) => {
  const WAIT = 180; // milliseconds between the last key and the question
  const texts = window.ANJU.texts;
  const hidden = box.querySelector("input[type=hidden]");
  const input = box.querySelector("input[type=text]");
  const known = box.querySelector("[data-known]");
  const list = box.querySelector("ul");
  const free = "free" in box.dataset;
  let timer = 0;
  let turn = 0; // number of the last question, so that a late answer is dropped
  let waits = false; // something was typed and its answer is not there yet
  let enterWaits = false; // Enter was pressed before the answer was there
  let at = -1; // which answer is marked
  let chosen = input.value;

  if (input.id) {
    list.id = list.id || `${input.id}-list`;
    input.setAttribute("aria-controls", list.id);
  }
  const lines = () => Array.from(list.querySelectorAll("li[data-id]"));
  const open = () => { list.hidden = false; input.setAttribute("aria-expanded", "true"); };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); at = -1; };

  function note(text) {
    const line = document.createElement("li");
    line.className = "muted";
    line.textContent = text;
    list.replaceChildren(line);
    list.hidden = false;
  }
  function mark(to) {
    const all = lines();
    if (!all.length) return;
    at = (to + all.length) % all.length;
    all.forEach((line, index) => line.setAttribute("aria-selected", index === at ? "true" : "false"));
    all[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[at].id);
  }
  function take(id, text) {
    hidden.value = id;
    input.value = chosen = text;
    if (known) known.value = text;
    waits = enterWaits = false;
    close();
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const takeLine = (line) => take(line.dataset.id, line.dataset.text);

  function shown(one, index) {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    if (list.id) line.id = `${list.id}-${index}`;
    line.dataset.id = one.id;
    line.dataset.text = one.text;
    const text = document.createElement("span");
    text.textContent = one.text;
    line.append(text);
    if (one.hint) {
      const hint = document.createElement("small");
      hint.textContent = one.hint;
      line.append(hint);
    }
    return line;
  }
  function answered(found, question) {
    const same = free || found.length > 1 ? found.filter((one) => one.text === question) : found;
    const only = same.length === 1 ? same[0] : undefined; // two are called so: the person chooses
    const here = document.activeElement === input;
    const meant = waits && question && (enterWaits || !here) ? only : undefined;
    waits = enterWaits = false;
    if (meant) take(meant.id, meant.text);
    if (meant || !here) return;
    if (!found.length && free) { close(); return; }
    if (!found.length) { note(texts.none); return; }
    list.replaceChildren(...found.map(shown));
    open();
    at = -1;
    if (question) mark(0);
  }
  async function search() {
    clearTimeout(timer);
    const mine = ++turn;
    const question = input.value === chosen ? "" : input.value.trim();
    try {
      const answer = await fetch(`${box.dataset.remote}?q=${encodeURIComponent(question)}`,
        { credentials: "same-origin", headers: { "Accept": "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = (await answer.json()).results;
      if (mine === turn) answered(found, question);
    } catch (error) {
      if (mine !== turn) return;
      waits = enterWaits = false;
      if (document.activeElement === input) note(texts.failed);
    }
  }

  input.addEventListener("focus", () => {
    if (free) return;
    input.select();
    search();
  });
  input.addEventListener("click", () => { if (list.hidden && !free) search(); });
  input.addEventListener("input", (event) => {
    if (event.isTrusted === false) return;
    hidden.value = "";
    turn += 1;
    enterWaits = false;
    close();
    clearTimeout(timer);
    waits = Boolean(input.value.trim());
    if (waits || !free) timer = setTimeout(search, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      if (list.hidden) search(); else mark(at + 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      mark(at - 1);
    } else if (event.key === "Escape") close();
    else if (event.key === "Enter" && waits) {
      event.preventDefault();
      enterWaits = true;
      search();
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      takeLine(lines()[at]);
    }
  });
  input.addEventListener("blur", () => {
    const meant = lines().filter((line) => line.dataset.text === input.value.trim());
    const only = lines().length === 1 && !free ? lines() : meant;
    if (!list.hidden && only.length === 1 && !hidden.value && input.value) takeLine(only[0]);
    if (!input.value) { hidden.value = ""; chosen = ""; }
    if (waits) search();
    close();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const line = event.target.closest("li[data-id]");
    if (line) takeLine(line);
  });
};
document.querySelectorAll("[data-remote]").forEach(window.ANJU.remote);
