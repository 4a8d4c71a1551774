/* Prediction view: the last value of a slider counts, and at most one question is under way. */
(function () {
  "use strict";

  var GIVE_UP_MS = 400;
  var LINGER_MS = 350;
  var TYPING_MS = 300;
  var OVERDUE_MS = 3000;
  var LONGEST_WAIT_MS = 30000;
  var number = 0;
  var answered = 0;
  var askedAt = 0;
  var isPending = false;
  var later = 0;
  var presses = 0;
  var lingering = 0;
  var typing = 0;
  var overdue = 0;
  var wait = OVERDUE_MS;
  var run = "";
  var begun = null;
  var drawn = null;
  var beside = [];
  var shown = new WeakMap();

  function none() {
    return window.dash_clientside.no_update;
  }

  function tell(id, data) {
    presses += 1;
    window.dash_clientside.set_props(id, { data: Object.assign({ press: presses }, data) });
  }

  function box() {
    return document.getElementById("prediction-controls-section");
  }

  function control(name) {
    return box() && box().querySelector('[data-control="' + window.CSS.escape(name) + '"]');
  }

  function isSlider(field) {
    return field.type === "range";
  }

  function collect() {
    var values = {};
    box()
      .querySelectorAll("[data-control]")
      .forEach(function (field) {
        var isHalf = field.type === "date" && !field.validity.valid; // a year that is being typed
        values[field.getAttribute("data-control")] = isSlider(field) ? exactly(field) : isHalf ? "" : field.value;
      });
    return values;
  }

  /* A real track's value may lie between the steps of its slider; the number beside it holds it exactly. */
  function exactly(slider) {
    var exact = slider.closest(".slider-control").querySelector("[data-exact]");
    return Number(exact && exact.value !== "" ? exact.value : slider.value);
  }

  /* Ask for the values as they are; where a question is under way, when it has been answered. */
  function ask() {
    isPending = true;
    send();
  }

  function send() {
    window.clearTimeout(later);
    if (!isPending || !box()) return;
    var left = number > answered ? GIVE_UP_MS - (Date.now() - askedAt) : 0;
    if (left > 0) {
      later = window.setTimeout(send, left);
      return;
    }
    isPending = false;
    number += 1;
    askedAt = Date.now();
    var question = { run: run, number: number, values: collect(), beside: beside };
    window.dash_clientside.set_props("prediction-values-store", { data: question });
    watch();
  }

  /* A question that nobody answers is asked again, after ever longer waits; what stands is of earlier values. */
  function watch() {
    if (overdue || answered === number) return;
    overdue = window.setTimeout(function () {
      overdue = 0;
      wait = box() ? Math.min(2 * wait, LONGEST_WAIT_MS) : OVERDUE_MS;
      if (!box()) return;
      markLate(true);
      writeAddress();
      ask();
    }, wait);
  }

  function markLate(isLate) {
    var work = document.querySelector(".predict-work");
    var note = document.getElementById("prediction-late-section");
    var answer = document.getElementById("prediction-answer-section");
    if (!work || work.classList.contains("is-late") === isLate) return;
    work.classList.toggle("is-late", isLate);
    answer.setAttribute("aria-busy", String(isLate));
    note.textContent = isLate ? note.getAttribute(answer.childElementCount ? "data-late" : "data-none") : "";
  }

  /* Where the value of a slider stands in the shape behind it. */
  function mark(slider) {
    var width = Number(slider.max) - Number(slider.min);
    var share = width > 0 ? (exactly(slider) - Number(slider.min)) / width : 0.5;
    slider.closest(".slider-control").style.setProperty("--at", Math.min(Math.max(share, 0), 1).toFixed(4));
  }

  /* Set a control; a number beyond its slider becomes its end. */
  function put(field, value) {
    if (!isSlider(field)) {
      field.value = value;
      return;
    }
    var exact = field.closest(".slider-control").querySelector("[data-exact]");
    var kept = Math.min(Math.max(Number(value), Number(field.min)), Number(field.max));
    field.value = kept;
    if (exact) exact.value = String(Number(kept.toPrecision(9)));
    mark(field);
  }

  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.hasAttribute || !field.hasAttribute("data-control") || !box() || !box().contains(field)) return;
    if (isSlider(field)) {
      put(field, field.value);
      ask();
    } else if (field.validity.valid) {
      window.clearTimeout(typing);
      typing = window.setTimeout(ask, field.tagName === "SELECT" ? 0 : TYPING_MS);
    }
  });

  document.addEventListener("change", function (event) {
    var exact = event.target;
    if (!exact.hasAttribute || !exact.hasAttribute("data-exact")) return;
    var slider = control(exact.getAttribute("data-exact"));
    put(slider, exact.value === "" || isNaN(exact.value) ? slider.value : exact.value);
    ask();
  });

  /* The marks of the chart move without drawing it anew. */
  function moveMarks(answer) {
    var graph = document.querySelector("#prediction-position-graph .js-plotly-plot");
    if (!graph || !window.Plotly || !answer.shapes) return;
    window.Plotly.relayout(graph, { shapes: answer.shapes, annotations: answer.annotations });
  }

  function fold() {
    box()
      .querySelectorAll("details.folds-on-phone")
      .forEach(function (part) {
        part.open = false;
      });
  }

  function isOpen() {
    var box = document.getElementById("prediction-if-section");
    return Boolean(box && box.open);
  }

  /* All that it takes to see what is set now again stands in the address. */
  function address() {
    var url = new URL(window.location.href);
    var parts = new URLSearchParams();
    var values = collect();
    parts.set("run", run);
    if (begun && begun.track) parts.set("track", begun.track);
    else if (begun && begun.typical) parts.set("typical", begun.typical);
    else if (begun && begun.genre) parts.set("genre", begun.genre); // whose interval it is; a control of it comes below
    if (beside.length) parts.set("beside", beside.join(","));
    Object.keys(values).forEach(function (name) {
      parts.set(control(name).getAttribute("data-named") || name, values[name]);
    });
    url.search = parts.toString();
    return url.href;
  }

  function writeAddress() {
    if (window.location.pathname.replace(/\/+$/, "").split("/").pop() !== "predict") return;
    window.dash_clientside.shell.rewrite(address());
  }

  /* What may come a moment after the answer; the curve only where it can be seen, when the values have come to rest. */
  function settled(answer, question, feature) {
    moveMarks(answer);
    var old = document.querySelector("#prediction-suggest-section .suggestions");
    if (old) old.classList.add("is-of-before");
    window.clearTimeout(lingering);
    if (answer.gone) return;
    lingering = window.setTimeout(function () {
      if (!box() || !question || question.number !== answered) return;
      writeAddress();
      found();
      if (isOpen()) tell("prediction-curve-store", { question: question, feature: feature || "" });
    }, LINGER_MS);
  }

  /* What is asked for again when it was lost on its way, after ever longer waits, while it is still what is wanted. */
  var LOST = [
    {
      starts: '{"output":"..prediction-curve-graph.figure',
      again: function (request) {
        var asked = request.inputs[0].value;
        if (!isOpen() || asked.question.number !== answered) return;
        tell("prediction-curve-store", { question: asked.question, feature: asked.feature });
      },
    },
    {
      starts: '{"output":"..prediction-run-select.value', // the list names another model than the one that is asked
      again: function () {
        if (document.getElementById("prediction-run-select").value === run) return;
        tell("prediction-begin-store", { kind: "model" });
      },
    },
  ];

  window.addEventListener("callback-lost", function (event) {
    LOST.forEach(function (kind) {
      if (event.detail.indexOf(kind.starts) !== 0) return;
      window.clearTimeout(kind.timer);
      kind.timer = window.setTimeout(function () {
        if (box()) kind.again(JSON.parse(event.detail));
      }, kind.wait || OVERDUE_MS);
      kind.wait = Math.min(2 * (kind.wait || OVERDUE_MS), LONGEST_WAIT_MS);
    });
  });

  /* The server answers again. */
  function found() {
    LOST.forEach(function (kind) {
      kind.wait = OVERDUE_MS;
    });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.prediction = {
    /* The controls come as text: what Dash draws takes part in each of its messages, a slider's many too. */
    draw: function (controls, others, start) {
      beside = others || [];
      begun = start; // Dash tells `place` of a start only when it changes, not of that which a page is opened with
      if (!controls || !box()) return;
      if (controls !== drawn || !box().childElementCount) {
        drawn = controls;
        run = controls.run;
        if (controls.html !== null) window.dash_clientside.parts.put(box(), controls.html);
        if (controls.html !== null && window.matchMedia("(max-width: 760px)").matches) fold();
      }
      ask();
    },

    /* An answer comes as text, put in place at once: what Dash draws takes longer than a slider may. */
    heard: function (answer, question, feature) {
      if (!answer || answer.number < answered) return; // a newer one stands already
      answered = answer.number;
      window.clearTimeout(overdue);
      overdue = 0;
      wait = OVERDUE_MS;
      send();
      watch();
      Object.keys(answer.parts).forEach(function (id) {
        var part = document.getElementById(id);
        if (!part || shown.get(part) === answer.parts[id]) return;
        shown.set(part, answer.parts[id]);
        window.dash_clientside.parts.write(part, answer.parts[id]);
      });
      var work = document.querySelector(".predict-work");
      if (work) work.classList.toggle("is-gone", Boolean(answer.gone));
      if (answered === number) markLate(false);
      window.requestAnimationFrame(function () {
        window.setTimeout(settled, 0, answer, question, feature); // after the frame that shows the answer
      });
    },

    /* Set every control: to a typical track, a real one, or a kept prediction. */
    place: function (start) {
      begun = start;
      if (!start || !start.place || !box()) return;
      run = start.run; // whose controls they are, though one that was deleted meanwhile may have been asked
      Object.keys(start.place).forEach(function (name) {
        var field = control(name);
        if (field) put(field, start.place[name]);
      });
      ask();
    },

    /* Up to three further models, without the chosen one. */
    beside: function (added, gone, before, chosen) {
      var kept = (before || []).filter(function (one) {
        return !gone || one !== gone.run || added === one;
      });
      if (added && added !== chosen && kept.indexOf(added) < 0) kept = kept.concat([added]).slice(-3);
      return [kept, ""];
    },

    /* The curve of a feature that was chosen, or of the one that was when the section is opened. */
    curve: function (feature, opened, question) {
      return isOpen() && question ? { question: question, feature: feature || "" } : none();
    },
  };

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
    var field = control(name);
    var date = name === "release_year" && control("release_date");
    if (field) put(field, value);
    else if (date && date.value) {
      date.value = Math.round(Number(value)) + (date.value.slice(4) === "-02-29" ? "-02-28" : date.value.slice(4));
    }
    ask();
  }

  var ACTS = {
    "data-begin": begin,
    "data-gone": function (button) {
      tell("prediction-gone-store", { run: button.getAttribute("data-gone") });
    },
    "data-board": function (button) {
      var kind = button.getAttribute("data-board");
      if (kind === "name") window.dash_clientside.kept.rename(button);
      else window.dash_clientside.kept.act({ kind: kind, id: button.getAttribute("data-id") });
    },
    "data-copy": function (button) {
      var shown = button.getAttribute("data-copy") || address();
      window.dash_clientside.copying.copy(new URL(shown, window.location.href).href, button);
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
