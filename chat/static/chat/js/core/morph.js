// How a part of the page becomes its next version while keeping its nodes: the selection, the focus and a
// sideways scroll survive.

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

// Whether something is unfolded is its reader's choice, and so is what they point at
const CHOSEN = new Set(["open", "data-fold", "data-pointed"]);

function syncAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !CHOSEN.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

// Makes these the parent's children without moving what is in its place
export function arrange(parent, wanted) {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  let place = parent.firstElementChild;
  for (const child of wanted) {
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}
