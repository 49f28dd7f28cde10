/* The billing page: the next period of the community, all or none of the items; stacks of notices can be printed one after another. */
"use strict";
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-items]")) return;
  const boxes = Array.from(document.querySelectorAll("input[name=items]"));
  const all = boxes.some((box) => !box.checked);
  boxes.forEach((box) => { box.checked = all; });
});
document.querySelectorAll("form[data-again]").forEach((form) => {
  // The stack opens beside this page, which stays usable for the next one.
  form.addEventListener("submit", () => setTimeout(() => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  }, 1500));
});
(() => {
  // Each community opens at its own next period, unless another one was chosen by hand.
  const community = document.querySelector("select#community");
  const period = document.querySelector("#billing-form #period");
  const next = document.querySelector("#billing-next");
  if (!community || !period) return;
  let chosen = "typed" in period.dataset;
  period.addEventListener("change", () => { chosen = true; });
  const mark = period.dataset.postedMark;
  const names = new Map(Array.from(period.options, (one) => [one, one.text.replace(mark, "").trim()]));
  community.addEventListener("change", () => {
    const one = community.selectedOptions[0];
    const posted = (one.dataset.posted || "").split(" ");
    names.forEach((text, option) => {
      option.text = posted.includes(option.value) ? `${text} ${mark}` : text;
    });
    if (one.dataset.next && !chosen) period.value = one.dataset.next;
    next.querySelector("span").textContent = one.dataset.nexts || "";
    next.hidden = !one.dataset.nexts;
  });
})();
