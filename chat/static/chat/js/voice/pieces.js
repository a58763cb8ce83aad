// What is dictated, cut where one pauses: each piece is recognised while the next is said, so that words come meanwhile
// and at the end only the last one is left. A piece that fails is joined with what follows and recognised at the end.

import { Clip } from "./clip.js";

// Frames of 20 ms. Of silence that ends a piece, 0.7 s, and of speech that it must have, 4 s: Whisper's `base` hears
// pieces of 3 s and more as well as all at once (3 words of 116 wrong, 4 at once; 8 with pieces of a second), and takes
// 2 s for a piece however short it is. Nor does a service that counts each request as ten seconds then cost much more
const PAUSE = 35;
const ENOUGH = 200;
// What is held back, 0.3 s: of a pause as much goes in front of the next piece, so that no word begins with a jolt
const HELD = 15;
// Less than this is not even a short word but the click of a key; services make words of silence
const WORD = 4;

export class Pieces {
  #socket;
  #language;
  #told;
  #held = [];
  // The piece that is being said, and the one before it until its words are here: one is recognised at a time
  #piece;
  #before = null;
  #isFirst = true;
  #isOver = false;
  // Nothing is cut any more, since a piece has failed
  #isWhole = false;
  // What was refused of the piece that is being said
  #problem = null;
  // Loud frames of it, and silent ones at its end
  #loud = 0;
  #silent = 0;

  // As of a Clip; besides `told.settled(text)` is called with the words of each piece but the last.
  constructor(socket, language, told) {
    this.#socket = socket;
    this.#language = language;
    this.#told = told;
    this.#piece = this.#clip();
  }

  // `isLoud` is whether somebody may speak.
  add(frame, isLoud) {
    this.#loud += Number(isLoud);
    this.#silent = isLoud ? 0 : this.#silent + 1;
    this.#held.push(frame);
    if (this.#held.length > HELD) this.#piece.add(this.#held.shift());
    if (this.#silent >= PAUSE && this.#loud >= ENOUGH && !this.#before && !this.#isWhole) this.#cut();
  }

  finish() {
    this.#held.forEach((frame) => this.#piece.add(frame));
    this.#held = [];
    this.#isOver = true;
    if (!this.#before) this.#end();
  }

  discard() {
    this.#before?.discard();
    this.#piece.discard();
  }

  // What failed is recognised once more.
  again() {
    this.#isFirst = true;
    this.finish();
    this.#piece.again();
  }

  #clip() {
    const clip = new Clip(this.#socket, this.#language, {
      words: (text, final) => this.#words(clip, text, final),
      failed: (event) => this.#failed(clip, event),
      away: (isAway) => this.#told.away(isAway),
    });
    return clip;
  }

  #cut() {
    this.#before = this.#piece;
    this.#before.finish();
    this.#isFirst = false;
    this.#loud = 0;
    this.#piece = this.#clip();
  }

  #end() {
    if (this.#isFirst || this.#loud >= WORD) {
      this.#piece.finish();
      return;
    }
    this.#piece.discard();
    this.#told.words("", true);
  }

  #words(clip, text, final) {
    if (!final || clip !== this.#before) {
      this.#told.words(text, final);
      return;
    }
    this.#before = null;
    this.#told.settled(text);
    if (this.#problem) this.#told.failed(this.#problem);
    else if (this.#isOver) this.#end();
  }

  #failed(clip, event) {
    if (clip === this.#before) this.#join();
    else if (this.#before) this.#problem = event;
    else this.#told.failed(event);
  }

  #join() {
    const [before, piece] = [this.#before, this.#piece];
    piece.discard();
    this.#before = this.#problem = null;
    this.#isFirst = this.#isWhole = true;
    this.#piece = this.#clip();
    [...before.frames, ...piece.frames].forEach((frame) => this.#piece.add(frame));
    if (this.#isOver) this.#piece.finish();
  }
}
