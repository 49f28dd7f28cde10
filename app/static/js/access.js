// The page of rights: find pages by name, count what was changed, keep "see" with every other right.
(function () {
  "use strict";
  const form = document.getElementById("rights-form");
  if (!form) return;
  const search = document.getElementById("rights-search");
  const none = document.getElementById("rights-none");
  const count = document.getElementById("rights-count");

  search.addEventListener("input", function () {
    const wanted = search.value.trim().toLowerCase();
    let any = false;
    for (const area of form.querySelectorAll("tbody[data-area]")) {
      let here = false;
      for (const row of area.querySelectorAll("tr[data-screen]")) {
        const fits = row.dataset.screen.toLowerCase().includes(wanted);
        row.hidden = !fits;
        here = here || fits;
      }
      area.hidden = !here;
      any = any || here;
    }
    none.hidden = any;
  });
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });

  function recount() {
    let changed = 0;
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      const differs = box.checked !== box.defaultChecked;
      box.parentElement.classList.toggle("changed", differs);
      if (differs) changed += 1;
    }
    if (count) count.textContent = changed ? count.dataset.text.replace("{count}", changed) : "";
  }

  form.addEventListener("change", function (event) {
    const box = event.target;
    const row = box.closest("tr[data-screen]");
    if (row) {
      const see = row.querySelector('input[value$=":read"]');
      if (see && !see.disabled && box !== see && box.checked) see.checked = true;
      if (see && box === see && !see.checked) {
        for (const other of row.querySelectorAll("input[type=checkbox]")) {
          if (!other.disabled) other.checked = false;
        }
      }
    }
    recount();
  });
  recount();
})();
