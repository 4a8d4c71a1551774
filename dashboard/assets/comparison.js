/* The leaderboard's choices stand in the address: it outlasts a refresh, and shows another person the same. */
(function () {
  "use strict";

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.comparison = {
    keepInAddress: function (group, objective, cost) {
      var address = new URL(window.location.href);
      if (address.pathname.replace(/\/+$/, "").split("/").pop() !== "runs") return;
      var chosen = { of: group, by: objective, cost: cost };
      Object.keys(chosen).forEach(function (name) {
        if (chosen[name]) address.searchParams.set(name, chosen[name]);
      });
      window.history.replaceState(window.history.state, "", address.href);
    },
  };
})();
