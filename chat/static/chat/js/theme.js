// Runs before the first paint: the chosen colours, wrapping of code and sidebar, the word that scripts are on, and the reader's time zone.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax`;
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("wrap") === "on") root.dataset.wrap = "on";
    root.dataset.sidebar = localStorage.getItem("sidebar") ?? "";
  } catch {
    root.dataset.theme = "";
  }
})();
