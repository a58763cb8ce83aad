// Replies that are being written: their blocks as text, the patches to them, and the acks.

import { one, parse } from "../core/dom.js";
import { morph } from "../core/morph.js";
import { enhance } from "./blocks.js";
import { Silence } from "./silence.js";
import { Spreading } from "./spreading.js";
import { beginThinking, endThinking, showThinking } from "./thinking.js";

const ACK_EVERY = 16;
const IDLE = 400;

export class LiveReplies {
  #replies = new Map();
  // Handles are counted up: of those up to this one a snapshot came
  #met = 0;
  #thread;
  #scroll;
  #socket;
  #lost;
  #silence;
  #spreading;

  // `lost()` is called when something did not come.
  constructor({ thread, scroll, socket }, lost) {
    this.#thread = thread;
    this.#scroll = scroll;
    this.#socket = socket;
    this.#lost = lost;
    this.#silence = new Silence((change) => scroll.around(change));
    this.#spreading = new Spreading((change) => scroll.around(change));
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
    const blocks = joined(before?.blocks, block, keep, part.blocks);
    const thoughts = joined(before?.thoughts, thought, thoughtKeep, part.thoughts);
    const began = before?.began ?? performance.now();
    this.#replies.set(handle, { article, blocks, thoughts, seq, acked: 0, timer: 0, lost: false, more, began });
    const whole = (list) => (more ? list.slice(0, -1) : list);
    this.#spreading.finish();
    this.#scroll.around(() => {
      placeAll(one(".thinking-text", article), whole(thoughts), thought);
      placeAll(one(".body", article), whole(blocks), block);
      showThinking(article, thoughts.length > 0, part.thinking_ms ?? null, blocks.length > 0);
    });
    this.#silence.broken(article, part.quiet_ms);
    this.#ack(handle);
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
    const place = () => changes.forEach((change) => apply(reply, change));
    this.#scroll.around(() => this.#spreading.more(one(".body", reply.article), place));
    this.#silence.broken(reply.article);
    clearTimeout(reply.timer);
    if (seq - reply.acked >= ACK_EVERY) this.#ack(handle);
    else reply.timer = setTimeout(() => this.#ack(handle), IDLE);
  }

  // The reply is final: its handle is not heard again. Gives whether all of it up to `seq` is in view.
  end(id, seq = 0) {
    let whole = false;
    this.#spreading.finish();
    for (const [handle, reply] of this.#replies) {
      if (reply.article.dataset.message !== id) continue;
      whole = reply.seq === seq && !reply.lost && !reply.more;
      endThinking(reply.article);
      this.#silence.over(reply.article);
      this.#ack(handle);
      this.#replies.delete(handle);
    }
    return whole;
  }

  forget() {
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

  // The snapshot that gave the handle did not come. Asked once: an old handle may be one that was forgotten.
  #missed(handle) {
    if (handle <= this.#met) return;
    this.#met = handle;
    this.#lost();
  }

  #ack(handle) {
    const reply = this.#replies.get(handle);
    if (!reply) return;
    clearTimeout(reply.timer);
    reply.acked = reply.seq;
    this.#socket.send({ type: "ack", handle, seq: reply.seq });
  }
}

// A part of a list of blocks goes on after the first `keep` units of block `first`.
function joined(known = [], first, keep, blocks) {
  const begun = (known[first] ?? "").slice(0, keep);
  return [...known.slice(0, first), ...blocks.map((html, index) => (index ? "" : begun) + html)];
}

// A change of the thinking has a fourth value. What was shown as the answer may turn out to be thinking.
function apply({ article, ...reply }, [block, keep, html, isThinking]) {
  if (isThinking) beginThinking(article, reply.blocks.length ? performance.now() - reply.began : 0);
  else if (keep >= 0) endThinking(article);
  const blocks = isThinking ? reply.thoughts : reply.blocks;
  const body = one(isThinking ? ".thinking-text" : ".body", article);
  if (keep < 0) {
    blocks.length = block;
    [...body.children].slice(block).forEach((element) => element.remove());
    return;
  }
  blocks[block] = (blocks[block] ?? "").slice(0, keep) + html;
  place(body, block, blocks[block]);
}

function placeAll(body, blocks, from) {
  blocks.slice(from).forEach((html, index) => place(body, from + index, html));
  [...body.children].slice(blocks.length).forEach((element) => element.remove());
}

function place(body, index, html) {
  const fresh = parse(html).firstElementChild;
  const old = body.children[index];
  if (!fresh) return;
  if (old) enhance(morph(old, fresh));
  else enhance(body.appendChild(fresh));
}
