// Text comes in bursts, some twenty a second or fewer. Each is shown letter by letter until the next one is expected, so
// that it grows evenly; at once where its reader wishes for less motion, does not look, or has a machine that is busy
// enough. It is the end of the last text of a reply that is held back, and nothing else.

// Milliseconds by which a letter may be late, and those between two bursts until some have come
const LATEST = 150;
const USUAL = 50;
// Letters that are nothing to spread
const FEW = 4;
// Milliseconds of a frame that tell of a busy machine, and for how long it is left alone then
const SLOW = 25;
const RESPITE = 2000;

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Spreading {
  #around;
  // The text that grows, how much of it is shown, and what is not yet
  #text = null;
  #shown = 0;
  #rest = "";
  // When some was shown last, and when all of it is to be there
  #drawn = 0;
  #due = 0;
  // When the last burst came, and how long it is from one to the next
  #last = 0;
  #gap = USUAL;
  #frame = 0;
  #busyUntil = 0;

  // `around(change)` keeps the reader's place while something is changed.
  constructor(around) {
    this.#around = around;
    document.addEventListener("visibilitychange", () => this.finish());
  }

  // Makes a change that brings more of a reply's text, and holds back the end of what came; not so where frames are known
  // to be costly.
  more(body, change, isCostly = false) {
    const now = performance.now();
    // Only the last block is looked at: all of a long reply is thousands of texts
    const blocks = body.childElementCount;
    const before = lengthOf(body.lastElementChild);
    if (this.#rest) this.#show(this.#rest.length);
    change();
    this.#gap = (this.#gap * 3 + Math.min(now - this.#last, LATEST)) / 4;
    this.#last = now;
    if (isCostly || still.matches || document.hidden || now < this.#busyUntil) return;
    const text = lastText(body);
    const grown = lengthOf(body.lastElementChild) - (body.childElementCount === blocks ? before : 0);
    const held = text ? Math.min(grown, text.length - 1) : 0;
    if (held <= FEW) return;
    this.#text = text;
    this.#shown = text.length - held;
    this.#rest = text.data.slice(this.#shown);
    text.deleteData(this.#shown, held);
    this.#drawn = now;
    this.#due = now + this.#gap;
    this.#frame ||= requestAnimationFrame((at) => this.#draw(at));
  }

  // Shows all that there is.
  finish() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#rest) this.#around(() => this.#show(this.#rest.length));
  }

  // As much more as belongs to the time since it was done last.
  #draw(at) {
    this.#frame = 0;
    if (!this.#rest) return;
    const passed = at - this.#drawn;
    if (passed > SLOW) this.#busyUntil = at + RESPITE;
    if (passed > SLOW || at >= this.#due) {
      this.finish();
      return;
    }
    const count = Math.ceil((this.#rest.length * Math.max(passed, 0)) / (this.#due - this.#drawn));
    this.#drawn = Math.max(this.#drawn, at);
    if (count) this.#around(() => this.#show(count));
    if (this.#rest) this.#frame = requestAnimationFrame((next) => this.#draw(next));
  }

  // So many letters more. A text that something else has changed is whole already.
  #show(count) {
    const text = this.#text;
    if (!text.isConnected || text.length !== this.#shown) {
      this.#rest = "";
      return;
    }
    // Not through the middle of a sign of two units
    const end = count + (/^[\udc00-\udfff]/.test(this.#rest.slice(count)) ? 1 : 0);
    text.appendData(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end);
    this.#shown = text.length;
  }
}

const lengthOf = (block) => block?.textContent.length ?? 0;

// The last text of a reply in which there is something, if it is in its last block and the server's.
function lastText(body) {
  let node = body.lastElementChild;
  while (node && node.nodeType !== Node.TEXT_NODE) node = [...node.childNodes].findLast(isText);
  return node ?? null;
}

const isText = (node) =>
  node.nodeType === Node.TEXT_NODE ? node.data.trim() !== "" : node.dataset && !("added" in node.dataset) && node.textContent !== "";
