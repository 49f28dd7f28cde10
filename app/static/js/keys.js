/* Enter acts only when somebody means it: on every page, before any other script hears of it.
   So does the space bar where it presses a button.

   - A key that is held down repeats itself: only the first press counts.
   - An Enter that ends a word in an input method belongs to the word, not to the form.
   - A further Enter in the first moment of a page was meant for the page before it.
   - `AnjuKeys.arm(button)`: a last step can be taken only after a pause without any press of Enter,
     space or mouse, however they came: some remote desktops send a held key as many single presses.
     What was pressed before the button woke and is only heard afterwards was not meant for it. */
"use strict";
window.AnjuKeys = (() => {
  const QUIET = 500; // milliseconds without Enter before the next one counts
  const NEVER = -QUIET;
  const KEPT = "anju-enter"; // when Enter was last pressed, for the next page
  // A clock that all pages share and nobody sets.
  const across = () => performance.timeOrigin + performance.now();
  let last = before(); // the last Enter, or when something new was shown
  let hasty = false; // the last Enter came too soon to be meant
  let touched = false; // somebody has typed or pointed on this page
  let began = null; // where the key that is down was pressed
  let pressed = NEVER; // the last press of whatever can push a button, the mouse too
  const turns = new WeakMap(); // how often a button was put to sleep: the last time counts
  const woke = new WeakMap(); // when a button that slept could be pressed

  function before() {
    try {
      const ago = across() - Number(sessionStorage.getItem(KEPT));
      return ago >= 0 && ago < QUIET ? performance.now() - ago : NEVER;
    } catch (error) { return performance.now(); /* a browser that keeps nothing */ }
  }
  function keep() {
    try { sessionStorage.setItem(KEPT, String(across())); } catch (error) { /* see before */ }
  }
  // Whoever types or points has seen what lies there: the next Enter is for it.
  const touch = (event) => { if (event.isTrusted) { touched = true; hasty = false; last = NEVER; } };
  // A new line in a text is no act; with Ctrl it sends the form there as well.
  const newLine = (event) => event.target instanceof Element &&
    event.target.matches("textarea, [contenteditable]") && !event.ctrlKey && !event.metaKey;
  const acts = (target) => target instanceof Element &&
    target.closest("button, form[method=post] input, form[method=post] select, dialog") !== null;

  const refuse = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  // Pressed before the button woke, and heard late by a busy machine?
  const early = (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    return Boolean(button) && event.timeStamp < woke.get(button);
  };
  // The space bar pushes buttons; in fields it writes, or ticks a box.
  const pushes = (event) => event.key === "Enter" || (event.key === " " &&
    !(event.target instanceof Element && event.target.matches("input, select, textarea, [contenteditable]")));

  window.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.stopImmediatePropagation();
      return;
    }
    if (!pushes(event)) { hasty = false; return; }
    if (newLine(event)) return;
    if (!event.repeat) hasty = performance.now() - last < QUIET;
    last = pressed = performance.now();
    keep();
    if (!event.repeat) began = event.target;
    // A held space bar pushes once, when it is let go: but only where it was pressed.
    const again = event.repeat && (event.key === "Enter" || began !== event.target);
    if (again || early(event) || (hasty && !touched && acts(event.target))) refuse(event);
  }, true);
  window.addEventListener("pointerdown", () => { pressed = performance.now(); }, true);
  window.addEventListener("click", (event) => { if (early(event)) refuse(event); }, true);
  window.addEventListener("pointerdown", touch, true);
  window.addEventListener("input", touch, true);

  return {
    /* Something new lies before the person: what is pressed at once was not meant for it. */
    rest() { last = performance.now(); },
    /* Did the Enter that is being handled come too soon to be meant? */
    tooSoon() { return hasty; },
    /* The button sleeps until nobody has pressed anything for a while; then it takes the cursor. */
    arm(button, awake = () => true) {
      const shown = performance.now();
      const turn = (turns.get(button) || 0) + 1;
      turns.set(button, turn);
      button.disabled = true;
      const look = () => {
        if (turn !== turns.get(button) || !button.isConnected || !awake()) return;
        const rest = Math.max(shown, last, pressed) + QUIET - performance.now();
        if (rest > 0) { setTimeout(look, rest + 5); return; }
        button.disabled = false;
        woke.set(button, performance.now());
        button.focus();
      };
      setTimeout(look, QUIET);
    },
  };
})();
