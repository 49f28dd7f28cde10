// The editor of the daily log and the review: lines of problems, rooms by typing, keys.
"use strict";
(function () {
  const form = document.getElementById("log-form");

  function tickShowsResult(box) {
    const result = box.closest("td").querySelector("[data-result]");
    result.hidden = !box.checked;
    if (box.checked && document.activeElement === box && !result.value) { result.focus(); }
  }

  function offerRooms(input) {
    const cell = input.closest("td");
    const unit = cell.querySelector("[data-unit]");
    const known = cell.querySelector("[data-known]");
    const list = document.createElement("ul");
    let timer = 0;
    let asked = "";
    list.className = "room-list";
    list.hidden = true;
    input.parentNode.appendChild(list);

    function choose(item) {
      input.value = known.value = item.dataset.text;
      unit.value = item.dataset.id;
      list.hidden = true;
    }
    function mark(step) {
      const items = Array.from(list.children);
      const at = items.findIndex((item) => item.classList.contains("active"));
      items.forEach((item) => item.classList.remove("active"));
      const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
      if (next) { next.classList.add("active"); }
    }
    function show(results) {
      list.textContent = "";
      results.slice(0, 8).forEach((found) => {
        const item = document.createElement("li");
        item.dataset.id = found.id;
        item.dataset.text = found.text;
        item.textContent = found.hint ? found.text + "　" + found.hint : found.text;
        item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
        list.appendChild(item);
      });
      list.hidden = !results.length;
    }
    input.addEventListener("input", () => {
      clearTimeout(timer);
      const words = input.value.trim();
      if (!words) { list.hidden = true; return; }
      timer = setTimeout(() => {
        asked = words;
        fetch(form.dataset.units + "?q=" + encodeURIComponent(words), { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { results: [] }))
          .then((answer) => { if (asked === words) { show(answer.results); } })
          .catch(() => { list.hidden = true; });
      }, 180);
    });
    input.addEventListener("blur", () => { list.hidden = true; });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) { return; }
      if (event.key === "ArrowDown") { mark(1); event.preventDefault(); }
      if (event.key === "ArrowUp") { mark(-1); event.preventDefault(); }
      if (event.key === "Escape") { list.hidden = true; }
      if (event.key === "Enter") {
        const item = list.querySelector(".active") || list.firstElementChild;
        if (item) { choose(item); }
        event.preventDefault();
      }
    });
  }

  // A line of text grows with what is typed; Enter stays inside the form's keys.
  function grow(area) {
    area.style.height = "auto";
    area.style.height = Math.max(34, area.scrollHeight + 2) + "px";
  }

  function wake(line) {
    line.querySelectorAll(".grows").forEach((area) => {
      area.addEventListener("input", () => grow(area));
      grow(area);
    });
    line.querySelectorAll("[data-close]").forEach((box) => {
      box.addEventListener("change", () => tickShowsResult(box));
      tickShowsResult(box);
    });
    line.querySelectorAll("[data-room]").forEach(offerRooms);
  }

  if (form) {
    const body = document.querySelector("#problem-lines tbody");
    Array.from(body.rows).forEach(wake);
    document.getElementById("add-line").addEventListener("click", () => {
      const blank = document.getElementById("blank-line").innerHTML;
      const holder = document.createElement("tbody");
      holder.innerHTML = blank.replace(/NUMBER/g, String(body.rows.length));
      const line = holder.firstElementChild;
      body.appendChild(line);
      wake(line);
      line.querySelector("textarea").focus();
    });

    // What was typed is not lost by leaving the page unawares.
    let changed = Boolean(document.getElementById("problem"));
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) { event.preventDefault(); } });
    form.addEventListener("keydown", (event) => {
      const wanted = event.ctrlKey || event.metaKey;
      const act = wanted && event.key === "Enter" ? "submit" : wanted && event.key === "s" ? "save" : "";
      if (act) {
        event.preventDefault();
        form.querySelector("button[name=act][value=" + act + "]").click();
      } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
        event.preventDefault();
      }
    });
  }

  document.querySelectorAll("[data-jump]").forEach((input) => {
    input.addEventListener("change", () => { if (input.value) { input.form.submit(); } });
  });
  document.querySelectorAll("[data-all]").forEach((box) => {
    box.addEventListener("change", () => {
      document.querySelectorAll("input[name=" + box.dataset.all + "]").forEach((one) => { one.checked = box.checked; });
    });
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.altKey || event.metaKey) { return; }
    const link = document.querySelector("[data-key=" + (/^[jk]$/i.test(event.key) ? event.key.toLowerCase() : "none") + "]");
    if (link) { link.click(); }
  });
})();
