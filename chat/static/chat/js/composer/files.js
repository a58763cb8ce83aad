// Files that are pasted into the page or dropped on it. The text of one that is text goes to where one writes; of others is
// said that they cannot be attached.

import { one } from "../core/dom.js";
import { toast } from "../core/toast.js";

// Bytes of UTF-8 that a character may take
const WIDEST = 4;

export function register() {
  const files = new Files();
  document.addEventListener("paste", (event) => files.pasted(event));
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => files.dragged(event));
}

class Files {
  #area = one("#text");
  #said = one("#composer").dataset;

  // Office programs put a picture of what was copied beside its text, and a Mac the names of files beside them
  pasted(event) {
    const { clipboardData, target } = event;
    const files = [...clipboardData.files];
    const isText = clipboardData.types.includes("text/plain") && !isNames(clipboardData.getData("text/plain"), files);
    if (!files.length || isText || !this.#isForBox(target)) return;
    event.preventDefault();
    this.#take(files);
  }

  // Anywhere on the page: else the browser would leave it for the file. In Firefox it may be a text that it is over
  dragged(event) {
    const { types, files } = event.dataTransfer;
    const over = event.target.closest ? event.target : event.target.parentElement;
    if (!types.includes("Files") || over?.closest("dialog")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = this.#area.disabled ? "none" : "copy";
    if (event.type === "drop" && !this.#area.disabled) this.#take([...files]);
  }

  #isForBox(target) {
    return !this.#area.disabled && (target === this.#area || !target.matches("input, textarea"));
  }

  async #take(files) {
    const taken = await Promise.all(files.map((file) => this.#read(file)));
    const texts = taken.flatMap(({ text }) => (text ? [text] : []));
    if (texts.length) this.#insert(texts.join("\n\n"));
    const refused = taken.find(({ sentence }) => sentence);
    if (refused) toast(refused.sentence);
  }

  // Its text, or the sentence for why there is none.
  async #read(file) {
    const limit = Number(this.#said.limit);
    if (file.type.startsWith("image/")) return { sentence: this.#said.noPictures };
    const tooLong = { sentence: this.#said.fileTooLong.replace("{name}", () => file.name) };
    try {
      if (file.size > limit * WIDEST) return (await isText(file.slice(0, limit))) ? tooLong : this.#noFile;
      const text = decoded(await file.arrayBuffer());
      return [...text].length > limit ? tooLong : { text };
    } catch {
      return this.#noFile; // no text, or a folder
    }
  }

  get #noFile() {
    return { sentence: this.#said.noFiles };
  }

  // As if it were typed, so that it can be undone; there is no other way to that
  #insert(text) {
    this.#area.focus();
    if (document.execCommand("insertText", false, text)) return;
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Throws a TypeError for bytes that are no text.
function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
  const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  if (text.includes("\0")) throw new TypeError("no text");
  return text;
}

// By its beginning, which may end within a character
async function isText(part) {
  const start = new TextDecoder("utf-8", { fatal: true }).decode(await part.arrayBuffer(), { stream: true });
  return !start.includes("\0");
}

const isNames = (text, files) => text.split(/[\r\n]+/).filter(Boolean).join() === files.map(({ name }) => name).join();
