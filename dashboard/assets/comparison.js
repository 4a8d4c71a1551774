/* The leaderboard's choices stand in the address: it outlasts a refresh, and shows another person the same. */
(function () {
  "use strict";

  var chosen = null;

  function isHere() {
    return window.location.pathname.replace(/\/+$/, "").split("/").pop() === "runs";
  }

  function write() {
    if (!isHere() || !chosen) {
      chosen = null;
      return;
    }
    var address = new URL(window.location.href);
    Object.keys(chosen).forEach(function (name) {
      if (chosen[name]) address.searchParams.set(name, chosen[name]);
    });
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address.href);
  }

  /* A link to this very page changes the address alone. */
  window.addEventListener("_dashprivate_pushstate", write);
  window.addEventListener("popstate", write);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.comparison = {
    keepInAddress: function (group, objective, cost) {
      chosen = { of: group, by: objective, cost: cost };
      write();
    },
  };
})();
