// What is chosen for a conversation is kept there. A new chat gets its conversation first.

import { address, one, word } from "../core/dom.js";
import { post } from "../core/requests.js";
import { toast } from "../core/toast.js";

// The model that a new chat shows, which is the one that it begins with: its id, 0 for the site's default, or nothing
// where there is no choice.
export const shownModel = () => one("#model")?.dataset.choice;

// A new chat has a conversation as soon as something is chosen for it; but a message that is on its way makes one. On the
// page of a project it is in that.
// Throws what `post` throws.
export async function conversationOf(thread) {
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  const { view, project } = thread;
  const { startUrl, temporary } = document.body.dataset;
  const url = project ? address("projectStart", project) : startUrl;
  const { conversation } = await (await post(url, { model: shownModel() ?? "", temporary })).json();
  if (view !== thread.view) return conversation;
  if (thread.conversation) return thread.conversation;
  if (thread.last) throw new Error(word("Away"));
  thread.settle(conversation);
  return conversation;
}

// Keeps one choice after the other.
export class Keeper {
  #thread;
  #keeping = null;

  constructor({ events, thread }) {
    this.#thread = thread;
    events.on("page:left", () => (this.#keeping = null));
  }

  // While a choice is being kept, a promise of whether it is; until then nothing is sent.
  get keeping() {
    return this.#keeping;
  }

  // Gives a promise of the conversation that it was kept for, or null: what went wrong has been said. `use` takes the
  // answer.
  keep(name, fields, use = () => {}) {
    return this.#hold(async (conversation) => use(await post(address(name, conversation), fields)));
  }

  // The same where there is nothing to keep but that there is a conversation.
  begin() {
    return this.#hold(() => {});
  }

  #hold(work) {
    const mine = this.#keep(this.#keeping, work);
    this.#keeping = mine;
    mine.then(() => this.#keeping === mine && (this.#keeping = null));
    return mine;
  }

  async #keep(before, work) {
    await before;
    try {
      const conversation = await conversationOf(this.#thread);
      await work(conversation);
      return conversation;
    } catch (problem) {
      toast(problem.message);
      return null;
    }
  }
}
