// Every page that has the list of conversations at its side: makes what such a page has, and lets everything else register
// for what it wants to hear of. A part takes what it needs from `page` by name. The chat page has its parts from chat.js;
// others (templates/pages/beside.html) have the list, its menus and the search alone.

import * as chat from "./chat.js";
import { one } from "./core/dom.js";
import { Elsewhere } from "./core/elsewhere.js";
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
import * as voice from "./voice/buttons.js";

const page = { events: new Events(), clicks: clicksIn(document), keys: keysIn(document), column: one("#messages") };

page.shortcuts = new Shortcuts();
page.socket = new Socket(page);
if (page.column) chat.make(page);
else page.thread = new Elsewhere(page);

const others = [
  widgets, shortcutSheet, searching, sidebar, projects, progress, notifying, voice, worker, shareButton, exporting,
];
others.forEach(({ register }) => register(page));

if (page.column) chat.begin(page);
else page.socket.connect();
