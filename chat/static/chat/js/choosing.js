// What is chosen for a conversation is kept there. A new chat gets its conversation first.

import { address, post, word } from "./dom.js";

// The model that answers from now on. Throws what `post` throws.
export async function choose(model, thread, settle) {
  await post(address("model", await conversationOf(thread, settle)), { model });
}

// A new chat has a conversation as soon as something is chosen for it; but a message that is on its way makes one.
// `settle(conversation)` is told of one that had to be made. Throws what `post` throws.
export async function conversationOf(thread, settle) {
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  const { conversation } = await (await post(document.body.dataset.startUrl)).json();
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  settle(conversation);
  return conversation;
}
