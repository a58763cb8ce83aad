// Replies that are being written: the patches to their blocks, and the acks. What came is shown with the next frame: on a
// slow machine several patches come in the time of one, and each would be parsed and compared by itself.

import { one } from "../core/dom.js";
import { GrowingBlocks } from "./growing_blocks.js";
import { Pace } from "./pace.js";
import { Silence } from "./silence.js";
import { Spreading } from "./spreading.js";
import { beginThinking, endThinking, showThinking } from "./thinking.js";

// Frames, or characters in them, after which they are acknowledged, or milliseconds of quiet
const ACK_EVERY = 48;
const ACK_SIZE = 32768;
const IDLE = 400;

export class LiveReplies {
  #replies = new Map();
  // Handles are counted up: of those up to this one a snapshot came
  #met = 0;
  #thread;
  #scroll;
  #socket;
  #lost;
  #grown;
  #silence;
  #spreading;
  // Those of which not all that came is shown
  #due = new Set();
  #pace = new Pace(() => this.#show());

  // `lost()` is called when something did not come, `grown(article)` when there is more of a reply to see.
  constructor({ thread, scroll, socket }, { lost, grown }) {
    this.#thread = thread;
    this.#scroll = scroll;
    this.#socket = socket;
    this.#lost = lost;
    this.#grown = grown;
    this.#silence = new Silence((change) => scroll.around(change));
    this.#spreading = new Spreading((change) => scroll.around(change));
    document.addEventListener("visibilitychange", () => this.#pace.now());
  }

  // A long one comes in parts, which say where they go on; the last block of a part may not be whole.
  snapshot({ reply, handle, seq, more = false, ...part }) {
    const { block = 0, keep = 0, thought = 0, thought_keep: thoughtKeep = 0 } = part;
    const article = this.#thread.find(reply);
    this.#met = Math.max(this.#met, handle);
    if (!article) this.#lost();
    // A hidden one has no place for words
    if (!article || !one(".body", article)) return;
    const before = this.#replies.get(handle);
    // One that comes late, or goes on from what was forgotten
    if (before ? seq < before.seq : block || keep || thought || thoughtKeep) return;
    clearTimeout(before?.timer);
    this.#pace.now();
    const began = before?.began ?? performance.now();
    const { blocks = new GrowingBlocks(), thoughts = new GrowingBlocks() } = before ?? {};
    blocks.join(block, keep, part.blocks);
    thoughts.join(thought, thoughtKeep, part.thoughts);
    const unacknowledged = { acked: 0, size: 0, timer: 0 };
    this.#replies.set(handle, { article, blocks, thoughts, seq, ...unacknowledged, lost: false, more, began });
    this.#spreading.finish();
    this.#scroll.around(() => {
      thoughts.show(one(".thinking-text", article), more);
      blocks.show(one(".body", article), more);
      showThinking(article, !thoughts.isEmpty, part.thinking_ms ?? null, !blocks.isEmpty);
    });
    this.#grown(article);
    this.#silence.broken(article, part.quiet_ms);
    this.#placed(handle, lettersOf([...part.blocks, ...part.thoughts]));
  }

  patch([handle, seq, ...changes]) {
    const reply = this.#replies.get(handle);
    if (!reply) this.#missed(handle);
    if (!reply || reply.lost || seq <= reply.seq) return;
    if (seq > reply.seq + 1) {
      reply.lost = true;
      this.#lost();
      return;
    }
    reply.seq = seq;
    changes.forEach((change) => apply(reply, change));
    this.#due.add(reply);
    this.#pace.ask();
    this.#silence.broken(reply.article);
    this.#placed(handle, lettersOf(changes.map((change) => change[2])));
  }

  // The reply is final: its handle is not heard again. Gives whether all of it up to `seq` is in view.
  end(id, seq = 0) {
    let whole = false;
    this.#pace.now();
    this.#spreading.finish();
    for (const [handle, reply] of this.#replies) {
      if (reply.article.dataset.message !== id) continue;
      whole = reply.seq === seq && !reply.lost && !reply.more;
      endThinking(reply.article);
      this.#silence.over(reply.article);
      clearTimeout(reply.timer);
      this.#replies.delete(handle);
    }
    return whole;
  }

  forget() {
    this.#pace.now();
    this.#spreading.finish();
    this.#replies.forEach((reply) => clearTimeout(reply.timer));
    this.#replies.clear();
    this.#silence.forget();
  }

  // A new connection gives new handles.
  renew() {
    this.forget();
    this.#met = 0;
  }

  // Shows all that came.
  #show() {
    const due = [...this.#due];
    this.#due.clear();
    due.forEach(({ article, blocks, thoughts }) => {
      const change = () => {
        if (thoughts.isDue) thoughts.show(one(".thinking-text", article));
        blocks.show(one(".body", article));
      };
      const { isBusy } = this.#pace;
      this.#scroll.around(() => this.#spreading.more(one(".body", article), change, isBusy));
      this.#grown(article);
    });
  }

  // The snapshot that gave the handle did not come. Asked once: an old handle may be one that was forgotten.
  #missed(handle) {
    if (handle <= this.#met) return;
    this.#met = handle;
    this.#lost();
  }

  // The next part of a long reply is sent when the one before is acknowledged. After the end nobody waits for it.
  #placed(handle, size) {
    const reply = this.#replies.get(handle);
    reply.size += size;
    clearTimeout(reply.timer);
    const isMuch = reply.seq - reply.acked >= ACK_EVERY || reply.size >= ACK_SIZE;
    if (reply.more || isMuch) this.#ack(handle);
    else reply.timer = setTimeout(() => this.#ack(handle), IDLE);
  }

  #ack(handle) {
    const reply = this.#replies.get(handle);
    reply.acked = reply.seq;
    reply.size = 0;
    this.#socket.send({ type: "ack", handle, seq: reply.seq });
  }
}

function lettersOf(texts) {
  return texts.reduce((letters, text) => letters + text.length, 0);
}

// A change of the thinking has a fourth value. What was shown as the answer may turn out to be thinking.
function apply({ article, blocks, thoughts, began }, [block, keep, html, isThinking]) {
  if (isThinking) beginThinking(article, blocks.isEmpty ? 0 : performance.now() - began);
  else if (keep >= 0) endThinking(article);
  (isThinking ? thoughts : blocks).change(block, keep, html);
}
