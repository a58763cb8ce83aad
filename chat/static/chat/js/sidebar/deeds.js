// What is done to conversations, one of them or a choice: pinned, archived, deleted, and all of it undone at once.

import { address, one, parse, takeLostFocus, word } from "../core/dom.js";
import { fetchText, post } from "../core/requests.js";
import { UNDO_FOR, toast } from "../core/toast.js";

// Milliseconds within which the server's news of what was done here comes
const ECHO = 3000;
// Conversations whose places are asked for at once (chat/pages/lists.py)
const TOGETHER = 50;
const GONE = ["archived", "deleted"];

export class Deeds {
  #sections;
  #thread;
  #events;
  #open;
  #placed;
  #own = new Map();
  #deleting = new Set();

  // `open(path)` opens the conversation at that address, `placed()` is called when items have changed. Tells of
  // "page:deleted", which is no news where it was done here, and of "page:arranged" with the places of conversations.
  constructor(sections, { thread, events }, open, placed) {
    this.#sections = sections;
    this.#thread = thread;
    this.#events = events;
    this.#open = open;
    this.#placed = placed;
  }

  // What a button of a form means for these conversations. Throws what `post` throws, after having said so. Gives the
  // button of Undo, if there is something to undo.
  async do({ name, value, formAction }, ids) {
    const isDeletion = value === "delete";
    const open = isDeletion && ids.includes(this.#thread.conversation) ? this.#thread.conversation : null;
    if (isDeletion) ids.forEach((id) => this.#deleting.add(id));
    try {
      const { undo, places, text } = await this.#post(formAction, [[name, value]], ids);
      const changed = Object.keys(places);
      await this.#arrange(places);
      if (open) this.#thread.leave();
      if (!text || !changed.length) return null;
      return toast(text, { label: word("Undo"), run: () => this.#undo(undo, changed, open), time: UNDO_FOR });
    } catch (problem) {
      if (isDeletion) ids.forEach((id) => this.#deleting.delete(id));
      toast(problem.message);
      throw problem;
    }
  }

  // The server's news; what was done here has been shown.
  told(places) {
    const news = Object.entries(places).filter(([id, place]) => !this.#isEcho(id, place));
    if (news.length) this.#arrange(Object.fromEntries(news)).catch((problem) => toast(problem.message));
  }

  // Their places in the list are asked for.
  renew(ids) {
    return this.#place(ids).catch((problem) => toast(problem.message));
  }

  async #undo(undo, ids, open) {
    try {
      const { places } = await this.#post(undo.address, pairsOf(undo.fields), ids);
      ids.forEach((id) => this.#deleting.delete(id));
      await this.#arrange(places);
    } catch (problem) {
      toast(problem.message);
      return;
    }
    if (open) this.#open(address("conversation", open));
    const [first] = ids.flatMap((id) => this.#sections.items(id));
    if (first) takeLostFocus(one(".item-link", first));
  }

  async #post(url, fields, ids) {
    const answer = await (await post(url, [...fields, ...ids.map((id) => ["conversation", id])])).json();
    for (const [id, place] of Object.entries(answer.places)) this.#own.set(id, { place, at: performance.now() });
    return answer;
  }

  #isEcho(id, place) {
    const own = this.#own.get(id);
    this.#own.delete(id);
    return own?.place === place && performance.now() - own.at < ECHO;
  }

  async #arrange(places) {
    const staying = [];
    for (const [id, place] of Object.entries(places)) {
      if (GONE.includes(place)) this.#sections.items(id).forEach((item) => item.remove());
      else staying.push(id);
      if (place === "deleted") this.#events.tell("page:deleted", { conversation: id, isNews: !this.#deleting.has(id) });
    }
    this.#events.tell("page:arranged", places);
    if (Object.values(places).includes("project")) this.#events.tell("page:projects");
    await this.place(staying);
  }

  // Throws what `fetchText` throws.
  async place(ids) {
    const rest = [...ids];
    while (rest.length) await this.#place(rest.splice(0, TOGETHER));
  }

  async #place(ids) {
    const query = new URLSearchParams(ids.map((id) => ["of", id]));
    this.#sections.place(ids, parse(await fetchText(`${document.body.dataset.conversationListUrl}?${query}`)));
    this.#placed();
  }
}

// The fields of a request, each of whose values may be a list.
const pairsOf = (fields) => Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
