/* Before anything is drawn: the theme (the choice made earlier, else what the system prefers), and a place to keep
   choices for as long as the tab is open. */
(function () {
  "use strict";

  /* Storage is closed to pages embedded in another site: there, what is kept lasts as long as the page. */
  function pageStorage() {
    var kept = new Map();
    return {
      getItem: function (key) {
        return kept.has(String(key)) ? kept.get(String(key)) : null;
      },
      setItem: function (key, value) {
        kept.set(String(key), String(value));
      },
      removeItem: function (key) {
        kept.delete(String(key));
      },
      clear: function () {
        kept.clear();
      },
      key: function (position) {
        var keys = Array.from(kept.keys());
        return position < keys.length ? keys[position] : null;
      },
      get length() {
        return kept.size;
      },
    };
  }

  try {
    window.sessionStorage.getItem("dashboard");
  } catch (error) {
    Object.defineProperty(window, "sessionStorage", { value: pageStorage(), configurable: true });
  }

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
