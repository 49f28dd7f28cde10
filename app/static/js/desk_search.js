// 收费台的查找框：输入即查，上下键选择，Enter 打开房屋。
window.AnjuDesk = window.AnjuDesk || {};

// 向服务器提问；出错时抛出 { told: 给人看的一句话, code }。
AnjuDesk.ask = function (url, options) {
  "use strict";
  const offline = AnjuDesk.texts.offline;
  return fetch(url, Object.assign({
    headers: { Accept: "application/json" }, credentials: "same-origin",
  }, options)).then((answer) => {
    const kind = answer.headers.get("Content-Type") || "";
    const body = kind.includes("json") ? answer.json() : answer.text();
    return body.then((content) => {
      if (!answer.ok) throw { told: content.error || offline, code: content.code, field: content.field };
      return content;
    });
  }, () => { throw { told: offline }; });
};

AnjuDesk.element = function (tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
};

// open(unit) 打开选中的房屋。
AnjuDesk.searchBox = function (open) {
  "use strict";

  const { ask, element, texts } = AnjuDesk;
  const desk = document.getElementById("desk");
  const box = document.getElementById("desk-box");
  const hits = document.getElementById("desk-hits");
  const WAIT = 150; // milliseconds between the last key and the question

  let found = []; // what the last answer offered
  let marked = 0; // which of them Enter chooses
  let asked = 0; // number of the last question, so that a late answer is dropped
  let timer = null;
  let enterWaits = false; // Enter was pressed before the answer was there
  let taken = false; // a unit was chosen and is on its way

  function hide() {
    hits.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }
  function mark(index) {
    marked = index;
    [...hits.querySelectorAll(".hit")].forEach((row, place_) => {
      row.classList.toggle("on", place_ === index);
      if (place_ === index) row.scrollIntoView({ block: "nearest" });
    });
  }
  function show(list) {
    found = list;
    hits.replaceChildren();
    if (!list.length) hits.append(element("div", "none", texts.nothing));
    const several = new Set(list.map((hit) => hit.community)).size > 1;
    list.forEach((hit, index) => {
      const row = element("div", "hit");
      row.setAttribute("role", "option");
      row.append(element("b", "code", hit.code));
      row.append(element("span", "owner", hit.owners));
      const said = hit.why && !hit.owners.includes(hit.name); // the owner is there already
      row.append(element("span", "why", said ? hit.why + " " + hit.name : ""));
      row.append(element("span", "where", (several ? hit.community + " " : "") + hit.kind));
      row.append(element("span", hit.owed ? "owed" : "owed muted",
        hit.owed ? texts.owes.replace("{sum}", hit.owed) : texts.paid_up));
      row.addEventListener("mousedown", (event) => { event.preventDefault(); take(hit.id); });
      hits.append(row);
    });
    hits.hidden = false;
    box.setAttribute("aria-expanded", "true");
    mark(0);
  }
  function search() {
    clearTimeout(timer);
    timer = null;
    const typed = box.value.trim();
    const mine = ++asked;
    if (!typed) { hide(); found = []; return; }
    ask(desk.dataset.search + "?q=" + encodeURIComponent(typed)).then((answer) => {
      if (mine !== asked || document.activeElement !== box) return;
      show(answer.hits);
      // With several hits the list is shown first: nobody pays for the neighbour.
      if (enterWaits && answer.hits.length === 1) take(answer.hits[0].id);
      enterWaits = false;
    }).catch((error) => {
      if (mine !== asked) return;
      enterWaits = false;
      found = [];
      hits.replaceChildren(element("div", "none", error.told || texts.offline));
      hits.hidden = false;
    });
  }
  box.addEventListener("input", () => {
    enterWaits = taken = false;
    found = [];
    asked += 1;
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (found.length) {
        mark((marked + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
      }
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (taken) return;
      if (found.length && !hits.hidden) take(found[marked].id);
      else if (box.value.trim()) { enterWaits = true; search(); }
    }
  });
  box.addEventListener("blur", hide);
  box.addEventListener("focus", () => { if (found.length) hits.hidden = false; });
  function take(unit) {
    hide();
    found = [];
    asked += 1;
    enterWaits = false;
    clearTimeout(timer);
    taken = true;
    open(unit).finally(() => { taken = false; });
  }
};
