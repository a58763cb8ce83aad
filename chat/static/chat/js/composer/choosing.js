// What is chosen for a conversation is kept there. A new chat gets its conversation first.

import { address, fetchText, parse, post, word } from "../core/dom.js";

// Puts all that may be chosen into a picker that has only what is in use. Throws what `fetchText` throws.
export async function fill(picker) {
  const options = parse(await fetchText(picker.dataset.more));
  const { value } = picker;
  delete picker.dataset.more;
  picker.replaceChildren(options);
  if (value && [...picker.options].some((option) => option.value === value)) picker.value = value;
}

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
