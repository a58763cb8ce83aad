// Faults that no rule of axe knows, a line each: what is out of sight at the side, headings that are said twice, and words
// that are cut off once a reader has asked for more space between lines, words and letters. A function that is evaluated
// in the page.
() => {
  const faults = [];
  const tell = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 140)}`);
  const parts = "a, button, summary, label, legend, h1, h2, h3, p, li, th, td, input, select, textarea, [role=option]";
  // Said for those who hear the page, or of another reader
  const unseen = ".sr-only, .visually-hidden, .status, .skip, .skip-to-content-link, svg, math, [inert]";
  const seen = [...document.querySelectorAll(parts)].filter(
    (part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !part.closest(unseen),
  );

  // WCAG 1.4.10: only what is two-dimensional, such as a table or code, is scrolled sideways, in a box of its own
  const scrolls = (element) => {
    for (let it = element; it && it !== document.body; it = it.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(it).overflowX) && it.id !== "transcript") return true;
    }
    return false;
  };
  for (const part of seen) {
    const { left, right, width } = part.getBoundingClientRect();
    if (width && (left < -1 || right > innerWidth + 1) && !scrolls(part)) tell("out of sight", part);
  }
  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth - clientWidth} pixels too wide`);

  // The form of a dialog, whose heading is that of its page, too
  const headings = seen.filter((it) => it.matches("h1, h2")).map((it) => it.textContent.trim());
  const twice = headings.filter((text, at) => text && text === headings[at - 1]);
  faults.push(...twice.map((text) => `said twice: ${text}`));

  // WCAG 1.4.12
  const spacing = new CSSStyleSheet();
  spacing.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }" +
      "p { margin-block-end: 2em !important }",
  );
  document.adoptedStyleSheets.push(spacing);
  for (const part of seen.filter((it) => it.textContent.trim() && it.clientWidth && !it.matches("select, textarea"))) {
    const { overflowX, overflowY, textIndent, textOverflow, webkitLineClamp } = getComputedStyle(part);
    // What is cut with an ellipsis is so without more space, too, and is whole elsewhere; an icon's name is out of it
    if (textOverflow === "ellipsis" || webkitLineClamp !== "none" || parseFloat(textIndent) < 0) continue;
    const isControl = part.matches("button, .button, summary, .menu-item");
    const isTooWide = part.scrollWidth > part.clientWidth + 3;
    if (overflowY === "hidden" && part.scrollHeight > part.clientHeight + 3) tell("cut below", part);
    if (isTooWide && (overflowX === "hidden" || (isControl && overflowX === "visible"))) tell("cut at the side", part);
  }
  document.adoptedStyleSheets.pop();
  return faults;
}
