// 收费台：查找房屋、核对金额、收款、打印收据。金额只作显示，以服务器计算为准。
(function () {
  "use strict";

  const desk = document.getElementById("desk");
  const box = document.getElementById("desk-box");
  const place = document.getElementById("desk-unit");
  const done = document.getElementById("desk-done");
  const paper = document.getElementById("receipt-print");
  const texts = JSON.parse(document.getElementById("desk-texts").textContent);
  AnjuDesk.texts = texts;
  const { ask, element } = AnjuDesk;

  let form = null; // the unit that is open
  let busy = false; // money is being received
  let opened = 0; // number of the last unit asked for, so that a late answer is dropped

  // ---- money on the screen: whole fen -------------------------------------
  function fen(text) {
    const plain = text.replace(/[,，\s￥¥]/g, "").replace(/[０-９．]/g, (sign) =>
      String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
    if (!/^\d{1,10}(\.\d{0,2})?$|^\.\d{1,2}$/.test(plain)) return null;
    const [yuan, cents] = plain.split(".");
    return Number(yuan || 0) * 100 + Number(((cents || "") + "00").slice(0, 2));
  }
  function plainSum(value) {
    return Math.floor(value / 100) + "." + String(value % 100).padStart(2, "0");
  }
  function sum(value) {
    return plainSum(value).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ",");
  }

  function post(url, data) {
    return ask(url, { method: "POST", body: data });
  }

  function newSearch() {
    box.focus();
    box.select();
  }

  // ---- the unit ---------------------------------------------------------------
  function open(unit, typed) {
    if (busy) return Promise.resolve();
    const mine = ++opened;
    return ask(desk.dataset.unit.replace(/0$/, unit)).then((html) => {
      if (mine !== opened) return;
      place.innerHTML = html;
      done.hidden = true;
      ready(typed);
    }).catch((error) => { say(done, error.told || texts.offline, "alert-danger"); });
  }
  function say(where, sentence, look) {
    where.className = where.className.replace(/alert-(success|danger)/, look);
    where.textContent = sentence;
    where.hidden = false;
  }
  function ticked() {
    return [...form.querySelectorAll("input[name=bill]")].filter((one) => one.checked);
  }
  function due() {
    return ticked().reduce((total, one) => total + Number(one.dataset.fen), 0);
  }
  function rows() {
    return [...form.querySelectorAll(".desk-tender")];
  }
  function sumField(row) { return row.querySelector("[name=tender_sum]"); }
  function kindOf(row) { return row.querySelector("[name=tender_kind]").value; }
  function purse() { return fen(form.dataset.purse) || 0; }

  function rename(row, kind) {
    const button = form.querySelector(`[data-kind="${kind}"]`);
    row.querySelector("[name=tender_kind]").value = kind;
    row.querySelector(".name").textContent = button.dataset.name;
    row.querySelector(".reference").hidden = kind === "cash" || kind === "prepayment";
    form.querySelectorAll("[data-kind]").forEach((one) => {
      one.classList.toggle("active", rows().some((each) => kindOf(each) === one.dataset.kind));
    });
  }
  function addTender(kind, value) {
    const row = document.getElementById("desk-tender").content.firstElementChild.cloneNode(true);
    document.getElementById("desk-tenders").append(row);
    rename(row, kind);
    sumField(row).value = value === null ? "" : plainSum(value);
    row.querySelector(".drop").addEventListener("click", () => {
      if (rows().length > 1) { row.remove(); rename(rows()[0], kindOf(rows()[0])); figure(); }
    });
    row.addEventListener("focusin", () => { row.classList.add("on"); });
    row.addEventListener("focusout", () => { row.classList.remove("on"); });
    return row;
  }
  function current() {
    return rows().find((row) => row.contains(document.activeElement)) || rows()[rows().length - 1];
  }
  function choose(kind) {
    const row = current();
    if (form.querySelector(`[data-kind="${kind}"]`).disabled) return;
    rename(row, kind);
    if (kind === "prepayment") {
      const others = given() - (fen(sumField(row).value) || 0);
      sumField(row).value = plainSum(Math.max(0, Math.min(purse(), due() - others)));
    } else if (sumField(row).dataset.typed !== "1") preset();
    sumField(row).focus();
    sumField(row).select();
    figure();
  }
  function given() {
    return rows().reduce((total, row) => total + (fen(sumField(row).value) || 0), 0);
  }
  // The sum that was not typed follows what is ticked.
  function preset() {
    const free = rows().filter((row) => sumField(row).dataset.typed !== "1");
    const last = free[free.length - 1];
    if (!last || kindOf(last) === "prepayment") return;
    const rest = due() - (given() - (fen(sumField(last).value) || 0));
    sumField(last).value = rest > 0 ? plainSum(rest) : "";
  }
  function oneMore() {
    const rest = due() - given();
    const used = rows().map(kindOf);
    const kind = ["cash", "wechat", "alipay", "bank"].find((one) => !used.includes(one));
    const row = addTender(kind || "wechat", rest > 0 ? rest : null);
    sumField(row).focus();
    sumField(row).select();
    figure();
  }
  function figure() {
    const owed = due();
    document.getElementById("desk-due").textContent = sum(owed);
    document.getElementById("desk-count").textContent = ticked().length;
    const all = document.getElementById("desk-all");
    if (all) all.checked = ticked().length === form.querySelectorAll("input[name=bill]").length;
    const line = document.getElementById("desk-change");
    if (!line) return;
    const over = given() - owed;
    const keep = document.getElementById("desk-keep").checked;
    line.className = "desk-change " + (over > 0 ? "over" : over < 0 ? "short" : "exact");
    line.children[0].textContent = !given() ? "" :
      over > 0 ? (keep ? texts.kept : texts.change) : over < 0 ? texts.short : texts.exact;
    line.children[1].textContent = over && given() ? sum(Math.abs(over)) : "";
  }
  function ready(typed) {
    form = document.getElementById("desk-form");
    if (!form) return;
    form.addEventListener("change", (event) => {
      if (event.target.id === "desk-all") tickAll(event.target.checked);
      if (event.target.name === "bill") preset();
      figure();
    });
    form.addEventListener("input", (event) => {
      if (event.target.name === "tender_sum") event.target.dataset.typed = "1";
      if (event.target.name === "payer" && event.target.value !== event.target.dataset.own) {
        form.elements.payer_id.value = "";
      }
      figure();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); receive(); });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.kind) choose(button.dataset.kind);
      if (button.dataset.open) open(button.dataset.open);
      if (button.dataset.reprint) print(button.dataset.reprint);
      if (button.id === "desk-refresh") open(form.dataset.unit, keepTyped());
    });
    if (document.getElementById("desk-tenders")) {
      (typed ? typed.tenders : [{ kind: "cash", sum: null }]).forEach((one) => {
        const row = addTender(one.kind, null);
        if (one.sum !== null) { sumField(row).value = one.sum; sumField(row).dataset.typed = "1"; }
      });
      if (typed) {
        ["payer", "payer_id", "remark"].forEach((name) => {
          form.elements[name].value = typed[name];
        });
        document.getElementById("desk-keep").checked = typed.keep;
      }
      preset();
      sumField(rows()[0]).focus();
      sumField(rows()[0]).select();
    }
    figure();
  }
  function keepTyped() {
    return {
      tenders: rows().map((row) => ({
        kind: kindOf(row),
        sum: sumField(row).dataset.typed === "1" ? sumField(row).value : null,
      })),
      payer: form.elements.payer.value,
      payer_id: form.elements.payer_id.value,
      remark: form.elements.remark.value,
      keep: document.getElementById("desk-keep").checked,
    };
  }
  function tickAll(on) {
    form.querySelectorAll("input[name=bill]").forEach((one) => { one.checked = on; });
    preset();
    figure();
  }

  // ---- receive and print --------------------------------------------------------
  function receive() {
    if (busy) return;
    const wrong = document.getElementById("desk-error");
    wrong.hidden = true;
    busy = true;
    document.getElementById("desk-pay").disabled = true;
    post(desk.dataset.receive, new FormData(form)).then((answer) => {
      place.replaceChildren();
      form = null;
      box.value = "";
      say(done, answer.sentence, "alert-success");
      newSearch();
      return print(answer.payment);
    }).catch((error) => {
      if (!form) { say(done, error.told || texts.offline, "alert-danger"); return; }
      wrong.firstElementChild.textContent = error.told || texts.offline;
      document.getElementById("desk-refresh").hidden = error.code !== "stale";
      wrong.hidden = false;
      document.getElementById("desk-pay").disabled = false;
      (error.code === "stale" ? document.getElementById("desk-refresh") : sumField(rows()[0]))
        .focus();
    }).finally(() => { busy = false; });
  }
  function print(payment) {
    if (!desk.dataset.print) return Promise.resolve();
    const data = new FormData();
    data.set("csrf_token", desk.dataset.csrf);
    return post(desk.dataset.print.replace("/0/", `/${payment}/`), data).then((answer) => {
      paper.innerHTML = answer.html;
      if (!form) place.replaceChildren(shown(answer.html));
      window.print();
      if (!form) newSearch();
    });
  }

  // What was printed stays in sight until the next unit is opened.
  function shown(html) {
    const card = element("div", "card-box receipt-box");
    card.innerHTML = html;
    return card;
  }

  // ---- keys of the whole page ------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "F2" || event.key === "Escape") {
      event.preventDefault();
      newSearch();
    } else if (form && rows().length) {
      const number = Number(event.code.replace(/^(Digit|Numpad)/, ""));
      const kinds = [...form.querySelectorAll("[data-kind]")];
      if (event.altKey && kinds[number - 1]) {
        event.preventDefault();
        choose(kinds[number - 1].dataset.kind);
      } else if (event.key === "+" && event.target.name === "tender_sum") {
        event.preventDefault();
        oneMore();
      } else if (event.key === "F8") {
        event.preventDefault();
        const keep = document.getElementById("desk-keep");
        keep.checked = !keep.checked;
        figure();
      } else if (event.key === "F9") {
        event.preventDefault();
        tickAll(ticked().length === 0);
      }
    }
  });

  AnjuDesk.searchBox(open);
  ready();
  if (!form) newSearch();
})();
