/* Prediction view: the last value of a slider counts, and at most one question is under way. */
(function () {
  "use strict";

  var GIVE_UP_MS = 400;
  var LINGER_MS = 350;
  var latest = 0;
  var asked = 0;
  var answered = 0;
  var askedAt = 0;
  var presses = 0;
  var lingering = 0;

  function none() {
    return window.dash_clientside.no_update;
  }

  function tell(id, data) {
    presses += 1;
    window.dash_clientside.set_props(id, { data: Object.assign({ press: presses }, data) });
  }

  function pause(ms) {
    return new Promise(function (done) {
      window.setTimeout(done, ms);
    });
  }

  function isWaiting() {
    return asked > answered && Date.now() - askedAt < GIVE_UP_MS;
  }

  function collect(list, values) {
    (list || []).forEach(function (one) {
      var isChoice = one.id.type === "prediction-feature-select";
      values[one.id.name] = isChoice || one.value === null || one.value === undefined ? one.value : Number(one.value);
    });
  }

  /* Where the value of a slider stands in the shape behind it. */
  function mark(name, value, low, high) {
    var slider = document.getElementById(JSON.stringify({ name: name, type: "prediction-feature-slider" }));
    var box = slider && slider.closest(".slider-control");
    if (!box) return;
    var width = Number(high) - Number(low);
    var share = width > 0 ? (Number(value) - Number(low)) / width : 0.5;
    box.style.setProperty("--at", Math.min(Math.max(share, 0), 1).toFixed(4));
  }

  /* The marks of the chart move without drawing it anew. */
  function moveMarks(answer) {
    var graph = document.querySelector("#prediction-position-graph .js-plotly-plot");
    if (!graph || !window.Plotly || !answer.shapes) return;
    window.Plotly.relayout(graph, { shapes: answer.shapes, annotations: answer.annotations });
  }

  function isOpen() {
    var box = document.getElementById("prediction-if-section");
    return Boolean(box && box.open);
  }

  /* All that it takes to see the same stands in the address. */
  function writeAddress(question, start) {
    if (window.location.pathname.replace(/\/+$/, "").split("/").pop() !== "predict") return;
    var url = new URL(window.location.href);
    var parts = new URLSearchParams();
    parts.set("run", question.run);
    if (start && start.track) parts.set("track", start.track);
    else if (start && start.typical) parts.set("typical", start.typical);
    if (question.beside.length) parts.set("beside", question.beside.join(","));
    Object.keys(question.values).forEach(function (name) {
      var value = question.values[name];
      parts.set(name, value === null || value === undefined ? "" : value);
    });
    url.search = parts.toString();
    if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
  }

  /* What may come a moment after the answer; the curve only where it can be seen, when the values have come to rest. */
  function settled(answer, question, start, feature) {
    moveMarks(answer);
    var old = document.querySelector("#prediction-suggest-section .suggestions");
    if (old) old.classList.add("is-of-before");
    window.clearTimeout(lingering);
    lingering = window.setTimeout(function () {
      if (!question || question.number !== answered) return;
      writeAddress(question, start);
      if (isOpen()) tell("prediction-curve-store", { question: question, feature: feature || "" });
    }, LINGER_MS);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.prediction = {
    /* A feature's slider and its number field show the same value; a number beyond the slider becomes its end. */
    pair: function (slider, number, low, high) {
      var from = window.dash_clientside.callback_context.triggered_id;
      if (!from) return [none(), none()];
      if (from.type === "prediction-feature-slider") {
        mark(from.name, slider, low, high);
        return [none(), Number(slider)];
      }
      if (number === null || number === undefined || number === "" || isNaN(number)) return [none(), Number(slider)];
      var kept = Math.min(Math.max(Number(number), Number(low)), Number(high));
      mark(from.name, kept, low, high);
      return [kept, kept === Number(number) ? none() : kept];
    },

    /* Wait until the question before is answered, then ask for the values as they are by then. */
    settle: async function (sliders, selects, run, beside) {
      var inputs = window.dash_clientside.callback_context.inputs_list;
      var mine = ++latest;
      var values = {};
      collect(inputs[0], values);
      collect(inputs[1], values);
      while (isWaiting()) {
        await pause(10);
        if (mine !== latest) return none();
      }
      asked = mine;
      askedAt = Date.now();
      return { run: run, number: mine, values: values, beside: beside || [] };
    },

    /* An answer comes as text, put in place at once: what Dash draws takes longer than a slider may. */
    heard: function (answer, question, start, feature) {
      if (!answer) return;
      if (answer.number > answered) answered = answer.number;
      Object.keys(answer.parts).forEach(function (id) {
        var part = document.getElementById(id);
        if (part) part.innerHTML = answer.parts[id];
      });
      window.setTimeout(settled, 0, answer, question, start, feature);
    },

    /* Set every control from a start: a typical track, or a real one. */
    place: function (start, sliderIds, selectIds) {
      var values = (start && start.place && start.values) || {};
      function pick(id) {
        return id.name in values ? values[id.name] : none();
      }
      return [sliderIds.map(pick), selectIds.map(pick)];
    },

    /* Up to three further models, without the chosen one. */
    beside: function (added, gone, beside, run) {
      var kept = (beside || []).filter(function (one) {
        return !gone || one !== gone.run || added === one;
      });
      if (added && added !== run && kept.indexOf(added) < 0) kept = kept.concat([added]).slice(-3);
      return [kept, ""];
    },

    /* The curve of a feature that was chosen, or of the one that was when the section is opened. */
    curve: function (feature, opened, question) {
      return isOpen() && question ? { question: question, feature: feature || "" } : none();
    },
  };

  function copy(text, button) {
    var done = function () {
      button.classList.add("is-copied");
      window.setTimeout(function () {
        button.classList.remove("is-copied");
      }, 1500);
    };
    var clipboard = window.navigator.clipboard;
    if (clipboard && window.isSecureContext) {
      clipboard.writeText(text).then(done, function () {
        copyOldWay(text, done);
      });
    } else copyOldWay(text, done);
  }

  function copyOldWay(text, done) {
    var field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.appendChild(field);
    field.select();
    if (document.execCommand("copy")) done();
    field.remove();
  }

  /* The name of a kept prediction is written where it stands. */
  function rename(button) {
    var cell = button.parentNode;
    var name = cell.querySelector(".kept-name");
    if (!name || cell.querySelector("input")) return;
    var field = document.createElement("input");
    field.className = "form-control form-control-sm kept-rename";
    field.maxLength = 80;
    field.value = button.getAttribute("data-name") || "";
    field.setAttribute("aria-label", "Name of the kept prediction");
    var isDone = false;
    function end(isKept) {
      if (isDone) return;
      isDone = true;
      var text = field.value;
      name.hidden = false;
      field.remove();
      if (isKept) tell("prediction-board-store", { kind: "name", id: button.getAttribute("data-id"), text: text });
    }
    field.addEventListener("keydown", function (event) {
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    field.addEventListener("blur", function () {
      end(true);
    });
    name.hidden = true;
    cell.insertBefore(field, button);
    field.focus();
    field.select();
  }

  function begin(button) {
    var position = button.getAttribute("data-position");
    tell("prediction-begin-store", {
      kind: button.getAttribute("data-begin"),
      position: position === null ? null : Number(position),
      id: button.getAttribute("data-id"),
    });
  }

  /* A suggested value goes to its control. */
  function set(button) {
    var name = button.getAttribute("data-set");
    var value = button.getAttribute("data-value");
    var slider = { name: name, type: "prediction-feature-slider" };
    var select = { name: name, type: "prediction-feature-select" };
    if (document.getElementById(JSON.stringify(slider))) {
      window.dash_clientside.set_props(slider, { value: Number(value) });
    } else if (document.getElementById(JSON.stringify(select))) {
      window.dash_clientside.set_props(select, { value: value });
    } else if (name === "release_year") {
      select.name = "release_date";
      var field = document.getElementById(JSON.stringify(select));
      if (!field || !field.value) return;
      var day = field.value.slice(4) === "-02-29" ? "-02-28" : field.value.slice(4);
      window.dash_clientside.set_props(select, { value: String(Math.round(Number(value))) + day });
    }
  }

  var ACTS = {
    "data-begin": begin,
    "data-gone": function (button) {
      tell("prediction-gone-store", { run: button.getAttribute("data-gone") });
    },
    "data-board": function (button) {
      var kind = button.getAttribute("data-board");
      if (kind === "name") rename(button);
      else tell("prediction-board-store", { kind: kind, id: button.getAttribute("data-id") });
    },
    "data-copy": function (button) {
      copy(new URL(button.getAttribute("data-copy") || window.location.href, window.location.href).href, button);
    },
    "data-curve": function (button) {
      window.dash_clientside.set_props("prediction-curve-select", { value: button.getAttribute("data-curve") });
    },
    "data-set": set,
  };

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest(".predict-work button");
    if (!button) return;
    Object.keys(ACTS).forEach(function (name) {
      if (button.hasAttribute(name)) ACTS[name](button);
    });
  });

  document.addEventListener(
    "toggle",
    function (event) {
      if (event.target.id !== "prediction-if-section") return;
      if (event.target.open) tell("prediction-opened-store", {});
    },
    true
  );
})();
