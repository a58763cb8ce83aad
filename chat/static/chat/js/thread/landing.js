// A page that leads to a message may show another branch than the one in view. That it was fetched changes nothing: browsers
// and other programs fetch pages that nobody reads. Who looks at it has its branch in view from then on.

import { address } from "../core/dom.js";
import { post } from "../core/requests.js";

// Gives a promise of when the page shows the branch in view; where it cannot be said to the server, it will be told so.
export async function inView() {
  const { branch } = document.body.dataset;
  stay();
  if (!branch) return;
  if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
  await post(address("show", branch)).catch(() => {});
}

// Whoever reloads the page later stays on the branch that is in view then
function stay() {
  const query = new URLSearchParams(location.search);
  if (!query.has("at")) return;
  query.set("from", query.get("at"));
  query.delete("at");
  history.replaceState(history.state, "", `?${query}${location.hash}`);
}
