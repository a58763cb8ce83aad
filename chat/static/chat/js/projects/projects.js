// The projects in the sidebar: unfolded in place, kept up to date, and where rows of the list can be dropped. Their dialogs
// come when somebody is about to open one.

import { address, all, one, opensElsewhere, parse, takeLostFocus, word } from "../core/dom.js";
import { later } from "../core/later.js";
import { arrange, morph } from "../core/morph.js";
import { fetchPart, fetchText, post } from "../core/requests.js";
import { UNDO_FOR, toast } from "../core/toast.js";

// What is dragged: the id of a conversation
const KIND = "text/x-conversation";
// Milliseconds in which what is told of several chats has come, after which the page of their project is fetched once
const TOGETHER = 100;

export function register(page) {
  const { events, clicks } = page;
  const projects = new Projects(page);
  const load = later(document.body.dataset.projectsScript, page, projects);
  const open = (action) => (link, article, event) => {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    load()
      .then((dialogs) => dialogs[action](link))
      .catch((problem) => toast(problem.message));
  };
  clicks.on("fold-project", (button) => projects.fold(button.closest(".project")));
  clicks.on("project-form", open("edit"));
  clicks.on("project-delete", open("ask"));
  clicks.on("move", open("move"));
  events.on("projects", () => projects.renew());
  events.on("page:projects", () => projects.renew());
  events.on("page:arranged", () => projects.renewPage());
  events.on("listed", ({ project }) => project && projects.renewPage());
  events.on("page:opened", () => projects.unfoldCurrent());
  events.on("page:settled", () => {
    one("#project").hidden = !one("#project").dataset.value;
    projects.unfoldCurrent();
  });
  projects.takeDrops();
}

class Projects {
  #list = one("#conversations");
  #events;
  #thread;
  #timer = 0;
  #renewals = 0;

  // Tells of "page:outside" when a conversation has come to be in no project, with a list for a promise of when it is in
  // the list.
  constructor({ events, thread }) {
    this.#events = events;
    this.#thread = thread;
  }

  #row(project, section = this.#list) {
    return project ? one(`.project[data-project="${CSS.escape(project)}"]`, section) : null;
  }

  async fold(row) {
    const list = one(".project-latest", row);
    one(".project-fold", row).setAttribute("aria-expanded", String(!list));
    if (list) {
      list.remove();
    } else {
      await this.#fill(row);
      this.#events.tell("page:listed");
    }
  }

  // What is open is in view in the sidebar, too.
  unfoldCurrent() {
    const { value = "" } = one("#project")?.dataset ?? {};
    all(".project-link[aria-current]", this.#list).forEach((link) => link.removeAttribute("aria-current"));
    const row = this.#row(value);
    if (!row) return;
    if (this.#thread.project) one(".project-link", row).setAttribute("aria-current", "page");
    if (!one(".project-latest", row)) this.fold(row);
  }

  async #fill(row) {
    try {
      const part = parse(await fetchText(address("projectConversations", row.dataset.project)));
      one(".project-latest", row)?.remove();
      row.append(part);
    } catch (problem) {
      one(".project-fold", row).setAttribute("aria-expanded", "false");
      toast(problem.message);
    }
  }

  // The projects that there are now. What is unfolded stays so, and under the pointer: somebody may be dragging a chat there.
  // What comes after it was asked for once more is not shown: it may be older.
  async renew() {
    const number = (this.#renewals += 1);
    const open = all(".project:has(.project-latest)", this.#list).map((row) => row.dataset.project);
    try {
      const fresh = one(".section > ul", parse(await fetchText(document.body.dataset.projectsUrl)));
      const rows = open.map((project) => this.#row(project, fresh)).filter(Boolean);
      rows.forEach((row) => one(".project-fold", row).setAttribute("aria-expanded", "true"));
      await Promise.all(rows.map((row) => this.#fill(row)));
      if (number !== this.#renewals) return;
      const kept = (row) => {
        const old = this.#row(row.dataset.project);
        return old ? morph(old, row) : row;
      };
      arrange(one("#projects .section > ul"), [...fresh.children].map(kept));
      this.#events.tell("page:listed");
      this.unfoldCurrent();
      this.renewPage();
    } catch {
      // The next page has it
    }
  }

  // The page of a project lists its chats, too: if one is open, those that it has now.
  renewPage() {
    clearTimeout(this.#timer);
    const { project, view } = this.#thread;
    if (!project) return;
    this.#timer = setTimeout(async () => {
      const part = await fetchPart(address("project", project)).catch(() => null);
      const [old, fresh] = [one(".project-page"), part && one(".project-page", part)];
      if (old && fresh && view === this.#thread.view) morph(old, fresh);
    }, TOGETHER);
  }

  // Undo puts it back where it was. Who does it by keyboard has that under their fingers: the row that had the focus
  // may go.
  async move(conversation, project, byKeyboard = false) {
    try {
      const { text, before } = await (await post(address("conversationProject", conversation), { project })).json();
      const moved = before === project ? null : this.#moved(conversation, project);
      const run = () => this.#undo(conversation, before, byKeyboard);
      const undo = toast(text, before === project ? {} : { label: word("Undo"), run, time: UNDO_FOR });
      if (byKeyboard) undo.focus();
      await moved;
      this.renewPage();
    } catch (problem) {
      toast(problem.message);
    }
  }

  // The button that was pressed is gone: where no other has taken the focus, it is with the row.
  async #undo(conversation, project, byKeyboard) {
    await this.move(conversation, project, byKeyboard);
    const [item] = all(`.item[data-conversation="${conversation}"] .item-link`, this.#list);
    takeLostFocus(item ?? one(".project-link", this.#row(project) ?? document) ?? one(".new-chat"), { preventScroll: true });
  }

  async #moved(conversation, project) {
    const listed = [];
    if (!project) this.#events.tell("page:outside", conversation, listed);
    await Promise.all(listed);
    if (conversation !== this.#thread.conversation) return;
    const { view } = this.#thread;
    const part = await fetchPart(address("conversation", conversation)).catch(() => null);
    if (!part || view !== this.#thread.view) return;
    one("#project").replaceWith(one("#project", part));
    this.#thread.equip(part);
    this.#thread.changed();
    this.unfoldCurrent();
  }

  // By keyboard the menu of a row does the same.
  takeDrops() {
    const list = this.#list;
    list.addEventListener("dragstart", ({ target, dataTransfer }) => {
      const item = target.closest?.(".item");
      if (!item) return;
      dataTransfer.setData(KIND, item.dataset.conversation);
      dataTransfer.effectAllowed = "copyMove";
    });
    for (const kind of ["dragenter", "dragover"]) list.addEventListener(kind, (event) => this.#over(event));
    list.addEventListener("dragleave", ({ target, relatedTarget }) => {
      const row = target.closest?.(".project");
      if (row && !row.contains(relatedTarget)) delete row.dataset.over;
    });
    list.addEventListener("drop", (event) => this.#drop(event));
    document.addEventListener("dragend", () => all("[data-over]", list).forEach((row) => delete row.dataset.over));
  }

  #over(event) {
    const row = event.target.closest?.(".project");
    if (!row || !event.dataTransfer.types.includes(KIND)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    row.dataset.over = "";
  }

  #drop(event) {
    const row = event.target.closest?.(".project");
    const conversation = event.dataTransfer.getData(KIND);
    if (!row || !conversation) return;
    event.preventDefault();
    delete row.dataset.over;
    this.move(conversation, row.dataset.project);
  }
}
