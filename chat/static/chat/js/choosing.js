// What answers in a conversation is kept there. A new chat gets its conversation first.

import { address, post } from "./dom.js";

// Throws what `post` throws. `settle` is told of a conversation that had to be made.
export async function choose(model, conversation, settle) {
  let kept = conversation;
  if (!kept) {
    const started = await post(document.body.dataset.startUrl);
    kept = (await started.json()).conversation;
    settle(kept);
  }
  await post(address("model", kept), { model });
}
