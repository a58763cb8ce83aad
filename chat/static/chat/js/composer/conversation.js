// What is chosen for a conversation is kept there. A new chat gets its conversation first.

import { word } from "../core/dom.js";
import { post } from "../core/requests.js";

// A new chat has a conversation as soon as something is chosen for it; but a message that is on its way makes one.
// Throws what `post` throws.
export async function conversationOf(thread) {
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  const { view } = thread;
  const { conversation } = await (await post(document.body.dataset.startUrl)).json();
  if (view !== thread.view) return conversation;
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  thread.settle(conversation);
  return conversation;
}
