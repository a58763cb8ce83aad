// What only voice needs of the page: its templates, words and style, and the person's settings, in one fragment that is
// fetched with the first use.

import { one, parse, sheetLoaded } from "../core/dom.js";
import { fetchText } from "../core/requests.js";

// Throws what `fetchText` throws.
export async function fetchParts() {
  const parts = parse(await fetchText(document.body.dataset.voiceUrl));
  const styled = sheetLoaded(one("link", parts));
  document.body.append(parts);
  await styled;
}

// A sentence or an address of the fragment; `values` take the places that are named in braces.
export function said(name, values = {}) {
  const text = one("#voice").dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

// How the person wants it: `sendAtOnce`, `language`, `speed`, `readEvery`, `follow`, and `voices` by language.
export const settings = () => JSON.parse(one("#voice").dataset.settings);

export function keepSettings(changed) {
  one("#voice").dataset.settings = JSON.stringify(changed);
  document.body.dataset.voiceEvery = changed.readEvery ? "1" : "";
}

// Names a button by what it does.
export function labelButton(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}

// And gives it the icon of that.
export function nameButton(button, label, icon) {
  labelButton(button, label);
  const use = one("use", button);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}
