// Words that come into the message box at its caret, more and more of them, each time all that are known.

// What is written without spaces between words, and what wants none before or after it
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const OPENS = /[\p{Ps}\p{Pi}\s]$/u;
const WORD = /^[\p{L}\p{N}]/u;

export class Insertion {
  #area;
  #from;
  #length;
  #wasReadOnly;

  // What is selected is replaced. Until `close` nothing else is written there.
  constructor(area) {
    this.#area = area;
    this.#from = area.selectionStart;
    this.#length = area.selectionEnd - area.selectionStart;
    this.#wasReadOnly = area.readOnly;
  }

  write(text) {
    this.#area.readOnly = true;
    const before = this.#area.value.slice(0, this.#from);
    const after = this.#area.value.slice(this.#from + this.#length);
    const fitted = text && `${gap(before, text)}${text}${gap(text, after)}`;
    this.#area.setRangeText(fitted, this.#from, this.#from + this.#length, "end");
    this.#length = fitted.length;
    this.#area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  close() {
    this.#area.readOnly = this.#wasReadOnly;
  }
}

// The space between two texts, where their writing has one.
function gap(left, right) {
  if (!left || OPENS.test(left) || !WORD.test(right)) return "";
  return UNSPACED.test(left.at(-1)) || UNSPACED.test(right[0]) ? "" : " ";
}
