// Words that come into the message box at its caret, piece by piece, and of each piece more and more, each time all
// that are known of it. What somebody writes elsewhere in the box meanwhile stays, and all words are one step to undo.

// What is written without spaces between words, with its marks; what wants no space after it; what may want one before
const UNSPACED = "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\u3000-\\u303f\\uff00-\\uff60]";
const ENDS_UNSPACED = new RegExp(`${UNSPACED}$`, "u");
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, "u");
const OPENS = /[\p{Ps}\p{Pi}\s]$/u;
const WORD = /^[\p{L}\p{N}\p{Ps}\p{Pi}\p{Sc}¿¡"#]/u;
const GOES_ON = /^\p{Ll}/u;

export class Insertion {
  #area;
  // What was selected, and the text of the box as it was left
  #replaced;
  #value;
  // Where all words are, and where those that the next ones replace: [from, to]
  #all;
  #now;
  // The full stop of the piece before, which goes if its sentence goes on; null until there are words of this piece
  #stop = null;
  #hasWords = false;
  #follow = () => this.#see();

  // What is selected is replaced.
  constructor(area) {
    const { selectionStart, selectionEnd, value } = area;
    this.#area = area;
    this.#value = value;
    this.#replaced = value.slice(selectionStart, selectionEnd);
    this.#now = this.#all = [selectionStart, selectionEnd];
    area.addEventListener("input", this.#follow);
  }

  // Whether there are words that stay.
  get hasWords() {
    return this.#hasWords;
  }

  // The words of this piece so far.
  write(text) {
    this.#see();
    const [from, to] = this.#now;
    const after = this.#value.slice(to);
    this.#stop ??= this.#hasWords ? this.#value.slice(from, to).trimEnd() : "";
    const stop = GOES_ON.test(text) ? "" : this.#stop;
    const before = this.#value.slice(0, from) + stop;
    this.#put(stop + (text ? gap(before, text) + text + gap(text, after) : gap(this.#hasWords && before, after)));
    this.#tell();
  }

  // All words of this piece: they stay, and those of the next follow. Models put a full stop after whatever they hear,
  // also where somebody only thinks in the middle of a sentence.
  settle(text) {
    if (text || this.#stop !== null) this.write(text);
    if (!text) return;
    const [from, to] = this.#now;
    const end = from + this.#value.slice(from, to).trimEnd().length;
    this.#now = [this.#value[end - 1] === "." ? end - 1 : end, to];
    this.#stop = null;
    this.#hasWords = true;
  }

  // Nothing comes any more.
  close() {
    this.#area.removeEventListener("input", this.#follow);
    this.#see();
    if (this.#hasWords && matchMedia("(pointer: fine)").matches) this.#retype();
  }

  // The box is as it was before the first word.
  discard() {
    this.#area.removeEventListener("input", this.#follow);
    this.#see();
    if (!this.#hasWords && this.#stop === null) return;
    this.#now = this.#all;
    this.#put(this.#replaced);
    this.#tell();
  }

  #tell() {
    this.#area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  // The caret stays with the text around it; where it was in what is replaced, it comes behind that.
  #put(text) {
    const [from, to] = this.#now;
    const { selectionStart, selectionEnd, selectionDirection } = this.#area;
    const isReplaced = selectionStart === from && selectionEnd === to;
    const moved = (place) => (place >= to ? place + text.length - to + from : Math.min(place, from));
    this.#area.setRangeText(text, from, to, "end");
    const [start, end] = isReplaced ? [from + text.length] : [moved(selectionStart), moved(selectionEnd)];
    this.#area.setSelectionRange(start, end ?? start, selectionDirection);
    this.#all = [Math.min(this.#all[0], from), Math.max(moved(this.#all[1]), from + text.length)];
    this.#now = [from, from + text.length];
    this.#value = this.#area.value;
  }

  // What scripts write no browser undoes: typed at once it is one step. On a phone this would open the keyboard.
  #retype() {
    const [from, to] = this.#all;
    const area = this.#area;
    const { activeElement: held } = document;
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = area;
    const text = this.#value.slice(from, to);
    area.setRangeText(this.#replaced, from, to);
    area.focus({ preventScroll: true });
    area.setSelectionRange(from, from + this.#replaced.length);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, from + this.#replaced.length);
    }
    area.setSelectionRange(selectionStart, selectionEnd, selectionDirection);
    area.scrollTop = scrollTop;
    if (held !== area) held.focus({ preventScroll: true });
  }

  // What somebody else has changed since.
  #see() {
    const { value, selectionEnd } = this.#area;
    if (value === this.#value) return;
    const edit = difference(this.#value, value, selectionEnd);
    if (edit.end > this.#now[0] && edit.start < this.#now[1]) this.#stop &&= "";
    this.#all = moved(this.#all, edit);
    this.#now = moved(this.#now, edit);
    this.#value = value;
  }
}

// Where two texts differ: from `start` on, up to `end` in the old and to `now` in the new one. Of a letter beside the
// same letter the caret tells which one is new.
function difference(old, text, caret) {
  const most = Math.min(old.length, text.length);
  let start = 0;
  while (start < most && old[start] === text[start]) start += 1;
  let same = 0;
  while (same < most && old.at(-1 - same) === text.at(-1 - same)) same += 1;
  const kept = Math.min(most, start + same);
  const least = kept - start;
  const tail = Math.min(Math.max(text.length - caret, least), same, kept);
  return { start: kept - tail, end: old.length - tail, now: text.length - tail };
}

// Where a part of a text is after an edit. What is written at its edges is no part of it.
function moved([from, to], { start, end, now }) {
  const more = now - end;
  if (end <= from) return [from + more, to + more];
  if (start >= to) return [from, to];
  const first = start < from ? now : from;
  return [first, Math.max(first, end > to ? start : to + more)];
}

// The space between two texts, where their writing has one.
function gap(left, right) {
  if (!left || OPENS.test(left) || !WORD.test(right)) return "";
  return ENDS_UNSPACED.test(left) || BEGINS_UNSPACED.test(right) ? "" : " ";
}
