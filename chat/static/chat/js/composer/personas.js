// The personas in a menu, or for an @ in the message box. The conversation goes on with the one that is chosen.

import { address, one } from "../core/dom.js";
import { fetchPart } from "../core/requests.js";
import { toast } from "../core/toast.js";
import { Chooser } from "./chooser.js";

export function makePersonas(page, holder) {
  const chooser = new Chooser(holder, (option, event, isOffered) => {
    if (isOffered) page.composer.takeOut();
    choose(page, option.dataset.value);
    page.composer.takeFocus();
  });
  // Nobody is who answers already where none is chosen; the gallery is that of the conversation in view
  chooser.opening = () => {
    const chip = one("#persona");
    one("#persona-none", holder).classList.toggle("off", !chip.matches(".chosen"));
    one(".chooser-foot a", holder).href = chip.href;
  };
  return chooser;
}

async function choose({ keeper, thread, status }, value) {
  const { view } = thread;
  const conversation = await keeper.keep("persona", { persona: value });
  if (!conversation) return;
  try {
    const part = await fetchPart(address("conversation", conversation));
    if (!part || view !== thread.view) return;
    // Its face, its greeting, and the model that it may bring
    for (const what of ["#persona", ".welcome"]) if (one(what, part)) one(what)?.replaceWith(one(what, part));
    thread.equip(part);
    status.say(one("#persona").getAttribute("aria-label"));
  } catch (problem) {
    toast(problem.message);
  }
}
