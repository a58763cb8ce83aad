// What surrounds the conversation: menus, the drawer, the theme switch, links that look like buttons.

import { closeByBack } from "./dialog.js";
import { all, one } from "./dom.js";
import { post } from "./requests.js";
import { toast } from "./toast.js";

const root = document.documentElement;

export function register({ events, keys, shortcuts }) {
  setUpMenus(keys);
  setUpSidebar(events, keys, shortcuts);
  setUpTheme(one("#theme"));
  setUpFollowing(one("#follow"));
  setUpDismissing();
  keys.on(" ", pressLink);
}

// Menus are <details>: one open at a time, closed by Escape and by a click elsewhere.
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
  document.addEventListener("toggle", (event) => event.target.matches(".menu[open]") && turn(event.target), true);
}

// Upwards where there is no room below
function turn(menu) {
  menu.classList.remove("up");
  const edge = menu.closest(".conversations")?.getBoundingClientRect().bottom ?? innerHeight;
  menu.classList.toggle("up", one(".menu-panel", menu).getBoundingClientRect().bottom > edge);
}

function setUpTheme(group) {
  const show = () => {
    const now = root.dataset.theme || "system";
    all("button", group).forEach((button) => button.setAttribute("aria-pressed", String(button.value === now)));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    root.dataset.theme = button.value === "system" ? "" : button.value;
    try {
      localStorage.setItem("theme", button.value);
    } finally {
      show();
    }
  });
  show();
}

// Whether the page goes on with a reply while it is written.
function setUpFollowing(form) {
  const page = document.body.dataset;
  const choose = (value) => {
    page.follow = value;
    all("button", form).forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const before = page.follow;
    choose(event.submitter.value);
    try {
      await post(form.action, { on: page.follow });
    } catch (problem) {
      choose(before);
      toast(problem.message);
    }
  });
  choose(page.follow);
}

// Notices that their reader has done with
function setUpDismissing() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches(".dismiss")) return;
    event.preventDefault();
    try {
      await post(form.action, { notice: form.elements.notice.value });
      form.closest(".notice").remove();
      one("#text").focus();
    } catch (problem) {
      toast(problem.message);
    }
  });
}

// The sidebar's buttons: on a phone it is a drawer, beside the conversation it goes away and stays away.
function setUpSidebar(events, keys, shortcuts) {
  const phone = matchMedia("(max-width: 48rem)");
  const drawer = setUpDrawer(keys);
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

// What lies behind the drawer cannot be reached meanwhile. Gives what opens and closes it.
function setUpDrawer(keys) {
  const opener = one("#drawer-open");
  const turnTo = (open) => {
    if (root.classList.contains("drawer") === open) return;
    root.classList.toggle("drawer", open);
    one("#main").inert = open;
    // What is told meanwhile, such as Undo, must be in reach
    (open ? document.body : one(".stage")).append(one("#toasts"));
    opener.setAttribute("aria-expanded", String(open));
    (open ? one("#drawer-close") : opener).focus();
    heard(open);
  };
  const close = () => turnTo(false);
  const heard = closeByBack("drawer", close);
  one("#veil").addEventListener("click", close);
  keys.on("Escape", (event) => {
    if (event.defaultPrevented || !root.classList.contains("drawer")) return;
    event.preventDefault();
    close();
  });
  return turnTo;
}

// Links that are called buttons answer to the space bar as buttons do.
function pressLink(event) {
  if (!event.target.matches("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
}
