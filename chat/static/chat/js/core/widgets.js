// What surrounds the conversation: menus, the drawer, the way to the settings, links that look like buttons.

import { closeMenuByBack, onItsWay } from "./dialog.js";
import { all, one, opensElsewhere } from "./dom.js";
import { setUpDrawer } from "./drawer.js";
import { script } from "./later.js";
import { post } from "./requests.js";
import { toast } from "./toast.js";

const root = document.documentElement;

export function register(page) {
  const { events, keys, clicks, shortcuts } = page;
  setUpMenus(keys);
  setUpSidebar(events, keys, shortcuts);
  setUpDismissing();
  clicks.on("preferences", (link, article, event) => openPreferences(page, link, event));
  shortcuts.on("settings", () => one("[data-action=preferences]").click());
  keys.on(" ", pressLink);
}

// Menus are <details>: one open at a time, closed by Escape, by a click elsewhere and on a phone by Back.
function setUpMenus(keys) {
  const open = () => all("details.menu[open]");
  document.addEventListener("click", (event) => {
    open().forEach((menu) => (menu.open = menu.contains(event.target)));
  });
  document.addEventListener("focusin", (event) => {
    open().forEach((menu) => (menu.open = menu.contains(event.target)));
  });
  keys.on("Escape", (event) => {
    const [menu] = open();
    if (!menu) return;
    event.preventDefault();
    menu.open = false;
    one("summary", menu).focus();
  });
  const heard = closeMenuByBack("menu", () => open().forEach((menu) => (menu.open = false)));
  let isOpen = false;
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches(".menu[open]")) turn(target);
    // Where one has opened in place of another there is nothing new to go back from
    if (isOpen !== open().length > 0) heard((isOpen = !isOpen));
  }, true);
}

// Upwards where there is room above, and none below; where there is none at all, as on a phone on its side, its list is
// scrolled
function turn(menu) {
  menu.classList.remove("up");
  const panel = one(".menu-panel", menu);
  const { height, bottom } = panel.getBoundingClientRect();
  const edges = menu.closest(".conversations")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  const isLow = bottom > edges.bottom;
  menu.classList.toggle("up", isLow && menu.getBoundingClientRect().top - height > edges.top);
  if (isLow) panel.scrollIntoView({ block: "nearest" });
}

// The settings, whose script comes when they are first opened. Who wants them in another tab gets their page.
function openPreferences(page, link, event) {
  if (opensElsewhere(event)) return;
  event.preventDefault();
  // The link itself is in a menu, which is closed by then
  const menu = link.closest("details");
  const opener = menu.open ? one("summary", menu) : document.activeElement;
  onItsWay(async () => {
    await (await script(link.dataset.script)).open(page, link.href, opener);
  });
}

// Notices that their reader has done with
function setUpDismissing() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".dismiss")) return;
    event.preventDefault();
    try {
      await post(form.action, { notice: form.elements.notice.value });
      // The next new chat would have it again
      for (const place of [document, one("#t-welcome").content]) one(".notice", place)?.remove();
      one("#text").focus();
    } catch (problem) {
      toast(problem.message);
    }
  });
}

// The sidebar's buttons: on a phone it is a drawer, beside the conversation it goes away and stays away.
function setUpSidebar(events, keys, shortcuts) {
  const phone = matchMedia("(max-width: 48rem)");
  const drawer = setUpDrawer(keys, phone);
  const turnTo = (open) => (phone.matches ? drawer(open) : collapse(!open));
  const isOpen = () => (phone.matches ? root.classList.contains("drawer") : root.dataset.sidebar !== "closed");
  one("#drawer-open").addEventListener("click", () => turnTo(true));
  one("#drawer-close").addEventListener("click", () => turnTo(false));
  shortcuts.on("sidebar", () => turnTo(!isOpen()));
  phone.addEventListener("change", () => drawer(false));
  events.on("page:opened", () => drawer(false));
}

// On this browser, from the first paint on (theme.js).
function collapse(isClosed) {
  const [goes, comes] = isClosed ? ["#sidebar", "#drawer-open"] : ["#drawer-open", "#drawer-close"];
  const hadFocus = one(goes).contains(document.activeElement);
  root.dataset.sidebar = isClosed ? "closed" : "";
  if (hadFocus) one(comes).focus();
  try {
    localStorage.setItem("sidebar", root.dataset.sidebar);
  } catch {
    return;
  }
}

// Links that are called buttons answer to the space bar as buttons do.
function pressLink(event) {
  if (!event.target.matches("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
}
