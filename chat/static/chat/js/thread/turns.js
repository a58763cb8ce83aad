// What changes the transcript out of its reader's sight has a frame to itself: two such changes in one frame are twice
// the time in which a slow machine shows nothing new.

const waiting = [];
let frame = 0;

export function inTurn(act) {
  waiting.push(act);
  frame ||= requestAnimationFrame(next);
}

function next() {
  const act = waiting.shift();
  frame = waiting.length ? requestAnimationFrame(next) : 0;
  act();
}
