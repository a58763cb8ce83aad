// The chat page: makes its parts, each from those above it, and lets everything else register for what it wants to hear
// of. A part takes what it needs from `page` by name.

import { Choosing } from "./composer/choosing.js";
import { Composer } from "./composer/composer.js";
import { Keeper } from "./composer/conversation.js";
import * as files from "./composer/files.js";
import { ModelPicker } from "./composer/model_picker.js";
import { Outbox } from "./composer/outbox.js";
import * as sending from "./composer/sending.js";
import * as shared from "./composer/shared.js";
import { StatusLine } from "./composer/status.js";
import { one } from "./core/dom.js";
import { Events, clicksIn, keysIn } from "./core/events.js";
import * as shortcutSheet from "./core/shortcut_sheet.js";
import { Shortcuts } from "./core/shortcuts.js";
import { Socket } from "./core/socket.js";
import * as widgets from "./core/widgets.js";
import * as notifying from "./notifications/notifying.js";
import * as progress from "./sidebar/progress.js";
import * as worker from "./core/worker.js";
import * as projects from "./projects/projects.js";
import * as searching from "./search/searching.js";
import * as shareButton from "./sharing/share_button.js";
import * as exporting from "./sidebar/exporting.js";
import * as sidebar from "./sidebar/sidebar.js";
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
import * as voice from "./voice/buttons.js";

const page = { events: new Events(), clicks: clicksIn(document), keys: keysIn(document), column: one("#messages") };

page.shortcuts = new Shortcuts();
page.socket = new Socket(page);
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

const others = [
  widgets, shortcutSheet, searching, sidebar, projects, progress, notifying, sending, files, markers, pins, folding,
  copying, codeBlocks, announcing, pictures, tables, feedback, quoting, times, settings, printing, switching,
  voice, shared, worker, shareButton, exporting,
];
others.forEach(({ register }) => register(page));

page.outbox.start();
page.thread.changed();
inView().then(() => page.socket.connect());
