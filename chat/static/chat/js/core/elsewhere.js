// In place of the thread, on a page beside the list that shows no conversation: what is opened in the list is another page.

export class Elsewhere {
  conversation = "";
  project = "";
  running = null;
  isTemporary = false;
  view = 0;

  constructor({ events }) {
    // Of no reply in view: what else the server tells is of the list
    events.on("page:received", (event) => events.tell(event.type, event));
    events.on("page:wanted", (path) => location.assign(path));
    events.on("page:hit", (path, words) => location.assign(`${path}?${new URLSearchParams({ q: words })}`));
  }
}
