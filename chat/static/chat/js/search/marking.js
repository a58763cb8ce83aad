// Marks the words that were looked for, as the server folds them (chat/search/terms.py): case, width and accents make no
// difference.

const MARKS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
const PARTS = /(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]|「([^」]*)」|『([^』]*)』|(\S+))/g;
// Ranges that are marked at most
const MOST = 200;

const fold = (text) => text.normalize("NFKD").toLowerCase().replace(MARKS, "").normalize("NFKC");

// Gives the first range that is marked, undefined where there is none or the browser marks none.
export function markWords(root, typed) {
  const words = [...typed.matchAll(PARTS)].filter(([, minus]) => !minus).map((found) => fold(found.slice(2).join("")));
  const ranges = rangesOf(root, words.filter(Boolean));
  if (CSS.highlights && ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
  return ranges[0];
}

function rangesOf(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
    acceptNode: ({ parentElement }) =>
      parentElement.closest("button, .sr-only") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  });
  const ranges = [];
  while (walker.nextNode() && ranges.length < MOST) ranges.push(...inNode(walker.currentNode, words));
  return ranges;
}

function inNode(node, words) {
  const { folded, places } = withPlaces(node.data);
  const found = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      const range = document.createRange();
      range.setStart(node, places[at]);
      range.setEnd(node, places[at + word.length] ?? node.length);
      found.push(range);
    }
  }
  return found;
}

// The folded text, and for each of its units the place in the text that it comes from.
function withPlaces(text) {
  let folded = "";
  let place = 0;
  const places = [];
  for (const character of text) {
    const plain = fold(character);
    folded += plain;
    places.push(...Array(plain.length).fill(place));
    place += character.length;
  }
  return { folded, places };
}
