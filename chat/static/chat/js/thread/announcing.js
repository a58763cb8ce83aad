// Replies for those who hear the page: that one is complete is said by the line below them (composer/status.js); who
// wants their words said too has the script for that.

const page = document.body.dataset;

export function register({ events, thread }) {
  let script = null;
  const load = () => {
    if (page.announce === "complete") return;
    script ??= import(page.announceScript).then((it) => it.register({ events, thread }));
    script.catch(() => (script = null));
  };
  events.on("page:preferences-saved", load);
  load();
}
