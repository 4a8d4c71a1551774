/* The training form: settings are checked as they are typed, one family's settings stand open at a time. */
(function () {
  "use strict";

  var KEEPS_DEFAULT = ["", "default", null, undefined];

  function isChanged(value) {
    return KEEPS_DEFAULT.indexOf(typeof value === "string" ? value.trim() : value) < 0;
  }

  /* The problem of one field in words; empty when there is none. The server checks again. */
  function problem(value, rule) {
    if (!rule || rule.low === undefined || !isChanged(value)) return "";
    var text = String(value).trim().toLowerCase();
    if (rule.also.indexOf(text) >= 0) return "";
    var number = Number(text.replace(",", "."));
    if (text === "" || !isFinite(number)) return "Not a number. Expected: " + rule.expected + ".";
    if (rule.whole && Math.floor(number) !== number) return "Not a whole number. Expected: " + rule.expected + ".";
    if (number < rule.low) return "Too low. Expected: " + rule.expected + ".";
    if (number > rule.high) return "Too high. Expected: " + rule.expected + ".";
    return "";
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.training = {
    check: function (value, id, rules) {
      var words = problem(value, rules && rules[id.family] && rules[id.family][id.name]);
      return [words, Boolean(words)];
    },
    countChanged: function (values) {
      var count = (values || []).filter(isChanged).length;
      return count ? " " + count + " changed" : "";
    },
    showDefaults: function (defaults, ids, rules) {
      return (ids || []).map(function (id) {
        var rule = rules && rules[id.family] && rules[id.family][id.name];
        return defaults === "library" || !rule ? "library default" : rule.default;
      });
    },
    /* Something began or ended, perhaps in another tab. */
    trayMoved: function () {
      if (!document.getElementById("training-live-section")) return;
      window.dash_clientside.set_props("training-changed-store", { data: Date.now() });
    },
    isOff: function (isOn) {
      return !isOn;
    },
  };

  /* The settings of many families would be a wall: opening one closes the others. */
  document.addEventListener(
    "toggle",
    function (event) {
      var opened = event.target;
      if (!opened.open || !opened.classList || !opened.classList.contains("family-settings")) return;
      document.querySelectorAll("details.family-settings[open]").forEach(function (other) {
        if (other !== opened) other.open = false;
      });
    },
    true
  );
})();
