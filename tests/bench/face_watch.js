// How smoothly a page moves, and how evenly its text comes: for face_page.py. Times are in milliseconds.

const seen = { frames: [], tasks: [], shifts: 0, presses: [], growth: [] };
let isOn = false;
let last = 0;
let length = 0;
let body = null;
// Of the blocks that have ended: all of a long reply would be read for each frame, 2 ms of a slow machine
const lengths = new WeakMap();

// Which messages of a conversation were in view
const met = new Set();
function meet() {
  const box = document.querySelector("#transcript");
  const column = document.querySelector("#messages");
  const meetings = new IntersectionObserver(
    (list) => list.forEach(({ isIntersecting, target }) => isIntersecting && met.add(target.id)),
    { root: box },
  );
  const watch = (nodes) => nodes.forEach((node) => node.classList?.contains("message") && meetings.observe(node));
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => watch([...addedNodes]))).observe(column, {
    childList: true,
  });
  watch([...column.children]);
}

// From one frame to the next, while it is asked for
function frame(at) {
  if (isOn && last) seen.frames.push(at - last);
  last = at;
  if (isOn) look(at);
  requestAnimationFrame(frame);
}

// When the reply that is being written has grown, and by how many characters
function look(at) {
  if (!body?.closest("[data-status=running]")) body = document.querySelector("[data-status=running] .body");
  const now = body ? lengthOf(body) : 0;
  if (body && now !== length) seen.growth.push([at, now - length]);
  length = now;
}

function lengthOf(body) {
  const blocks = [...body.children];
  const last = blocks.slice(-2);
  for (const block of last) lengths.set(block, block.textContent.length);
  return blocks.reduce((sum, block) => sum + (lengths.get(block) ?? block.textContent.length), 0);
}

const observe = (type, act, more = {}) =>
  new PerformanceObserver((list) => isOn && list.getEntries().forEach(act)).observe({ type, ...more });

observe("longtask", ({ duration }) => seen.tasks.push(duration));
// What moves within half a second of a key or a click has been asked for
observe("layout-shift", ({ value, hadRecentInput }) => hadRecentInput || (seen.shifts += value));
// From the press to the frame that shows it; in steps of 8 ms, and told from 16 ms on
observe("event", ({ name, duration }) => name === "keydown" && seen.presses.push(duration), { durationThreshold: 16 });

window.meetMessages = meet;
window.messagesMet = () => met.size;
window.watchFace = (on) => {
  isOn = on;
  last = 0;
};
window.faceSeen = () => {
  const found = { ...seen };
  Object.assign(seen, { frames: [], tasks: [], shifts: 0, presses: [], growth: [] });
  return found;
};
requestAnimationFrame(frame);
