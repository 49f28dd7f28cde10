// The editor of the daily log and the review: lines of problems, keys.
"use strict";
(function () {
  const form = document.getElementById("log-form");

  function tickShowsResult(box) {
    const result = box.closest("td").querySelector("[data-result]");
    result.hidden = !box.checked;
    if (box.checked && document.activeElement === box && !result.value) { result.focus(); }
  }

  // A line of text grows with what is typed; Enter stays inside the form's keys.
  function grow(area) {
    area.style.height = "auto";
    area.style.height = Math.max(34, area.scrollHeight + 2) + "px";
  }

  function wake(line, added) {
    line.querySelectorAll(".grows").forEach((area) => {
      area.addEventListener("input", () => grow(area));
      grow(area);
    });
    line.querySelectorAll("[data-close]").forEach((box) => {
      box.addEventListener("change", () => tickShowsResult(box));
      tickShowsResult(box);
    });
    if (added) { line.querySelectorAll("[data-remote]").forEach(window.ANJU.remote); }
  }

  if (form) {
    const body = document.querySelector("#problem-lines tbody");
    Array.from(body.rows).forEach((line) => wake(line, false));
    document.getElementById("add-line").addEventListener("click", () => {
      const blank = document.getElementById("blank-line").innerHTML;
      const holder = document.createElement("tbody");
      holder.innerHTML = blank.replace(/NUMBER/g, String(body.rows.length));
      const line = holder.firstElementChild;
      body.appendChild(line);
      wake(line, true);
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
