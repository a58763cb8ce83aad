// The chat page: its parts, each made from those above it, and what registers for what it wants to hear of.

import { Choosing } from "./composer/choosing.js";
import { Composer } from "./composer/composer.js";
import { Keeper } from "./composer/conversation.js";
import * as files from "./composer/files.js";
import { ModelPicker } from "./composer/model_picker.js";
import { Outbox } from "./composer/outbox.js";
import * as sending from "./composer/sending.js";
import * as shared from "./composer/shared.js";
import { StatusLine } from "./composer/status.js";
import * as announcing from "./thread/announcing.js";
import * as codeBlocks from "./thread/code_blocks.js";
import * as copying from "./thread/copying.js";
import { Editors } from "./thread/editors.js";
import * as feedback from "./thread/feedback.js";
import * as folding from "./thread/folding.js";
import * as markers from "./thread/markers.js";
import { inView } from "./thread/landing.js";
import { Opening } from "./thread/opening.js";
import { PendingMessages } from "./thread/pending.js";
import * as pictures from "./thread/pictures.js";
import * as pins from "./thread/pins.js";
import * as printing from "./thread/printing.js";
import * as quoting from "./thread/quoting.js";
import { Refresher } from "./thread/refresher.js";
import { Scroll } from "./thread/scroll.js";
import * as settings from "./thread/settings.js";
import * as switching from "./thread/switching.js";
import * as tables from "./thread/tables.js";
import * as times from "./thread/times.js";
import { Thread } from "./thread/thread.js";
import { Updates } from "./thread/updates.js";
import { VersionSwitcher } from "./thread/versions.js";

const others = [
  sending, files, markers, pins, folding, copying, codeBlocks, announcing, pictures, tables, feedback, quoting, times,
  settings, printing, switching, shared,
];

export function make(page) {
  page.scroll = new Scroll(page);
  page.thread = new Thread(page);
  page.refresher = new Refresher(page);
  page.outbox = new Outbox(page);
  page.status = new StatusLine(page);
  page.keeper = new Keeper(page);
  page.models = new ModelPicker(page);
  page.choosing = new Choosing(page);
  page.composer = new Composer(page);
  page.updates = new Updates(page);
  page.editors = new Editors(page);
  page.pending = new PendingMessages(page);
  page.versions = new VersionSwitcher(page);
  page.opening = new Opening(page);
  others.forEach(({ register }) => register(page));
}

// When all have registered.
export function begin({ outbox, thread, socket }) {
  outbox.start();
  thread.changed();
  inView().then(() => socket.connect());
}
