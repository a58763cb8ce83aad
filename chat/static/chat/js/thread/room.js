// The space that is kept below the question asked last, so that it can stand at the top of the view while its reply is
// short. The style sheet makes it a least height of the reply, or of the question while it has none: what is
// written there fills it, and nothing moves, also when the reply ends.

export class Room {
  #column;
  #question = null;
  #holder = null;
  // The last on the page that was seen: messages may wait below the reply
  #last = null;

  constructor(column) {
    this.#column = column;
  }

  // Below this question from now on, or below none.
  keep(question) {
    this.#question = question;
    this.mend();
    this.measure();
  }

  // The messages changed: a reply takes over from its question, and one that was made anew from the one before.
  mend() {
    const question = this.#question?.isConnected ? this.#question : null;
    const reply = question?.nextElementSibling;
    const holder = reply?.matches(".assistant") ? reply : question;
    const last = this.#column.lastElementChild;
    const isSame = holder === this.#holder;
    if (isSame && last === this.#last && (!holder || "room" in holder.dataset)) return;
    if (!isSame) clear(this.#holder);
    this.#question = question;
    this.#holder = holder;
    this.#last = last;
    if (!holder) return;
    holder.dataset.room = "";
    this.measure();
  }

  // What is above the reply takes from its space, and what waits below it; they are of another height where lines break
  // elsewhere.
  measure() {
    if (!this.#holder) return;
    const place = (element) => element.getBoundingClientRect();
    const { top, bottom } = place(this.#holder);
    const above = top - place(this.#question).top;
    const below = place(this.#column.lastElementChild).bottom - bottom;
    const view = this.#column.parentElement.clientHeight - above - below;
    this.#holder.style.setProperty("--view", `${view}px`);
  }

  // How many pixels of it are still empty.
  get left() {
    const holder = this.#holder;
    const last = holder && [...holder.children].findLast((child) => child.offsetHeight);
    return last ? Math.max(0, holder.offsetHeight - last.offsetTop - last.offsetHeight) : 0;
  }

  // Whether they are the end of the transcript: a message may wait below.
  get isLast() {
    let last = this.#column.lastElementChild;
    while (last && !last.matches(".message")) last = last.previousElementSibling;
    return last === this.#holder;
  }
}

function clear(holder) {
  delete holder?.dataset.room;
  holder?.removeAttribute("style");
}
