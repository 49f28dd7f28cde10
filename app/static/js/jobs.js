// Moves the progress bar of a job page and opens the result when the work is finished.
(function () {
  "use strict";
  const box = document.getElementById("job");
  if (!box) return;
  const bar = document.getElementById("job-bar");
  const fill = bar.querySelector("i");
  fill.style.width = fill.dataset.percent + "%";
  if (box.dataset.finished === "1") return;

  let pause = 500;
  function show(state) {
    fill.style.width = state.percent + "%";
    bar.setAttribute("aria-valuenow", state.percent);
    document.getElementById("job-step").textContent = state.step;
    const tag = document.getElementById("job-tag");
    tag.textContent = state.label;
    tag.className = "tag tag-" + state.look;
    const cancel = document.getElementById("job-cancel");
    if (cancel && state.state !== "queued") cancel.hidden = true;
    document.getElementById("job-count").textContent = state.total
      ? state.done.toLocaleString() + " / " + state.total.toLocaleString() : "";
    if (!state.finished) return false;
    if (box.dataset.go === "1" && state.url) location.replace(state.url);
    else location.reload();
    return true;
  }
  async function poll() {
    try {
      const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) return location.reload();
      if (answer.ok && show(await answer.json())) return;
      pause = Math.min(pause + 100, 2000);
    } catch (_error) {
      pause = 3000; // the server restarts: the work goes on afterwards
    }
    setTimeout(poll, pause);
  }
  setTimeout(poll, 300);
})();
