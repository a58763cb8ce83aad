// Which message the pointer is on, or was tapped last, for what shows on it alone. `:hover` would tell that too, but also
// while messages go by below a mouse that rests: that was half of the slow frames of a long conversation.

// Milliseconds for which nothing has scrolled
const REST = 120;

// Marks it for the style sheet, and calls `act(message)` for each that is marked.
export function markPointed(column, act) {
  let pointed = null;
  let wanted = null;
  let timer = 0;
  let scrolled = -Infinity;
  const settle = () => {
    clearTimeout(timer);
    const wait = scrolled + REST - performance.now();
    if (wait > 0) timer = setTimeout(settle, wait);
    else point();
  };
  const point = () => {
    if (pointed !== wanted) delete pointed?.dataset.pointed;
    pointed = wanted;
    if (!pointed || "pointed" in pointed.dataset) return;
    pointed.dataset.pointed = "";
    act(pointed);
  };
  const want = (article) => {
    wanted = article;
    settle();
  };
  // A finger leaves what it touches. What shows by a tap comes after it, so that the tap does not press it
  let isTouch = false;
  column.addEventListener("pointerover", ({ target, pointerType }) => {
    isTouch = pointerType === "touch";
    if (!isTouch) want(target.closest(".message"));
  });
  column.addEventListener("pointerleave", () => isTouch || want(null));
  column.addEventListener("click", ({ target }) => isTouch && want(target.closest(".message")));
  column.parentElement.addEventListener("scroll", () => (scrolled = performance.now()), { passive: true });
}
