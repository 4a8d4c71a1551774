/* Places that take a file: its name is said while it is sent, and one over the limit before a byte of it is read. */
(function () {
  "use strict";

  var MEGA = 1024 * 1024;
  var sending = "";

  function size(bytes) {
    return bytes < MEGA ? Math.ceil(bytes / 1024) + " KB" : (bytes / MEGA).toFixed(1) + " MB";
  }

  function refusal(panel, files) {
    var limit = Number(panel.getAttribute("data-upload-limit"));
    if (files.length > 1) return "Choose one file at a time.";
    if (files[0].size <= limit) return "";
    return (
      files[0].name + " has " + Math.ceil(files[0].size / MEGA) + " MB; at most " + Math.floor(limit / MEGA) +
      " MB can be read. " +
      (panel.getAttribute("data-upload-way") || "Leave out columns you do not need, or compress it (.csv.gz).")
    );
  }

  function callout(words) {
    return {
      namespace: "dash_html_components",
      type: "Div",
      props: { children: words, className: "callout callout-warning upload-too-large" },
    };
  }

  function chosen(element, files) {
    var panel = element.closest && element.closest("[data-upload-limit]");
    if (!panel || !files || !files.length) return;
    var words = refusal(panel, files);
    sending = words ? "" : "Sending and reading " + files[0].name + " (" + size(files[0].size) + ")…";
    var set = window.dash_clientside.set_props;
    set(panel.getAttribute("data-upload-problem"), { children: words ? callout(words) : null });
    set(panel.getAttribute("data-upload-note"), { children: sending });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.upload = {
    /* The field is disabled while the server works on a file, however that ends. */
    note: function (isBusy) {
      return isBusy ? sending : "";
    },
  };

  /* The button beside it is what people reach; the field itself only needs its name. */
  function nameField() {
    var field = document.querySelector("[data-upload-limit] .upload-area input[type=file]:not([aria-label])");
    if (!field) return;
    var panel = field.closest("[data-upload-limit]");
    field.setAttribute("aria-label", panel.getAttribute("data-upload-name"));
    field.setAttribute("tabindex", "-1");
  }

  new MutationObserver(nameField).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener(
    "change",
    function (event) {
      if (event.target && event.target.type === "file") chosen(event.target, event.target.files);
    },
    true
  );
  document.addEventListener(
    "drop",
    function (event) {
      var area = event.target.closest && event.target.closest("[data-upload-limit] .upload-area");
      if (area && event.dataTransfer) chosen(area, event.dataTransfer.files);
    },
    true
  );
})();
