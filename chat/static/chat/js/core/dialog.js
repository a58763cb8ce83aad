// What lies over the page: dialogs, one at a time, and how Back closes them, and the drawer and menus on a phone.

import { one } from "./dom.js";
import { toast } from "./toast.js";

const phone = matchMedia("(max-width: 48rem)");
let opened = null;
let heard = null;

// Shows this in a dialog that bears the name of its heading. Escape, Back, a press beside it and what is marked
// `data-action=close` in it close it; then it is gone, `closed` is called, and the focus goes back to `opener`.
// While another one is open it is that which stays.
export function openDialog(content, { opener, wide = false, closed = () => {} }) {
  if (opened?.open) return opened;
  const dialog = document.createElement("dialog");
  dialog.className = wide ? "dialog wide" : "dialog";
  dialog.append(content);
  dialog.setAttribute("aria-labelledby", one("h2", dialog).id);
  closeByPointer(dialog);
  dialog.addEventListener("close", () => {
    giveBackFocus(dialog, opener);
    dialog.remove();
    heard(false);
    closed();
  });
  document.body.append(dialog);
  heard ??= closeByBack("dialog", () => opened?.close());
  opened = dialog;
  dialog.showModal();
  heard(true);
  return dialog;
}

// Closes the menu that a link is in, and gives what a dialog gives the focus back to: the menu's button, or the link.
export function openerOf(link) {
  const menu = link.closest("details");
  if (menu) menu.open = false;
  return menu ? one("summary", menu) : link;
}

// When a dialog that was closed has no entry in the history any more. Until then a step back is on its way, which would
// stop what is sent and leave what is opened.
export async function outOfHistory() {
  if (history.state?.over) await new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
}

let isOnItsWay = false;

// Does what fetches and opens a dialog. A second press meanwhile is none: it would open again what has been closed.
export async function onItsWay(work) {
  if (isOnItsWay) return;
  isOnItsWay = true;
  try {
    await work();
  } catch (problem) {
    toast(problem.message);
  }
  isOnItsWay = false;
}

// What lies over the page now. A page that is loaded anew, or whose reader goes forward, stands on an entry of what is
// not open any more, which is one like any other then.
const openNow = new Set();
const forgetClosed = () => {
  const { over } = history.state ?? {};
  if (over && !openNow.has(over)) history.replaceState(null, "");
};
forgetClosed();
addEventListener("popstate", forgetClosed);

// Steps back that are taken here, of what closes in another way, and have not arrived. What opens meanwhile stays open.
let ownSteps = 0;
let isOwnStep = false;
addEventListener("popstate", () => {
  isOwnStep = ownSteps > 0;
  if (isOwnStep) ownSteps -= 1;
});

// What lies over the page has an entry of its own in the history, so that Back closes it and leaves the page only the
// next time. Gives what is to be told when it opens and when it closes.
export function closeByBack(name, close) {
  addEventListener("popstate", () => isOwnStep || history.state?.over === name || close());
  return (open) => {
    openNow[open ? "add" : "delete"](name);
    if (open) {
      history.pushState({ over: name }, "");
    } else if (history.state?.over === name) {
      ownSteps += 1;
      history.back();
    }
  };
}

// The same for a menu, on a phone: elsewhere Back is no way to close one.
export function closeMenuByBack(name, close) {
  const heard = closeByBack(name, close);
  return (open) => (open && !phone.matches) || heard(open);
}

// Whoever selects a text in it and lets go beside it has not pressed there
function closeByPointer(dialog) {
  let isBeside = false;
  dialog.addEventListener("pointerdown", (event) => (isBeside = event.target === dialog && !holds(dialog, event)));
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-action=close]") && !(isBeside && event.target === dialog)) return;
    event.preventDefault();
    dialog.close();
  });
}

// The backdrop is a part of the dialog, as is its padding
function holds(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

// Browsers tell of a closed dialog with the next frame, in which its reader may have gone elsewhere already
function giveBackFocus(dialog, opener) {
  const { activeElement: held } = document;
  if (held === document.body || dialog.contains(held)) opener.focus();
}
