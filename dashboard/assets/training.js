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

  var KEPT = "training-typed:";

  function isPlain(value) {
    return Boolean(value) && typeof value === "object" && !Array.isArray(value);
  }

  /* What was typed outlasts a refresh; where storage is closed it lasts as long as the page. What a run filled in is
     remembered only beside the same first values. What an older version of the page kept, and this one cannot read, is
     left out and named. */
  function recall(key, first, rules) {
    var kept = null;
    try {
      kept = JSON.parse(window.sessionStorage.getItem(KEPT + key));
    } catch (error) {
      return null;
    }
    if (!isPlain(kept) || !isPlain(kept.values) || JSON.stringify(kept.first) !== JSON.stringify(first)) return null;
    var found = { values: {}, dropped: [] };
    Object.keys(kept.values).forEach(function (family) {
      var typed = isPlain(kept.values[family]) ? kept.values[family] : {};
      Object.keys(typed).forEach(function (name) {
        if (ruleOf(rules, { family: family, name: name }) && typeof typed[name] === "string") {
          (found.values[family] = found.values[family] || {})[name] = typed[name];
        } else found.dropped.push(name + " of " + family);
      });
    });
    return found;
  }

  function remember(key, first, values) {
    try {
      window.sessionStorage.setItem(KEPT + key, JSON.stringify({ first: first, values: values }));
    } catch (error) {
      // embedded in another site
    }
  }

  /* A copy in which the fields on the page stand with what they hold now. */
  function withFields(values, ids, found) {
    var copy = JSON.parse(JSON.stringify(values || {}));
    ids.forEach(function (id, position) {
      var family = (copy[id.family] = copy[id.family] || {});
      if (isChanged(found[position])) family[id.name] = found[position];
      else delete family[id.name];
    });
    Object.keys(copy).forEach(function (key) {
      if (!Object.keys(copy[key]).length) delete copy[key];
    });
    return copy;
  }

  /* Set what changes and nothing else: each part that is set makes the whole page look at itself. */
  function setNew(ids, prop, now, before) {
    ids.forEach(function (id, position) {
      var was = before ? before[position] : undefined;
      if (now[position] === was || (!now[position] && !was)) return;
      window.dash_clientside.set_props(id, { [prop]: now[position] });
    });
  }

  function ruleOf(rules, id) {
    return rules && rules[id.family] && rules[id.family][id.name];
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.training = {
    readFields: function (found, defaults, ids, shown, saidIds, said, families, counted, rules, typed) {
      var before = typed || { values: {} };
      var first = before.is_first ? before.values : before.first;
      var kept = before.is_first ? recall(before.key, first, rules) : null;
      var values = withFields(kept ? kept.values : before.values, ids, found);
      var problems = ids.map(function (id, position) {
        return problem(found[position], ruleOf(rules, id));
      });
      var usual = ids.map(function (id) {
        var rule = ruleOf(rules, id);
        return defaults === "library" || !rule ? "library default" : rule.default;
      });
      var counts = families.map(function (id) {
        var count = Object.keys(values[id.family] || {}).length;
        return count ? " " + count + " changed" : "";
      });
      setNew(saidIds, "children", problems, said);
      setNew(ids, "invalid", problems.map(Boolean), said.map(Boolean));
      setNew(ids, "placeholder", usual, shown);
      setNew(families, "children", counts, counted);
      if (!before.is_first && JSON.stringify(values) === JSON.stringify(before.values)) {
        return window.dash_clientside.no_update;
      }
      remember(before.key, first, values);
      return { key: before.key, first: first, values: values, dropped: kept ? kept.dropped : before.dropped || [] };
    },
    showSections: function (chosen, ids, hidden, isEmptyHidden) {
      var keys = [].concat.apply([], chosen || []);
      var now = ids.map(function (id) {
        return keys.indexOf(id.family) < 0;
      });
      setNew(ids, "hidden", now, hidden);
      var hasSome = now.indexOf(false) >= 0;
      return hasSome === Boolean(isEmptyHidden) ? window.dash_clientside.no_update : hasSome;
    },
    /* Something began or ended, perhaps in another tab. */
    trayMoved: function () {
      if (!document.getElementById("training-live-section")) return;
      window.dash_clientside.set_props("training-changed-store", { data: Date.now() });
    },
    isOff: function (isOn, isHidden) {
      return !isOn === Boolean(isHidden) ? window.dash_clientside.no_update : !isOn;
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
