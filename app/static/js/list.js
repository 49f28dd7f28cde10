/* The list page: more filters, and choosing several records. */
"use strict";
(() => {
  const texts = window.ANJU.texts;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  const make = (tag, className = "", properties = {}) =>
    Object.assign(document.createElement(tag), { className }, properties);
  const option = (value, label) => make("option", "", { value, textContent: label });

  const box = document.getElementById("more-filters");
  if (box) {
    const columns = JSON.parse(box.dataset.filters);
    const rows = box.querySelector(".filter-rows");
    const opener = document.querySelector("[data-more-filters]");

    const field = (column, name) => {
      if (column.lookup) {
        const holder = make("div", "remote");
        holder.dataset.remote = column.lookup;
        holder.append(
          make("input", "", { type: "hidden", name }),
          make("input", "form-control", { type: "text", placeholder: texts.search, autocomplete: "off" }),
          make("ul", "remote-list", { hidden: true }),
        );
        holder.querySelector("input[type=text]").id = `remote-${Math.random().toString(36).slice(2)}`;
        window.ANJU.remote(holder);
        return holder;
      }
      if (column.kind === "choice" || column.kind === "yes_no") {
        const list = make("select", "form-control", { name });
        list.append(option("", texts.choose));
        const choices = column.kind === "choice" ? column.choices
          : [{ value: "1", label: texts.yes }, { value: "0", label: texts.no }];
        choices.forEach((one) => list.append(option(one.value, one.label)));
        return list;
      }
      const day = column.kind === "day" || column.kind === "moment";
      const holder = make("span");
      holder.append(make("input", "form-control", { type: day ? "date" : "text", name }));
      window.ANJU.days(holder);
      return holder;
    };

    const add = () => {
      const row = make("div", "filter-row");
      const which = make("select", "form-control");
      const how = make("select", "form-control");
      const value = make("span", "filter-value");
      const away = make("button", "btn btn-link", { type: "button", textContent: "×", title: texts.remove });
      away.setAttribute("aria-label", texts.remove);
      columns.forEach((column) => which.append(option(column.name, column.label)));
      const refill = () => {
        const column = columns.find((one) => one.name === which.value);
        const operator = column.operators.find((one) => one.name === how.value);
        const name = `f.${column.name}.${operator.name}`;
        value.replaceChildren(operator.bare
          ? make("input", "", { type: "hidden", name, value: "1" })
          : field(column, name));
      };
      const change = () => {
        const column = columns.find((one) => one.name === which.value);
        how.replaceChildren(...column.operators.map((one) => option(one.name, one.label)));
        refill();
      };
      which.addEventListener("change", change);
      how.addEventListener("change", refill);
      away.addEventListener("click", () => row.remove());
      row.append(which, how, value, away);
      rows.append(row);
      change();
    };

    opener.addEventListener("click", () => {
      box.hidden = !box.hidden;
      opener.setAttribute("aria-expanded", box.hidden ? "false" : "true");
      if (!box.hidden && !rows.children.length) add();
    });
    box.querySelector("[data-add-filter]").addEventListener("click", add);
  }

  const many = document.getElementById("many");
  if (many) {
    const boxes = all("input[name=id][form=many]");
    const every = document.querySelector("[data-all]");
    const count = () => {
      const picked = boxes.filter((one) => one.checked).length;
      many.hidden = picked === 0;
      many.querySelector("[data-picked]").textContent = texts.picked.replace("{count}", picked);
      every.checked = picked === boxes.length;
      every.indeterminate = picked > 0 && picked < boxes.length;
    };
    every.addEventListener("change", () => { boxes.forEach((one) => { one.checked = every.checked; }); count(); });
    boxes.forEach((one) => one.addEventListener("change", count));
    window.addEventListener("pageshow", count);
  }
})();
