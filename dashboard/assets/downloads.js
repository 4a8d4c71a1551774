/* PNG and CSV of every chart and table, made in the browser from what the page already holds. */
(function () {
  "use strict";

  function fileName(card) {
    var title = card.querySelector(".graph-title, caption");
    var words = title ? title.textContent : "chart";
    var name = words.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "chart";
    return isSynthetic() ? "synthetic-" + name : name;
  }

  /* A page that names its own table, as that of a run does, speaks for itself; else it is the table in use. */
  function isSynthetic() {
    var badge = document.querySelector("#shell-page-content .source-badge");
    badge = badge || document.querySelector("#shell-source-content .source-badge");
    return Boolean(badge && badge.classList.contains("source-sample"));
  }

  /* Text that a spreadsheet would take for a formula is kept as text; numbers stay untouched. */
  function csvText(text) {
    var safe = /^\s*[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }

  function csvCell(cell) {
    return cell.hasAttribute("data-value") ? cell.getAttribute("data-value") : csvText(cell.textContent);
  }

  function tableToCsv(table) {
    return Array.prototype.map
      .call(table.rows, function (row) {
        return Array.prototype.map.call(row.cells, csvCell).join(",");
      })
      .join("\r\n");
  }

  function save(text, name) {
    var address = URL.createObjectURL(new Blob(["\ufeff" + text + "\r\n"], { type: "text/csv;charset=utf-8" }));
    var link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(function () {
      URL.revokeObjectURL(address);
    }, 1000);
  }

  function savePng(card) {
    var graph = card.querySelector(".js-plotly-plot");
    if (!graph || !window.Plotly) return;
    var ground = window.getComputedStyle(card).backgroundColor;
    var title = card.querySelector(".graph-title");
    window.Plotly.toImage(
      {
        data: graph.data,
        layout: Object.assign({}, graph.layout, {
          paper_bgcolor: ground,
          plot_bgcolor: ground,
          title: { text: title ? title.textContent : "", x: 0.02, y: 0.97, yanchor: "top" },
          margin: Object.assign({}, graph.layout.margin, { t: 64 }),
          autosize: false,
        }),
      },
      { format: "png", width: graph.clientWidth, height: graph.clientHeight + 48, scale: 2 }
    ).then(function (address) {
      var link = document.createElement("a");
      link.href = address;
      link.download = fileName(card) + ".png";
      link.click();
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-download]");
    if (!button) return;
    var card = button.closest(".graph-card, .table-card");
    if (!card) return;
    if (button.getAttribute("data-download") === "png") {
      savePng(card);
      return;
    }
    var table = card.querySelector("table");
    if (table) save(tableToCsv(table), fileName(card) + ".csv");
  });
})();
