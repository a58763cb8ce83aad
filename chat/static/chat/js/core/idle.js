// Does something once the page has nothing else to do, or after so many milliseconds at the latest. Safari has no such call,
// and tells of no time left.
export const whenIdle = (act, latest) =>
  window.requestIdleCallback ? requestIdleCallback(act, { timeout: latest }) : setTimeout(act, latest);
