// The sections of the list: folded and remembered, and where conversations belong in them.

import { all, clone, one, word } from "../core/dom.js";

const COOKIE = "folded";
// Sections that are remembered: a month that was folded years ago gives way
const MOST = 40;
const YEAR = 31536000;

export class Sections {
  #list;

  constructor(list) {
    this.#list = list;
    list.addEventListener("toggle", ({ target }) => target.matches(".section") && note(target), true);
  }

  // One that is pinned may be in a project, too, which shows it there as well.
  items(id) {
    return id ? all(`.item[data-conversation="${CSS.escape(id)}"]`, this.#list) : [];
  }

  projectOf(item) {
    return item.closest(".project")?.dataset.project ?? null;
  }

  // Where nothing can be seen of what comes.
  get endsFolded() {
    return all(".section", this.#list).at(-1)?.open === false;
  }

  isPinned(item) {
    return item.closest(".section")?.dataset.section === "pinned";
  }

  // The conversations that stand in it by their date, the latest first.
  get dated() {
    return this.#dated.flatMap((section) => all(".item", section)).map((item) => item.dataset.conversation);
  }

  // To the top of the list that it belongs to, since something was said in it just now. That of a project is there while
  // it is unfolded.
  moveUp(item, project) {
    const list = project ? one(`.project[data-project="${project}"] ul`, this.#list) : one("ul", this.#today());
    if (!list) {
      const hadFocus = item.contains(document.activeElement);
      item.remove();
      if (hadFocus) one(`.project[data-project="${project}"] .project-link`, this.#list)?.focus();
      return;
    }
    const now = Math.max(Date.now() / 1000, ...all(".item", list).map(at));
    item.dataset.at = String(now);
    if (list.firstElementChild === item) return;
    keepingFocus(item, () => list.prepend(item));
  }

  // These have other places now, or none: those that they have are in the sections of the fragment. Lists of projects are
  // left as they are, but for what is in no project any more.
  place(ids, fragment) {
    const items = new Map(all(".item", fragment).map((item) => [item.dataset.conversation, item]));
    for (const id of ids) {
      const old = this.items(id).find((each) => !this.projectOf(each));
      const item = items.get(id);
      const section = item && this.#section(item.closest(".section"), item);
      const hadFocus = this.items(id).some((each) => each.contains(document.activeElement));
      if (item && !this.isPinned(item)) this.items(id).filter((each) => each !== old).forEach((each) => each.remove());
      if (!section) old?.remove();
      else this.#insert(item, section, old);
      if (hadFocus && document.activeElement === document.body) this.#linkOf(id)?.focus();
    }
  }

  // A section may go on over the edge of a page, and an item may have moved up meanwhile.
  join(fragment) {
    all(".item", fragment).forEach((item) => this.items(item.dataset.conversation).length && item.remove());
    const last = all(".section", this.#list).at(-1);
    const first = one(".section", fragment);
    if (!last || last.dataset.section !== first?.dataset.section) return;
    one("ul", last).append(...one("ul", first).children);
    first.remove();
  }

  #linkOf(id) {
    return this.items(id).map((item) => one(".item-link", item))[0];
  }

  #insert(item, section, old) {
    old?.remove();
    const list = one("ul", section);
    const next = all(".item", list).find((other) => at(other) <= at(item));
    list.insertBefore(item, next ?? null);
  }

  // The section of that name; none for what comes with a page that was not fetched yet.
  #section(like, item) {
    const { section: key } = like.dataset;
    const isLater = key !== "pinned" && one(".more", this.#list) && at(item) < this.#lastAt;
    if (isLater) return null;
    return this.#named(key) ?? this.#begin(like, item);
  }

  get #lastAt() {
    const last = this.#dated.flatMap((section) => all(".item", section)).at(-1);
    return last ? at(last) : -Infinity;
  }

  #begin(like, item) {
    const section = like.cloneNode(true);
    one("ul", section).replaceChildren();
    if (section.dataset.section === "pinned") this.#list.prepend(section);
    else {
      const next = this.#dated.find((other) => at(one(".item", other)) < at(item));
      this.#list.insertBefore(section, next ?? one(".more", this.#list));
    }
    return section;
  }

  // Those by date that hold something.
  get #dated() {
    const dated = ":scope > .section:not([data-section=pinned], [data-section=projects])";
    return all(dated, this.#list).filter((section) => one(".item", section));
  }

  #named(key) {
    return one(`:scope > .section[data-section="${CSS.escape(key)}"]`, this.#list);
  }

  #today() {
    const found = this.#named("today");
    if (found) return found;
    const section = clone("t-section");
    section.open = !folded().includes("today");
    one("h2", section).textContent = word("Today");
    this.#list.insertBefore(section, this.#dated[0] ?? one(".more", this.#list));
    return section;
  }
}

const at = (item) => Number(item.dataset.at);

// What had the focus has it again.
function keepingFocus(item, change) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  change();
  focused?.focus();
}

function folded() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${COOKIE}=`));
  return (cookie?.slice(COOKIE.length + 1) ?? "").split(".").filter(Boolean);
}

// The server renders the next page so, without a flash.
function note({ dataset, open }) {
  const before = folded();
  if (before.includes(dataset.section) !== open) return;
  const others = before.filter((key) => key !== dataset.section);
  const now = open ? others : [...others, dataset.section].slice(-MOST);
  document.cookie = `${COOKIE}=${now.join(".")}; path=/; max-age=${YEAR}; samesite=lax`;
}
