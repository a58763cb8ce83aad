// Finding, cloning and parsing elements; the page's words, addresses and ids.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const word = (name) => document.body.dataset[`word${name}`] ?? "";

const NIL = "00000000-0000-0000-0000-000000000000";
export const address = (name, id) => document.body.dataset[`${name}Url`].replace(NIL, id);

// The id in a path, if the path is that address.
export function idIn(name, path) {
  const start = document.body.dataset[`${name}Url`].indexOf(NIL);
  const id = path.slice(start, start + NIL.length);
  return id.length === NIL.length && address(name, id) === path ? id : null;
}

export function clone(id) {
  return document.importNode(document.getElementById(id).content, true).firstElementChild;
}

// The one place where HTML becomes elements; it comes from our own server, which sanitises it. They are moved out of the
// template: to copy them took twice as long.
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fragment = document.createDocumentFragment();
  fragment.append(template.content);
  return fragment;
}

// Puts the focus into a field, but not where that would bring up a keyboard over half of the screen. Gives whether it is
// there now.
export function focusUnlessTouched(field) {
  if (!matchMedia("(pointer: fine)").matches) return false;
  field.focus({ preventScroll: true });
  return document.activeElement === field;
}

// Puts the focus somewhere after what was asked for has come, unless its reader has gone elsewhere meanwhile: the button
// that was pressed is gone, or is in a menu that has closed.
export function takeLostFocus(element, options) {
  const { activeElement: held, body } = document;
  if (!held || held === body || !held.checkVisibility()) element.focus(options);
}

// Whether a link is pressed with a key by which browsers open it in another tab or window: that is theirs to do.
export const opensElsewhere = ({ ctrlKey, metaKey, shiftKey }) => ctrlKey || metaKey || shiftKey;

// When a style sheet that is put in is there. One that comes late, or not at all, is no reason to do nothing.
export function sheetLoaded(link) {
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  });
}

// crypto.randomUUID is missing on plain http outside of this machine, so that is made by hand
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
