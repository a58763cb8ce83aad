// The settings of the conversation in view, in a dialog: the form of their own page, fetched when it is asked for.

import { conversationOf } from "../composer/conversation.js";
import { onItsWay, openerOf } from "../core/dialog.js";
import { address, one } from "../core/dom.js";
import { showForm } from "../core/form_dialog.js";

// Tells of "page:context" with the number of exchanges that the model sees from now on, and the line that says so.
export function register({ clicks, events, thread }) {
  one("#settings").addEventListener("click", (event) => {
    event.preventDefault();
    open(thread, events, event.currentTarget);
  });
  clicks.on("settings", (link, article, event) => {
    event.preventDefault();
    open(thread, events, openerOf(link));
  });
}

function open(thread, events, opener) {
  onItsWay(async () => {
    const url = address("settings", await conversationOf(thread));
    await showForm(url, {
      opener,
      saved: (answer) => {
        if (url !== address("settings", thread.conversation)) return;
        events.tell("page:context", answer);
        thread.changed();
      },
    });
  });
}
