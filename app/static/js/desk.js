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
  const { ask, element, fen, plainSum, sum } = AnjuDesk;

  let form = null; // the unit that is open
  let busy = false; // money is being received
  let opened = 0; // number of the last unit asked for, so that a late answer is dropped

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
  function boxes() { return [...form.querySelectorAll("input[name=bill]")]; }
  function ticked() { return boxes().filter((one) => one.checked); }
  function due() {
    return ticked().reduce((total, one) => total + Number(one.dataset.fen), 0);
  }
  function rows() {
    return [...form.querySelectorAll(".desk-tender")];
  }
  function sumField(row) { return row.querySelector("[name=tender_sum]"); }
  function kindOf(row) { return row.querySelector("[name=tender_kind]").value; }
  // Whom the field of the payer means, where it is one of those offered.
  function payerMeant() {
    const { payer } = form.elements;
    const offered = JSON.parse(form.dataset.payers);
    const typed = payer ? payer.value.trim() : "";
    return Object.hasOwn(offered, typed) ? offered[typed] : { id: "", purse: "0" };
  }
  // A purse belongs to a customer: it is that of whoever is named as payer.
  function purse() { return fen(payerMeant().purse) || 0; }
  function keeps() { return document.getElementById("desk-keep").checked; }
  // What the server would make of what stands on the page.
  function settled() {
    const tenders = rows().map((row) => ({ kind: kindOf(row), text: sumField(row).value }));
    return AnjuDesk.settle(due(), tenders, purse(), keeps());
  }
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? values[name] : place));
  }

  function nameOf(kind) { return form.querySelector(`[data-kind="${kind}"]`).dataset.name; }

  function rename(row, kind) {
    row.querySelector("[name=tender_kind]").value = kind;
    row.querySelector(".name").textContent = nameOf(kind);
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
    // Still chosen whole, so that what is typed next takes its place.
    if (document.activeElement === sumField(last)) sumField(last).select();
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
    if (all) all.checked = ticked().length === boxes().length;
    const early = document.getElementById("desk-early");
    if (early) early.checked = earlyOnes().every((one) => one.checked);
    document.getElementById("desk-purse").textContent = sum(purse());
    const line = document.getElementById("desk-change");
    if (!line) return;
    form.querySelector("[data-kind=prepayment]").disabled = !purse() || !boxes().length;
    unask();
    const made = settled();
    const [look, label, value] = reading(made);
    line.className = "desk-change " + look;
    line.children[0].textContent = label;
    line.children[1].textContent = value ? sum(value) : "";
  }
  // One line under the sums: what is given back, kept or left, or why the server would refuse it.
  function reading(made) {
    if (made.refused === "nothing") return ["", "", 0];
    if (made.refused) return ["wrong", filled(texts.refused[made.refused], made.values), 0];
    if (made.change) return ["over", texts.change, made.change];
    if (made.kept) return ["over", texts.kept, made.kept];
    return made.short ? ["short", texts.short, made.short] : ["exact", texts.exact, 0];
  }
  function ready(typed) {
    form = document.getElementById("desk-form");
    if (!form) return;
    form.addEventListener("change", (event) => {
      forget();
      if (event.target.id === "desk-all") tickAll(event.target.checked);
      if (event.target.id === "desk-early") tickEarly(event.target.checked);
      if (event.target.name === "bill") preset();
      figure();
    });
    form.addEventListener("input", (event) => {
      if (event.target.type === "checkbox") return; // its change follows
      forget();
      if (event.target.name === "tender_sum") event.target.dataset.typed = "1";
      if (event.target.name === "payer") {
        form.elements.payer_id.value = payerMeant().id;
      }
      figure();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // An Enter that opened the unit is still under the finger: it means nothing here.
      if (!AnjuKeys.tooSoon()) confirm();
    });
    form.addEventListener("focusin", (event) => {
      if (!event.target.closest("#desk-confirm")) unask();
    });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.kind) choose(button.dataset.kind);
      if (button.dataset.open) open(button.dataset.open);
      if (button.dataset.reprint) {
        print(button.dataset.reprint).catch((error) => say(done, error.told, "alert-danger"));
      }
      if (button.id === "desk-refresh") open(form.dataset.unit, keepTyped());
      if (button.id === "desk-yes") receive();
      if (button.id === "desk-back") back();
    });
    if (document.getElementById("desk-tenders")) {
      (typed ? typed.tenders : [{ kind: "cash", sum: null }]).forEach((one) => {
        const row = addTender(one.kind, null);
        if (one.sum !== null) { sumField(row).value = one.sum; sumField(row).dataset.typed = "1"; }
        if (one.reference) row.querySelector("[name=tender_reference]").value = one.reference;
      });
      if (typed) putBack(typed);
      preset();
      sumField(rows()[0]).focus();
      sumField(rows()[0]).select();
    }
    AnjuKeys.rest();
    figure();
  }
  function keepTyped() {
    return {
      tenders: rows().map((row) => ({
        kind: kindOf(row),
        sum: sumField(row).dataset.typed === "1" ? sumField(row).value : null,
        reference: row.querySelector("[name=tender_reference]").value,
      })),
      bills: new Map(boxes().map((one) => [one.id, one.checked])),
      payer: form.elements.payer.value,
      payer_id: form.elements.payer_id.value,
      remark: form.elements.remark.value,
      keep: keeps(),
    };
  }
  function putBack(typed) {
    ["payer", "payer_id", "remark"].forEach((name) => { form.elements[name].value = typed[name]; });
    document.getElementById("desk-keep").checked = typed.keep;
    boxes().forEach((one) => {
      if (typed.bills.has(one.id)) one.checked = typed.bills.get(one.id);
    });
  }
  function tickAll(on) {
    boxes().forEach((one) => { one.checked = on; });
    preset();
    figure();
  }
  function earlyOnes() { return boxes().filter((one) => "early" in one.dataset); }
  function tickEarly(on) {
    earlyOnes().forEach((one) => { one.checked = on; });
    preset();
    figure();
  }

  // ---- receive and print --------------------------------------------------------
  // First Enter: what would be done, in words. A second one, after a pause, does it.
  function confirm() {
    if (busy) return;
    const made = settled();
    if (made.refused) { fail(filled(texts.refused[made.refused], made.values), "tenders", made.row); return; }
    if (!form.elements.payer.value.trim()) { fail(texts.no_payer, "payer"); return; }
    document.getElementById("desk-error").hidden = true;
    const tenders = rows().filter((row) => sumField(row).value.trim()).map((row) => filled(
      texts.one_tender, { tender: nameOf(kindOf(row)), sum: sum(fen(sumField(row).value)) }));
    const panel = document.getElementById("desk-confirm");
    const [question, more, who] = document.getElementById("desk-question").children;
    question.textContent = filled(texts.confirm, { tenders: tenders.join(texts.join) });
    const [look, label, value] = reading(made);
    more.className = "more " + look;
    more.textContent = value ? `${label} ${sum(value)}` : "";
    who.textContent = filled(texts.for, {
      unit: form.dataset.code, payer: form.elements.payer.value.trim(), count: ticked().length,
    });
    document.getElementById("desk-pay").hidden = true;
    panel.hidden = false;
    panel.focus();
    AnjuKeys.arm(document.getElementById("desk-yes"), () => !panel.hidden && !busy);
  }
  function asking() {
    const panel = form && document.getElementById("desk-confirm");
    return Boolean(panel) && !panel.hidden;
  }
  function unask() {
    if (busy || !asking()) return;
    document.getElementById("desk-confirm").hidden = true;
    document.getElementById("desk-yes").disabled = true;
    document.getElementById("desk-pay").hidden = false;
  }
  function back() {
    unask();
    sumField(rows()[0]).focus();
    sumField(rows()[0]).select();
  }
  // What was wrong is being mended; only a new list has to be fetched first.
  function forget() {
    if (document.getElementById("desk-refresh")?.hidden) {
      document.getElementById("desk-error").hidden = true;
    }
  }
  // Why not, and the cursor in the field that is to be mended.
  function fail(told, field, row) {
    const wrong = document.getElementById("desk-error");
    wrong.firstElementChild.textContent = told;
    wrong.hidden = false;
    document.getElementById("desk-change").className = "desk-change";
    [...document.getElementById("desk-change").children].forEach((one) => { one.textContent = ""; });
    document.getElementById("desk-refresh").hidden = field !== "stale";
    const tender = rows()[row === undefined || row === null ? settled().row || 0 : row] || rows()[0];
    const mend = field === "stale" ? document.getElementById("desk-refresh") :
      field === "payer" ? form.elements.payer : sumField(tender);
    mend.focus();
    if (mend.select) mend.select();
  }
  function receive() {
    if (busy || !asking()) return;
    busy = true;
    document.getElementById("desk-yes").disabled = true;
    const sent = new FormData(form);
    // Who was chosen goes by his key; the receipt has his name as it is on file.
    if (sent.get("payer_id")) sent.set("payer", "");
    post(desk.dataset.receive, sent).then((answer) => {
      place.replaceChildren();
      form = null;
      box.value = "";
      say(done, answer.sentence, "alert-success");
      newSearch();
      return print(answer.payment).catch(() => {
        say(done, answer.sentence + " " + texts.not_printed, "alert-danger");
      });
    }).catch((error) => {
      busy = false;
      if (!form) { say(done, error.told || texts.offline, "alert-danger"); return; }
      unask();
      fail(error.told || texts.offline, error.code === "stale" ? "stale" : error.field);
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
    if (event.key === "Escape" && asking()) {
      event.preventDefault();
      back();
    } else if (event.key === "F2" || event.key === "Escape") {
      event.preventDefault();
      if (form) unask();
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
        document.getElementById("desk-keep").checked = !keeps();
        figure();
      } else if (event.key === "F7" && earlyOnes().length) {
        event.preventDefault();
        tickEarly(!earlyOnes().every((one) => one.checked));
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
