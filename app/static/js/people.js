// The people of the chosen unit are offered by name; who is chosen brings the phone along.
(function () {
  "use strict";
  const form = document.querySelector("form[data-offers]");
  if (!form) return;
  const unit = form.querySelector(`input[type=hidden][name="${form.dataset.offersOf}"]`);
  const list = document.createElement("datalist");
  list.id = "people-of-unit";
  form.append(list);
  form.querySelectorAll("[data-people]").forEach((input) => input.setAttribute("list", list.id));
  let asked = "";
  let offered = { people: [], phones: null };
  let numbers = null;

  async function offer() {
    if (!unit || unit.value === asked) return;
    const turn = asked = unit.value;
    offered = { people: [], phones: null };
    numbers = null;
    list.replaceChildren();
    if (!turn) return;
    const answer = await fetch(`${form.dataset.offers}?unit=${encodeURIComponent(turn)}`, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok || asked !== turn) return;
    offered = await answer.json();
    list.replaceChildren(...offered.people.map((one) => {
      const option = document.createElement("option");
      option.value = one.name;
      option.label = `${one.name} ${one.what}`;
      return option;
    }));
  }

  // Asking for the numbers is a look that is recorded: only for somebody who was chosen.
  async function phoneOf(chosen, phone) {
    if (!chosen || !offered.phones || phone.value.trim()) return;
    if (!numbers) {
      const answer = await window.ANJU.post(offered.phones);
      if (!answer.ok) return;
      numbers = await answer.json();
    }
    const found = (numbers[chosen.kind] || {})[chosen.key] || [];
    if (found.length && !phone.value.trim()) phone.value = found[0];
  }

  form.addEventListener("change", async (event) => {
    await offer();
    form.querySelectorAll("[data-phone-of]").forEach((phone) => {
      const whose = form.elements[phone.dataset.phoneOf];
      if (!whose || event.target !== whose) return;
      phoneOf(offered.people.find((one) => (
        whose.type === "hidden" ? one.kind === "customers" && one.key === whose.value : one.name === whose.value.trim()
      )), phone);
    });
  });
  form.addEventListener("focusin", offer);
  offer();
})();
