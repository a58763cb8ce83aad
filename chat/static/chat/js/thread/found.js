// Words that are found in the box of messages that are put away: once these are out, the same words are where they were
// in view, though there is more between them than in the box; and what was selected of them still is.

import { one } from "../core/dom.js";
import { unfold as unfoldCode } from "./code_blocks.js";
import { unfold } from "./folding.js";

// Between the words of two messages
const BETWEEN = "\n\n";

// What these messages say, without what the page has added.
export const wordsOf = (articles) => articles.map(wordsIn).join(BETWEEN);

function wordsIn(article) {
  const body = one(".body", article);
  if (!body || !one("[data-added]", body)) return body?.textContent ?? "";
  return textsIn(article).reduce((words, { data }) => words + data, "");
}

// In a box: what is selected there, from end to end; or, if a view is given, what stands in the middle of it, where
// browsers put what they find and tell nobody of it. Null if there is neither.
export function foundIn(holder, view) {
  const [text] = holder.childNodes;
  if (!text) return null;
  const { anchorNode, focusNode, isCollapsed } = getSelection();
  const isSelected = !isCollapsed && anchorNode === text && focusNode === text;
  const range = isSelected ? getSelection().getRangeAt(0) : view ? middle(holder, text, view) : null;
  return range && { range, isSelected, start: range.startOffset, end: range.endOffset };
}

// The same words in the messages; selected, if they were.
export function foundAgain({ isSelected, start, end }, articles) {
  const range = document.createRange();
  range.setStart(...placeIn(articles, start));
  const [last, offset] = placeIn(articles, Math.max(start, end - 1));
  range.setEnd(last, Math.min(offset + 1, last.length));
  const around = range.startContainer.parentElement;
  unfold(around.closest("[data-long=folded]"));
  unfoldCode(around.closest(".code"));
  if (isSelected) {
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
  return range;
}

// A unit in the middle of the view, with something to see, or the last one before that.
function middle(holder, text, { left, width, top, height }) {
  const [x, y] = [left + width / 2, top + height / 2];
  const place = holder.getBoundingClientRect();
  if (place.top > y || place.bottom < y) return null;
  // Until a frame has shown what is in it, there is nothing at any point
  holder.style.contentVisibility = "visible";
  const caret = caretAt(x, y);
  const end = caret?.node === text ? text.data.slice(0, caret.offset + 1).trimEnd().length : 0;
  if (!end) return null;
  const range = document.createRange();
  range.setStart(text, end - 1);
  range.setEnd(text, end);
  return range;
}

function caretAt(x, y) {
  const place = document.caretPositionFromPoint?.(x, y);
  if (place) return { node: place.offsetNode, offset: place.offset };
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}

// Where the unit of their words is: a text and the place in it.
function placeIn(articles, at) {
  let last = null;
  for (const article of articles) {
    for (const text of textsIn(article)) {
      if (at < text.length) return [text, Math.max(at, 0)];
      at -= text.length;
      last = text;
    }
    at -= BETWEEN.length;
  }
  return [last, last.length];
}

function textsIn(article) {
  const body = one(".body", article);
  if (!body) return [];
  const kind = (node) => (node.dataset && "added" in node.dataset ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const nodes = document.createTreeWalker(body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, kind);
  const texts = [];
  while (nodes.nextNode()) if (nodes.currentNode.nodeType === Node.TEXT_NODE) texts.push(nodes.currentNode);
  return texts;
}
