// Buttons that copy a text: data-copy holds it, data-copied is what the button says afterwards.
"use strict";

(function () {
  function byHand(text) {
    // Pages of a plain http address have no clipboard of their own.
    const box = document.createElement("textarea");
    box.value = text;
    box.style.position = "fixed";
    box.style.opacity = "0";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        // The browser refused; the old way is left.
      }
    }
    return byHand(text);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    if (await copy(button.dataset.copy)) button.textContent = button.dataset.copied;
    else window.prompt("", button.dataset.copy);
  });
})();
