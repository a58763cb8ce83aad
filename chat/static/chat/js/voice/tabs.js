// The other tabs of this person in this browser: only one of them speaks.

export class OtherTabs {
  #channel = new BroadcastChannel(`voice:${document.body.dataset.user}`);

  // This tab speaks now.
  hush() {
    this.#channel.postMessage("hush");
  }

  // `silence()` is called when another one does.
  onHush(silence) {
    this.#channel.addEventListener("message", silence);
  }
}
