/* Sets the theme before anything is drawn: the choice made earlier, else what the system prefers. */
(function () {
  "use strict";
  var kept = null;
  try {
    kept = window.localStorage.getItem("dashboard-theme");
  } catch (error) {
    kept = null; // storage is closed to pages embedded in another site
  }
  var prefersDark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
  var theme = kept === "light" || kept === "dark" ? kept : prefersDark ? "dark" : "light";
  document.documentElement.setAttribute("data-bs-theme", theme);
})();
