/* Days: typed in any usual spelling or chosen from a calendar in the page's own language. */
"use strict";
(() => {
  const chinese = document.documentElement.lang.startsWith("zh");
  const names = chinese ? ["一", "二", "三", "四", "五", "六", "日"] : ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
  const words = chinese
    ? { today: "今天", clear: "清除", before: "上个月", after: "下个月" }
    : { today: "Today", clear: "Clear", before: "Previous month", after: "Next month" };
  const two = (number) => String(number).padStart(2, "0");
  const iso = (year, month, day) => `${year}-${two(month)}-${two(day)}`;
  const now = () => {
    // The office's day, wherever the computer's clock stands.
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());
    return parts.slice(0, 10);
  };
  const exists = (year, month, day) => {
    const made = new Date(Date.UTC(year, month - 1, day));
    return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  };

  // 20261122, 2026.11.22, 2026年11月22日 and 11-22 become 2026-11-22; anything else stays.
  const read = (typed) => {
    const plain = typed.normalize("NFKC").replace(/\s/g, "");
    const found = /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ||
      /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
    const short = /^(\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
    const [year, month, day] = found ? found.slice(1).map(Number)
      : short ? [Number(now().slice(0, 4)), Number(short[1]), Number(short[2])] : [];
    return year && exists(year, month, day) ? iso(year, month, day) : typed;
  };

  let open = null, touched = false;
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, () => { touched = true; }, { capture: true, once: true }));
  const close = () => {
    if (open) open.box.remove();
    open = null;
  };
  const choose = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    close();
    input.focus();
  };
  const button = (text, className, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text, tabIndex: -1 });
    made.addEventListener("click", act);
    return made;
  };

  const draw = (year, month) => {
    const { input, box } = open;
    const chosen = input.value, today = now();
    const shift = (by) => {
      const made = new Date(Date.UTC(year, month - 1 + by, 1));
      draw(made.getUTCFullYear(), made.getUTCMonth() + 1);
    };
    const head = document.createElement("div");
    head.className = "calendar-head";
    const before = button("‹", "btn btn-link", () => shift(-1));
    const after = button("›", "btn btn-link", () => shift(1));
    before.setAttribute("aria-label", words.before);
    after.setAttribute("aria-label", words.after);
    const title = document.createElement("b");
    title.textContent = chinese ? `${year}年${month}月` : `${year}-${two(month)}`;
    head.append(button("«", "btn btn-link", () => shift(-12)), before, title, after, button("»", "btn btn-link", () => shift(12)));
    const grid = document.createElement("div");
    grid.className = "calendar-days";
    names.forEach((name) => grid.append(Object.assign(document.createElement("span"), { textContent: name })));
    const first = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
    for (let gap = 0; gap < first; gap += 1) grid.append(document.createElement("i"));
    for (let day = 1; exists(year, month, day); day += 1) {
      const value = iso(year, month, day);
      const one = button(String(day), "", () => choose(input, value));
      one.className = [value === chosen && "chosen", value === today && "today"].filter(Boolean).join(" ");
      one.disabled = Boolean((input.max && value > input.max) || (input.min && value < input.min));
      grid.append(one);
    }
    const foot = document.createElement("div");
    foot.className = "calendar-foot";
    foot.append(button(words.today, "btn btn-link", () => choose(input, now())));
    if (!input.required) foot.append(button(words.clear, "btn btn-link", () => choose(input, "")));
    box.replaceChildren(head, grid, foot);
  };

  const show = (input) => {
    if (open && open.input === input) return;
    close();
    const box = document.createElement("div");
    box.className = "calendar";
    box.addEventListener("mousedown", (event) => event.preventDefault());
    open = { input, box };
    document.body.append(box);
    const from = /^\d{4}-\d{2}-\d{2}$/.test(input.value) ? input.value : now();
    draw(Number(from.slice(0, 4)), Number(from.slice(5, 7)));
    const place = input.getBoundingClientRect();
    const below = place.bottom + box.offsetHeight + 8 < window.innerHeight;
    box.style.left = `${Math.min(place.left, window.innerWidth - box.offsetWidth - 8) + window.scrollX}px`;
    box.style.top = `${(below ? place.bottom + 4 : place.top - box.offsetHeight - 4) + window.scrollY}px`;
  };

  const take = (input) => {
    if (input.dataset.day) return;
    input.dataset.day = input.type;
    const kind = input.type;
    input.type = "text";
    input.inputMode = "numeric";
    input.autocomplete = "off";
    input.placeholder = input.placeholder || (kind === "month" ? (chinese ? "年-月" : "YYYY-MM") : (chinese ? "年-月-日" : "YYYY-MM-DD"));
    input.classList.add("day-input");
    if (kind !== "date") return;
    // Where the page itself puts the cursor, below a sentence to be read, a click opens it.
    input.addEventListener("focus", () => { if (!input.closest(".has-error") || touched) show(input); });
    input.addEventListener("click", () => show(input));
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || event.key === "Enter" || event.key === "Tab") close();
    });
  };
  const takeAll = (root) => root.querySelectorAll("input[type=date], input[type=month]").forEach(take);
  window.ANJU.days = takeAll;
  takeAll(document);
  document.addEventListener("change", (event) => {
    if (event.target.dataset && event.target.dataset.day === "date") event.target.value = read(event.target.value);
  }, true);
})();
