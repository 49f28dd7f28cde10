/* The billing page: all or none of the items; stacks of notices can be printed one after another. */
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
