// What another app has shared, or an address brings (`?q=`), comes into the box of a new chat, beside a draft that is
// there; nothing is sent.

import { one } from "../core/dom.js";

export function register({ composer }) {
  const text = one("#text");
  if (!text.hasAttribute("data-shared")) return;
  // The page's own text, wherever the browser has put an earlier draft
  const shared = text.defaultValue;
  if (text.value !== shared) composer.append(shared);
  // So that loading the page anew does not bring it again
  const { newUrl, temporary } = document.body.dataset;
  history.replaceState(history.state, "", temporary ? `${newUrl}?temporary=1` : newUrl);
  composer.focus();
}
