/* A file over the limit is told at once, before a byte of it is read or sent. */
(function () {
  "use strict";

  function tell(input, files) {
    var panel = input.closest("[data-upload-limit]");
    if (!panel || !files || !files.length) return;
    var problem = panel.querySelector("[id$=-upload-problem]");
    var limit = Number(panel.getAttribute("data-upload-limit"));
    var words = "";
    if (files.length > 1) words = "Choose one file at a time.";
    else if (files[0].size > limit) {
      var mega = 1024 * 1024;
      words =
        files[0].name + " has " + Math.ceil(files[0].size / mega) + " MB; at most " + Math.floor(limit / mega) +
        " MB can be read. " +
        (panel.getAttribute("data-upload-way") || "Leave out columns you do not need, or compress it (.csv.gz).");
    }
    if (!problem) return;
    var old = document.getElementById("dataset-upload-too-large");
    if (old) old.remove();
    if (!words) return;
    var box = document.createElement("div");
    box.id = "dataset-upload-too-large";
    box.className = "callout callout-warning";
    box.textContent = words;
    problem.parentNode.insertBefore(box, problem.nextSibling);
    box.setAttribute("role", "alert");
  }

  /* The button beside it is what people reach; the field itself only needs its name. */
  function nameField() {
    var field = document.querySelector(
      "[data-upload-limit] .upload-area input[type=file]:not([aria-label])"
    );
    if (!field) return;
    var panel = field.closest("[data-upload-limit]");
    field.setAttribute("aria-label", panel.getAttribute("data-upload-name") || "File of a table");
    field.setAttribute("tabindex", "-1");
  }

  new MutationObserver(nameField).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener(
    "change",
    function (event) {
      var input = event.target;
      if (input && input.type === "file") tell(input, input.files);
    },
    true
  );
  document.addEventListener(
    "drop",
    function (event) {
      var area = event.target.closest && event.target.closest("[data-upload-limit] .upload-area");
      if (area && event.dataTransfer) tell(area, event.dataTransfer.files);
    },
    true
  );
})();
