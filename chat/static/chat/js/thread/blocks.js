// What the page adds to blocks of an answer, live and at rest alike. The blocks are as the server made them.

import { all } from "../core/dom.js";
import { enhanceCode } from "./code_blocks.js";
import { PICTURES, enhancePicture } from "./pictures.js";
import { enhanceTable } from "./tables.js";

export function enhance(root) {
  each(".code", root, enhanceCode);
  each(".table", root, enhanceTable);
  each(PICTURES, root, enhancePicture);
}

function each(selector, root, act) {
  const blocks = all(selector, root);
  if (root.matches?.(selector)) blocks.push(root);
  blocks.forEach(act);
}
