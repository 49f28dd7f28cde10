// The estate's pages: full phones on request, and the upload that says it is working.
(function () {
  "use strict";

  function fill(cell, numbers) {
    cell.textContent = numbers.join("、");
    cell.classList.add("revealed");
  }

  const button = document.getElementById("reveal-people");
  if (button) {
    button.addEventListener("click", async function () {
      const table = document.querySelector("table.people[data-reveal]");
      button.disabled = true;
      const answer = await fetch(table.dataset.reveal, {
        method: "POST",
        headers: {
          "Accept": "application/json",
          "X-CSRFToken": window.ANJU.csrf,
        },
      });
      if (!answer.ok) {
        button.disabled = false;
        return;
      }
      const found = await answer.json();
      table.querySelectorAll("tr[data-customer]").forEach(function (row) {
        fill(row.querySelector(".phones"), found.customers[row.dataset.customer] || []);
      });
      table.querySelectorAll("tr[data-resident]").forEach(function (row) {
        fill(row.querySelector(".phones"), found.residents[row.dataset.resident] || []);
      });
      button.parentElement.remove();
    });
  }

  document.querySelectorAll("form[data-busy]").forEach(function (form) {
    form.addEventListener("submit", function () {
      const send = form.querySelector("button[type=submit]");
      send.disabled = true;
      send.textContent = form.dataset.busy;
    });
  });

  document.querySelectorAll(".file-choice input").forEach(function (input) {
    const name = input.parentElement.querySelector(".file-name");
    input.addEventListener("change", function () {
      name.textContent = input.files.length ? input.files[0].name : name.dataset.none;
      name.classList.toggle("muted", !input.files.length);
    });
  });

  const choice = document.querySelector("select[data-other]");
  if (choice) {
    const other = document.getElementById(choice.dataset.other);
    const show = function () {
      other.hidden = choice.value !== "new";
      other.querySelector("input").required = choice.value === "new";
    };
    choice.addEventListener("change", show);
    show();
  }
})();
