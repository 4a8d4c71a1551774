/* The frame's behaviour in the browser: theme, current place, dialogs, shortcuts. */
(function () {
  "use strict";

  var root = document.documentElement;
  var templates = null;
  var place = null;
  var made = []; // paths whose query makes another page

  function currentTheme() {
    return root.getAttribute("data-bs-theme") === "dark" ? "dark" : "light";
  }

  function keepTheme(theme) {
    root.setAttribute("data-bs-theme", theme);
    try {
      window.localStorage.setItem("dashboard-theme", theme);
    } catch (error) {
      // embedded in another site: the choice lasts as long as the page
    }
  }

  /* Charts already on the page take the other template; new ones come from the server in the right one. */
  function repaintCharts(theme) {
    if (!templates || !window.Plotly) return;
    document.querySelectorAll(".js-plotly-plot").forEach(function (graph) {
      if (graph.layout) window.Plotly.relayout(graph, { template: templates[theme] });
    });
  }

  function markPlace(pathname) {
    var best = null;
    document.querySelectorAll("#shell-navigation-nav li a").forEach(function (link) {
      var path = new URL(link.href).pathname;
      link.removeAttribute("aria-current");
      var fits = pathname === path || (pathname || "").indexOf(path.replace(/\/?$/, "/")) === 0;
      var isHome = link === document.querySelector("#shell-navigation-nav li a");
      if (fits && (!isHome || pathname === path) && (!best || path.length > best.length)) {
        best = path;
        document.querySelectorAll("#shell-navigation-nav li a[aria-current]").forEach(function (other) {
          other.removeAttribute("aria-current");
        });
        link.setAttribute("aria-current", "page");
      }
    });
  }

  function isShown(pathname, query) {
    return place && place.path === pathname && (made.indexOf(pathname) < 0 || place.query === query);
  }

  /* A link from an address that was rewritten back to the one before: Dash does not see that anything has changed. */
  function followLink() {
    if (!place || place.path !== window.location.pathname) return; // another page: Dash sees that
    if (isShown(window.location.pathname, window.location.search)) return;
    place = { path: window.location.pathname, query: window.location.search };
    window.dash_clientside.set_props("shell-place-store", { data: place });
  }
  ["_dashprivate_pushstate", "popstate"].forEach(function (name) {
    window.addEventListener(name, function () {
      window.setTimeout(followLink, 0);
    });
  });

  var product = document.title;

  function nameWindow() {
    var heading = document.querySelector("#shell-page-content h1");
    document.title = heading ? heading.textContent + " – " + product : product;
  }

  /* What is rarely changed starts folded where a page is long. */
  function meetPage() {
    nameWindow();
    if (!window.matchMedia("(max-width: 760px)").matches) return;
    document.querySelectorAll("details.folds-on-phone").forEach(function (part) {
      part.open = false;
    });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    theme: function (clicks, given) {
      templates = given || templates;
      var theme = currentTheme();
      if (clicks) {
        theme = theme === "dark" ? "light" : "dark";
        keepTheme(theme);
        repaintCharts(theme);
      }
      return theme;
    },
    /* What is to be drawn: another path always, another query only where the page is made from it. */
    place: function (pathname, search, withQuery) {
      var query = search || "";
      made = withQuery || [];
      if (isShown(pathname, query)) return window.dash_clientside.no_update;
      place = { path: pathname, query: query };
      return place;
    },
    /* The page writes down in the address what it shows: nothing is drawn anew. */
    rewrite: function (address) {
      if (address !== window.location.href) window.history.replaceState(window.history.state, "", address);
      if (place && place.path === window.location.pathname) place.query = window.location.search;
    },
    markPlace: function (pathname) {
      markPlace(pathname);
      window.dash_clientside.set_props("shell-tray-panel", { is_open: false });
      return pathname || "";
    },
    tellJobEnded: function (ended) {
      window.dash_clientside.set_props("shell-job-ended-store", { data: ended });
    },
    open: function (clicks) {
      return Boolean(clicks);
    },
  };

  /* Shortcuts: single keys, off while someone types. */
  var goPending = 0;

  function isTyping(target) {
    return target.closest("input, textarea, select, [contenteditable=true], .ag-root") !== null;
  }

  function press(id) {
    var button = document.getElementById(id);
    if (button) button.click();
  }

  function go(key) {
    document.querySelectorAll("#shell-navigation-nav li").forEach(function (item) {
      if (item.getAttribute("data-key") === key) item.querySelector("a").click();
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector(".modal.show") && event.key !== "?") return;
    if (goPending && event.timeStamp - goPending < 1500) {
      goPending = 0;
      go(event.key);
    } else if (event.key === "g") {
      goPending = event.timeStamp; // when the key went down, not when a busy page hears of it
    } else if (event.key === "t") {
      press("shell-theme-button");
    } else if (event.key === "j") {
      press("shell-tray-button");
    } else if (event.key === "?") {
      press("shell-shortcuts-button");
    }
  });

  /* After a change of page: name the window and start at the top; the skip link works in place. */
  function watchPages() {
    var content = document.getElementById("shell-page-content");
    if (!content) {
      window.setTimeout(watchPages, 50);
      return;
    }
    new MutationObserver(meetPage).observe(content, { childList: true });
    meetPage();
  }

  window.addEventListener("popstate", function () {
    markPlace(window.location.pathname);
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a.skip-link");
    if (!link) return;
    event.preventDefault();
    document.getElementById("shell-main").focus();
  });
  watchPages();
})();
