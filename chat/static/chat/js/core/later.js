// Scripts that are loaded when they are first used (LATER in gptsite/storage.py).

import { word } from "./dom.js";

// The script at an address that the page gives. Throws an Error whose message is the sentence for the person.
export function script(address) {
  return import(address).catch(() => {
    throw new Error(word("Failed"));
  });
}

// Gives what brings it and opens it, once, however often it is called; after a failure the next call tries again.
export function later(address, ...given) {
  let coming = null;
  const bring = async () => (await script(address)).open(...given);
  return () => {
    coming ??= bring().catch((problem) => {
      coming = null;
      throw problem;
    });
    return coming;
  };
}
