// What answers in a conversation is kept there. A new chat gets its conversation first.

import { address, fetchText, parse, post } from "./dom.js";

// Puts all that may be chosen into a picker that has only what is in use. Throws what `fetchText` throws.
export async function fill(picker) {
  const options = parse(await fetchText(picker.dataset.more));
  const { value } = picker;
  delete picker.dataset.more;
  picker.replaceChildren(options);
  if (value && [...picker.options].some((option) => option.value === value)) picker.value = value;
}

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
