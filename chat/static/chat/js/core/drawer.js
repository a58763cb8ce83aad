// On a phone the sidebar is a drawer: opened and closed by buttons and by a finger that draws it, closed by Back, by
// Escape and by a press beside it.

import { closeByBack } from "./dialog.js";
import { one } from "./dom.js";

// Pixels from the edge between which a finger draws the drawer in: before them it is the system's, which goes back
const EDGE = [24, 96];
// Pixels until a finger has a direction
const SLOP = 8;
// Pixels a millisecond of a finger that need not draw it half of the way
const QUICK = 0.4;
// Milliseconds after which a finger that does not move has no speed any more
const RESTING = 100;

const root = document.documentElement;

// What lies behind the drawer cannot be reached meanwhile. Gives what opens and closes it.
export function setUpDrawer(keys, phone) {
  const opener = one("#drawer-open");
  const toasts = one("#toasts");
  const home = toasts.parentElement;
  const turnTo = (open) => {
    if (root.classList.contains("drawer") === open) return;
    root.classList.toggle("drawer", open);
    one("#main").inert = open;
    // What is told meanwhile, such as Undo, must be in reach
    (open ? document.body : home).append(toasts);
    opener.setAttribute("aria-expanded", String(open));
    (open ? one("#drawer-close") : opener).focus();
    heard(open);
  };
  const close = () => turnTo(false);
  const heard = closeByBack("drawer", close);
  one("#veil").addEventListener("click", close);
  keys.on("Escape", (event) => {
    // It is a dialog's while one lies over it
    if (event.defaultPrevented || one("dialog[open]") || !root.classList.contains("drawer")) return;
    event.preventDefault();
    close();
  });
  new Swipe(turnTo, phone).listen();
  return turnTo;
}

// One finger that draws the drawer along. The style sheet leaves it what goes sideways (touch-action); what goes up and
// down the browser takes, and says so by pointercancel.
class Swipe {
  #turnTo;
  #phone;
  #sidebar = one("#sidebar");
  #veil = one("#veil");
  #finger = null;

  constructor(turnTo, phone) {
    this.#turnTo = turnTo;
    this.#phone = phone;
  }

  listen() {
    document.addEventListener("pointerdown", (event) => this.#begin(event));
    document.addEventListener("pointermove", (event) => event.pointerId === this.#finger?.id && this.#move(event));
    document.addEventListener("pointerup", (event) => event.pointerId === this.#finger?.id && this.#end(event));
    document.addEventListener("pointercancel", () => this.#finger && this.#letGo());
  }

  // Away from the edge where the drawer is; text that is written from the right has it there
  #inward(x) {
    return getComputedStyle(root).direction === "rtl" ? innerWidth - x : x;
  }

  #begin(event) {
    if (this.#finger) this.#letGo();
    if (event.pointerType !== "touch" || !event.isPrimary || !this.#phone.matches) return;
    const isOpen = root.classList.contains("drawer");
    const x = this.#inward(event.clientX);
    const isOwn = isOpen || (x >= EDGE[0] && x <= EDGE[1] && !one("dialog[open]") && !scrollsSideways(event.target));
    if (isOwn) this.#finger = { id: event.pointerId, isOpen, x, y: event.clientY, at: x, when: event.timeStamp, speed: 0 };
  }

  #move({ clientX, clientY, timeStamp }) {
    const finger = this.#finger;
    const x = this.#inward(clientX);
    if (!finger.width) {
      const [along, across] = [x - finger.x, Math.abs(clientY - finger.y)];
      if (Math.max(Math.abs(along), across) < SLOP) return;
      if (Math.abs(along) <= across || along > 0 === finger.isOpen) {
        this.#finger = null;
        return;
      }
      finger.width = this.#sidebar.offsetWidth;
      root.classList.add("drawing");
    }
    finger.speed = (x - finger.at) / Math.max(1, timeStamp - finger.when);
    [finger.at, finger.when] = [x, timeStamp];
    this.#show(this.#share);
  }

  // How much of the drawer is in view, from 0 to 1.
  get #share() {
    const { at, x, isOpen, width } = this.#finger;
    return Math.min(1, Math.max(0, (isOpen ? 1 : 0) + (at - x) / width));
  }

  #show(share) {
    const sign = getComputedStyle(root).direction === "rtl" ? 1 : -1;
    this.#sidebar.style.transform = `translateX(${sign * (1 - share) * 100}%)`;
    this.#veil.style.opacity = String(share);
  }

  #end({ timeStamp }) {
    const { width, speed, when } = this.#finger;
    const open = timeStamp - when < RESTING && Math.abs(speed) > QUICK ? speed > 0 : width && this.#share > 0.5;
    this.#letGo();
    if (width) this.#turnTo(open);
  }

  // From where the finger leaves it the style sheet takes it on
  #letGo() {
    this.#finger = null;
    root.classList.remove("drawing");
    this.#sidebar.style.transform = this.#veil.style.opacity = "";
  }
}

function scrollsSideways(target) {
  for (let each = target; each && each !== document.body; each = each.parentElement) {
    const { overflowX } = getComputedStyle(each);
    if (each.scrollWidth > each.clientWidth + 1 && ["auto", "scroll"].includes(overflowX)) return true;
  }
  return false;
}
