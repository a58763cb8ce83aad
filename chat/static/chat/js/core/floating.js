// What floats over the page beside something: it is above everything, and stays beside that while the page scrolls.

const GAP = 4;
const EDGE = 8;

// Shows it below `beside`, or above where there is more room, until it is left. `closed` is called for a press
// elsewhere, and when `beside` is no longer in view. Gives what is to be called when it closes.
export function float(element, beside, closed) {
  const place = () => putBeside(element, beside.getBoundingClientRect()) || closed();
  const press = ({ target }) => element.contains(target) || beside.contains(target) || closed();
  element.showPopover();
  place();
  const listened = new AbortController();
  const { signal } = listened;
  addEventListener("scroll", ({ target }) => element.contains(target) || place(), { capture: true, passive: true, signal });
  addEventListener("resize", place, { signal });
  document.addEventListener("pointerdown", press, { signal });
  return () => listened.abort();
}

// Gives whether that is in view.
export function putBeside(element, { left, right, top, bottom }, isAbove = false) {
  if (bottom < 0 || top > innerHeight) return false;
  const { offsetWidth: width, offsetHeight: height } = element;
  const above = top - GAP - height;
  const below = bottom + GAP;
  const fits = isAbove ? above < EDGE : below + height <= innerHeight - EDGE || above < EDGE;
  const start = getComputedStyle(element).direction === "rtl" ? right - width : left;
  element.style.top = `${Math.max(EDGE, Math.min(fits ? below : above, innerHeight - EDGE - height))}px`;
  element.style.left = `${Math.max(EDGE, Math.min(start, innerWidth - EDGE - width))}px`;
  return true;
}
