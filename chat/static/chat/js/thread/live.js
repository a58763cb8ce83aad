// Replies that are being written: their blocks as text, the patches to them, the acks, and how a block
// becomes its next version while keeping its nodes: the selection and a code's sideways scroll survive.

import { all, clone, one, parse } from "../core/dom.js";

const ACK_EVERY = 16;
const IDLE = 400;
// Milliseconds between two looks at how long an answer has been thinking, or silent
const BEAT = 1000;
// Milliseconds of silence from which it is said
const A_WHILE = 10000;

export class LiveReplies {
  #replies = new Map();
  // Handles are counted up: of those up to this one a snapshot came
  #met = 0;
  #silence = new Silence((change) => this.#tell.around(change));
  #tell;

  // `tell` has: article(id), ack(handle, seq), lost() when something did not come, around(change)
  constructor(tell) {
    this.#tell = tell;
  }

  // A long one comes in parts, which say where they go on; the last block of a part may not be whole.
  snapshot({ reply, handle, seq, more = false, ...part }) {
    const { block = 0, keep = 0, thought = 0, thought_keep: thoughtKeep = 0 } = part;
    const article = this.#tell.article(reply);
    this.#met = Math.max(this.#met, handle);
    if (!article) this.#tell.lost();
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
    this.#tell.around(() => {
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
      this.#tell.lost();
      return;
    }
    reply.seq = seq;
    this.#tell.around(() => changes.forEach((change) => apply(reply, change)));
    this.#silence.broken(reply.article);
    clearTimeout(reply.timer);
    if (seq - reply.acked >= ACK_EVERY) this.#ack(handle);
    else reply.timer = setTimeout(() => this.#ack(handle), IDLE);
  }

  // The reply is final: its handle is not heard again. Gives whether all of it up to `seq` is in view.
  end(id, seq = 0) {
    let whole = false;
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
    this.#tell.lost();
  }

  #ack(handle) {
    const reply = this.#replies.get(handle);
    if (!reply) return;
    clearTimeout(reply.timer);
    reply.acked = reply.seq;
    this.#tell.ack(handle, reply.seq);
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

// Code blocks get their language and a Copy button; others are as the server made them.
export function enhance(root) {
  const blocks = all(".code", root);
  if (root.matches?.(".code")) blocks.push(root);
  for (const block of blocks) {
    const language = [block.dataset.name, block.dataset.file].filter(Boolean).join(" · ");
    let bar = one(".code-bar", block);
    if (!bar) {
      bar = clone("t-code");
      block.prepend(bar);
    }
    const label = one(".code-language", bar);
    if (label.textContent !== language) label.textContent = language;
  }
}

// What the page added itself is left alone
const ours = (node) => node.nodeType === Node.ELEMENT_NODE && "added" in node.dataset;

export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType === Node.ELEMENT_NODE) {
    syncAttributes(old, fresh);
    morphChildren(old, [...fresh.childNodes]);
  } else if (old.data !== fresh.data) {
    syncText(old, fresh.data);
  }
  return old;
}

export function morphChildren(parent, fresh) {
  const old = [...parent.childNodes].filter((node) => !ours(node));
  let start = 0;
  let end = 0;
  const shorter = Math.min(old.length, fresh.length);
  while (start < shorter && old[start].isEqualNode(fresh[start])) start += 1;
  while (end < shorter - start && old.at(-1 - end).isEqualNode(fresh.at(-1 - end))) end += 1;
  const changed = old.slice(start, old.length - end);
  const wanted = fresh.slice(start, fresh.length - end);
  const after = old[old.length - end] ?? null;
  wanted.forEach((node, index) => {
    if (index < changed.length) morph(changed[index], node);
    else parent.insertBefore(node, after);
  });
  changed.slice(wanted.length).forEach((node) => node.remove());
}

function syncText(node, text) {
  const limit = Math.min(node.length, text.length);
  let same = 0;
  while (same < limit && node.data[same] === text[same]) same += 1;
  node.replaceData(same, node.length - same, text.slice(same));
}

// Whether something is unfolded is its reader's choice
function syncAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

// How long a reply has brought nothing: said below it after a while, and counted.
class Silence {
  // When something last came, by the articles
  #since = new Map();
  #shown = new Set();
  #timer = 0;
  #around;

  // `around(change)` keeps the reader's place while something is changed.
  constructor(around) {
    this.#around = around;
  }

  // Something came, so many milliseconds ago.
  broken(article, ago = 0) {
    this.#since.set(article, performance.now() - ago);
    if (this.#shown.has(article)) this.#say(article, "");
    if (ago >= A_WHILE) this.#look();
    this.#timer ||= setInterval(() => this.#look(), BEAT);
  }

  // Nothing more is waited for.
  over(article) {
    if (this.#shown.has(article)) this.#say(article, "");
    this.#since.delete(article);
    if (this.#since.size) return;
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  forget() {
    [...this.#since.keys()].forEach((article) => this.over(article));
  }

  #look() {
    for (const [article, since] of this.#since) {
      const time = performance.now() - since;
      if (!article.isConnected) this.over(article);
      else if (time >= A_WHILE) this.#say(article, Math.round(time / 1000));
    }
  }

  #say(article, seconds) {
    const line = one(".quiet-for", article);
    const text = seconds && line ? line.dataset.words.replace("{}", seconds) : "";
    if (seconds) this.#shown.add(article);
    else this.#shown.delete(article);
    if (line && line.textContent !== text) this.#around(() => (line.textContent = text));
  }
}

// The thinking, folded away: its words, and a label that counts until the answer begins.

// The beginnings of those that are being counted, by their boxes
const clocks = new Map();
let timer = 0;

// `before` is how long it has been going on, in milliseconds; null when it has not.
function showThinking(article, isThere, before, over) {
  const box = one(".thinking", article);
  stop(box);
  box.hidden = !isThere;
  if (before === null) return;
  if (over) say(box, "thought", before);
  else count(box, before);
}

// More of it comes, which has been going on for so long.
function beginThinking(article, before) {
  const box = one(".thinking", article);
  box.hidden = false;
  if (!clocks.has(box)) count(box, before);
}

// The answer has begun, or will not.
function endThinking(article) {
  const box = one(".thinking", article);
  if (!box || !clocks.has(box)) return;
  say(box, "thought", performance.now() - clocks.get(box));
  stop(box);
}

function count(box, before) {
  clocks.set(box, performance.now() - before);
  say(box, "thinking", before);
  timer ||= setInterval(tick, BEAT);
}

function stop(box) {
  clocks.delete(box);
  if (clocks.size) return;
  clearInterval(timer);
  timer = 0;
}

function tick() {
  for (const [box, since] of clocks) {
    if (box.isConnected) say(box, "thinking", performance.now() - since);
    else stop(box);
  }
}

function say(box, state, milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  one(".thinking-label", box).textContent = box.dataset[state].replace("{}", seconds);
}
