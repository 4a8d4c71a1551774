/* Explore: a drag or a click on a chart becomes a few numbers; the points themselves never leave the browser. */
(function () {
  "use strict";

  var BRUSHED = {
    "eda-popularity-graph": "popularity",
    "eda-feature-graph": "feature",
    "eda-scatter-graph": "scatter",
    "eda-years-graph": "years",
  };
  var CLICKED = {
    "eda-correlation-graph": "correlation",
    "eda-group-graph": "group",
    "eda-subgenre-graph": "subgenre",
    "eda-artists-count-graph": "artist",
    "eda-artists-mean-graph": "artist",
  };
  var MOST_BRUSHES = 20;
  var count = 0;
  var webgl = null;

  function none() {
    return window.dash_clientside.no_update;
  }

  function fromDrag(chart, selected) {
    var range = selected && selected.range;
    if (!range || !(range.x || range.x2)) return none();
    count += 1;
    var brush = { chart: chart, x: range.x || range.x2, count: count };
    if (chart === "scatter") brush.y = range.y;
    return brush;
  }

  function decode(text) {
    var holder = document.createElement("textarea");
    holder.innerHTML = text;
    return holder.value;
  }

  function fromClick(chart, click) {
    var point = click && click.points && click.points[0];
    if (!point) return none();
    count += 1;
    if (chart === "correlation") {
      return { chart: chart, row: nameOf("y", "rows", point.y), column: nameOf("x", "columns", point.x), count: count };
    }
    var name = String(point.y).split("<br>")[0];
    return { chart: chart, row: decode(name), count: count };
  }

  /* A heatmap shows words; its meta holds the names of the columns behind them. */
  function nameOf(axis, kind, words) {
    var graph = document.querySelector("#eda-correlation-graph .js-plotly-plot");
    var trace = graph && graph.data && graph.data[0];
    if (!trace || !trace.meta) return "";
    return (trace.meta[kind] || [])[Array.prototype.indexOf.call(trace[axis] || [], words)] || "";
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.eda = {
    /* The last ones stay in the store: an answer that was dropped for a later question has shown nothing of them. */
    brush: function () {
      var triggered = (window.dash_clientside.callback_context.triggered || [])[0];
      if (!triggered || !triggered.value) return none();
      var id = triggered.prop_id.split(".")[0];
      var brush = BRUSHED[id] ? fromDrag(BRUSHED[id], triggered.value) : fromClick(CLICKED[id], triggered.value);
      var before = arguments[arguments.length - 1] || [];
      return brush === none() ? brush : before.concat([brush]).slice(-MOST_BRUSHES);
    },
    hasWebgl: function () {
      if (webgl === null) {
        var context = window.WebGLRenderingContext && document.createElement("canvas").getContext("webgl");
        webgl = Boolean(
          context && context.getExtension("ANGLE_instanced_arrays") && context.getExtension("OES_element_index_uint")
        );
      }
      return webgl;
    },
    togglePanel: function (clicks) {
      var isOpen = clicks % 2 === 1;
      var button = document.getElementById("eda-filter-toggle-button");
      if (button) button.setAttribute("aria-expanded", String(isOpen));
      return isOpen ? "filter-panel is-open" : "filter-panel";
    },
  };
})();
