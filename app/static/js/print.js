/* Print pages and error pages: print, and back to where one came from. */
"use strict";
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-back]")) {
    if (history.length > 1) history.back();
    else location.href = "/";
  }
});
