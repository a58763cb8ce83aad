// Code blocks get their language and a Copy button; other blocks are as the server made them.

import { all, clone, one } from "../core/dom.js";

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
