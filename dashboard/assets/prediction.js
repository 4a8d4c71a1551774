/* Sliders of the prediction view: the last value counts, and at most one question is under way. */
(function () {
  "use strict";

  var GIVE_UP_MS = 400;
  var latest = 0;
  var asked = 0;
  var answered = 0;
  var askedAt = 0;

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

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.prediction = {
    /* A feature's slider and its number field show the same value; a number beyond the slider becomes its end. */
    pair: function (slider, number, low, high) {
      var none = window.dash_clientside.no_update;
      var from = window.dash_clientside.callback_context.triggered_id;
      if (!from) return [none, none];
      if (from.type === "prediction-feature-slider") return [none, Number(slider)];
      if (number === null || number === undefined || number === "" || isNaN(number)) return [none, Number(slider)];
      var kept = Math.min(Math.max(Number(number), Number(low)), Number(high));
      return [kept, kept === Number(number) ? none : kept];
    },

    /* Wait until the question before is answered, then ask for the values as they are by then. */
    settle: async function (sliders, selects, run) {
      var none = window.dash_clientside.no_update;
      var inputs = window.dash_clientside.callback_context.inputs_list;
      var mine = ++latest;
      var values = {};
      collect(inputs[0], values);
      collect(inputs[1], values);
      while (isWaiting()) {
        await pause(10);
        if (mine !== latest) return none;
      }
      asked = mine;
      askedAt = Date.now();
      return { run: run, number: mine, values: values };
    },

    heard: function (answer) {
      if (answer && answer.number > answered) answered = answer.number;
      return window.dash_clientside.no_update;
    },

    /* Set every control from a start: a typical track, or a real one. */
    place: function (start, sliderIds, selectIds) {
      var none = window.dash_clientside.no_update;
      var values = (start && start.values) || {};
      function pick(id) {
        return id.name in values ? values[id.name] : none;
      }
      return [sliderIds.map(pick), selectIds.map(pick)];
    },

    /* The chosen run stands in the address, so that a copied link shows the same. */
    address: function (run) {
      if (run) {
        var url = new URL(window.location.href);
        url.searchParams.set("run", run);
        window.history.replaceState(window.history.state, "", url);
      }
      return window.dash_clientside.no_update;
    },
  };
})();
