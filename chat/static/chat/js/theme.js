// Runs before the first paint: the chosen colours, wrapping of code and sidebar, and the word that scripts are on. The
// reader's time zone, which the next page needs, comes after it: the first use of Intl takes 13 ms.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  document.addEventListener("DOMContentLoaded", () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax`;
  });
  try {
    // What somebody has chosen is theirs in every browser; here it is kept for the pages that know nobody
    if (root.dataset.theme) localStorage.setItem("theme", root.dataset.theme);
    else root.dataset.theme = localStorage.getItem("theme") ?? "";
    if (localStorage.getItem("wrap") === "on") root.dataset.wrap = "on";
    root.dataset.sidebar = localStorage.getItem("sidebar") ?? "";
  } catch {
    root.dataset.theme ??= "";
  }
  // The bar that a phone or an installed app has above the page: the browser chooses between the two by the system's colours
  const bars = [...document.querySelectorAll("meta[name=theme-color]")].map((meta) => [meta, meta.media]);
  const paint = () => {
    for (const [meta, media] of bars) {
      const { theme } = root.dataset;
      meta.media = ["light", "dark"].includes(theme) ? (media.includes(theme) ? "all" : "not all") : media;
    }
  };
  new MutationObserver(paint).observe(root, { attributeFilter: ["data-theme"] });
  paint();
})();
