/* The choices of a page stand in its address: it outlasts a refresh, and shows another person the same. */
(function () {
  "use strict";

  var path = null;
  var chosen = {};

  function write() {
    if (window.location.pathname !== path) {
      chosen = {};
      return;
    }
    var address = new URL(window.location.href);
    Object.keys(chosen).forEach(function (name) {
      if (chosen[name]) address.searchParams.set(name, chosen[name]);
      else address.searchParams.delete(name);
    });
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address.href);
  }

  /* A link to this very page changes the address alone. */
  window.addEventListener("_dashprivate_pushstate", write);
  window.addEventListener("popstate", write);

  /* Gives the function that writes its values under these names. A page that is being left still stands there for a
     moment below the address of the next one: its address is known by how it ends. */
  function keeping(end, names) {
    return function () {
      var values = arguments;
      if (!window.location.pathname.replace(/\/+$/, "").endsWith(end)) return;
      if (window.location.pathname !== path) chosen = {};
      path = window.location.pathname;
      names.forEach(function (name, place) {
        chosen[name] = values[place];
      });
      write();
    };
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.address = {
    leaderboard: keeping("/runs", ["of", "by", "cost"]),
    trends: keeping("/history/charts", ["of", "by"]),
    whyFeature: keeping("/why", ["feature", "colour"]),
    whyTrack: keeping("/why", ["track"]),
    whyGroups: keeping("/why", ["first", "second"]),
    whyOther: keeping("/why", ["other"]),
  };
})();
