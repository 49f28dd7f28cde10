// 收费台的算账规则：与服务器 app/charging/ledger/settling.py 同一张规则表（tests/cashier/desk/rules.json）。
window.AnjuDesk = window.AnjuDesk || {};

(function () {
  "use strict";
  const MOST_TENDERS = 8;
  const LARGEST = 999999999999; // fen, as the server has it

  // What people type as a sum of money → whole fen; null where it is none.
  AnjuDesk.fen = function (text) {
    const plain = text.normalize("NFKC").trim().replace(/^[¥]+/, "").replace(/元+$/, "").trim()
      .replace(/(\d),(?=\d{3}(?!\d))/g, "$1");
    if (!/^(\d{1,12}(\.\d{1,2})?|\.\d{1,2})$/.test(plain)) return null;
    const [yuan, cents] = plain.split(".");
    return Number(yuan || 0) * 100 + Number(((cents || "") + "00").slice(0, 2));
  };
  AnjuDesk.plainSum = function (value) {
    return Math.floor(value / 100) + "." + String(value % 100).padStart(2, "0");
  };
  AnjuDesk.sum = function (value) {
    return AnjuDesk.plainSum(value).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ",");
  };

  const refuse = (refused, row, values) => ({ refused, row: row === undefined ? null : row, values: values || {} });

  // due, purse: fen; tenders: [{ kind, text }]; keep: the surplus is paid ahead.
  // → { amount, change, kept, short } or { refused, row, values }.
  AnjuDesk.settle = function (due, tenders, purse, keep) {
    const { plainSum } = AnjuDesk;
    const given = [];
    for (const [row, one] of tenders.entries()) {
      if (!one.text.trim()) continue;
      const value = AnjuDesk.fen(one.text);
      if (value === null) return refuse("unreadable", row, { text: one.text.trim().slice(0, 30) });
      if (value > LARGEST) return refuse("too_large", row);
      given.push({ row, kind: one.kind, value });
    }
    if (!given.length) return refuse("nothing", 0);
    if (given.length > MOST_TENDERS) return refuse("too_many", given[MOST_TENDERS].row, { most: MOST_TENDERS });
    const zero = given.find((one) => one.value <= 0);
    if (zero) return refuse("zero", zero.row);
    const of = (kind) => given.filter((one) => one.kind === kind);
    const total = (some) => some.reduce((sum, one) => sum + one.value, 0);
    const [cash, spent] = [of("cash"), of("prepayment")];
    if (cash.length > 1 || spent.length > 1) return refuse("twice", (cash[1] || spent[1]).row);
    if (total(spent) > purse) {
      return refuse("purse", spent[0].row, { purse: plainSum(purse), asked: plainSum(total(spent)) });
    }
    if (total(spent) > due) return refuse("purse_owed", spent[0].row, { owed: plainSum(due) });
    const surplus = Math.max(total(given) - due, 0);
    const change = keep ? 0 : surplus;
    if (change && !due) return refuse("no_bill", given[0].row);
    if (change && change >= total(cash)) {
      if (cash.length) return refuse("without_cash", cash[0].row);
      const back = given.filter((one) => one.kind !== "prepayment");
      return refuse("no_change", (back[back.length - 1] || given[0]).row, { surplus: plainSum(change) });
    }
    return {
      amount: total(given) - change, change, kept: surplus - change,
      short: Math.max(due - total(given), 0),
    };
  };
})();
