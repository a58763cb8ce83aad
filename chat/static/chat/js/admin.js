// A name on a bare element is not read out; Django's filter icons are pictures with one.

addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
});
