// The preview of an owner file: a cell that is clicked can be typed in, Escape gives it back.
(function () {
  "use strict";

  function edit(cell) {
    const shown = cell.querySelector(".cell-text");
    if (!shown) {
      return;
    }
    const text = shown.textContent;
    const was = document.createElement("input");
    was.type = "hidden";
    was.name = "was." + cell.dataset.place;
    was.value = text;
    const input = document.createElement("input");
    input.className = "form-control";
    input.name = "cell." + cell.dataset.place;
    input.value = text;
    input.maxLength = 500;
    input.autocomplete = "off";
    const heads = cell.closest("table").querySelectorAll("thead th");
    const label = heads[cell.cellIndex] && heads[cell.cellIndex].querySelector(".column-label");
    input.setAttribute("aria-label", label ? label.textContent : "");
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape") {
        was.remove();
        input.remove();
        shown.hidden = false;
        event.preventDefault();
      }
    });
    shown.hidden = true;
    cell.prepend(was, input);
    input.focus();
    input.select();
  }

  document.querySelectorAll("table.sheet-rows td[data-place]").forEach(function (cell) {
    cell.addEventListener("click", function (event) {
      if (event.target.tagName !== "INPUT") {
        edit(cell);
      }
    });
  });
})();
