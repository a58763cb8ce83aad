// Languages by the person's settings.

import { settings } from "./parts.js";

// What browsers call a language that has no region
const BROWSER = { zh: "zh-CN" };

// What one dictates in: as it was chosen, else the page's. "" is to be found by the service, which a browser cannot.
export function languageOf(isBrowser) {
  const { language } = settings();
  if (language === "auto" && !isBrowser) return "";
  const chosen = base(language && language !== "auto" ? language : document.documentElement.lang);
  return isBrowser ? (BROWSER[chosen] ?? chosen) : chosen;
}

// The part of a language's tag that is the language: "zh" of "zh-hans".
export const base = (tag) => tag.toLowerCase().split(/[-_]/)[0];
