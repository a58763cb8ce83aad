// The pages of the list: rows are chosen and arranged as in the side bar, and what changes there, by whomever, changes
// here. Without this they are a plain form.

import { all, one, takeLostFocus, word } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { UNDO_FOR, toast } from "../core/toast.js";
import { Choice } from "./choice.js";

// Milliseconds; what is done to many comes as many changes
const TOGETHER = 250;

const listed = one("#listed");
const sideBar = one("#conversations");
let choice = null;
let before = titlesIn(sideBar);
let soon = 0;

equip();
new MutationObserver(() => {
  const now = titlesIn(sideBar);
  if (now === before) return;
  before = now;
  clearTimeout(soon);
  soon = setTimeout(renew, TOGETHER);
}).observe(sideBar, { childList: true, characterData: true, subtree: true });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || one("dialog[open]") || one(".menu[open]")) return;
  if (sideBar.contains(document.activeElement) || !one(".list-form")) return;
  all(".choice:checked, .choice-all", listed).forEach((box) => (box.checked = false));
  choice.count();
});

// The side bar hears of it from the server.
listed.addEventListener("submit", (event) => {
  const { submitter, target } = event;
  if (submitter.dataset.leads !== undefined) return;
  event.preventDefault();
  arrange(submitter, new FormData(target, submitter), submitter.matches(":focus-visible"));
});

async function arrange(button, form, byKeyboard) {
  const ids = [...choice.ids];
  const pairs = [...form].filter(([name]) => name !== "csrfmiddlewaretoken");
  try {
    const { undo, places, text } = await (await post(button.formAction, pairs)).json();
    await renew([]);
    if (!text || !Object.keys(places).length) return;
    const back = toast(text, { label: word("Undo"), run: () => bringBack(undo, ids), time: UNDO_FOR });
    takeLostFocus(byKeyboard ? back : (one(".choice", listed) ?? one("a", listed.parentElement)));
  } catch (problem) {
    toast(problem.message);
  }
}

async function bringBack({ address, fields }, ids) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  try {
    await post(address, [...pairs, ...ids.map((id) => ["conversation", id])]);
    await renew();
  } catch (problem) {
    toast(problem.message);
  }
}

function equip() {
  const form = one(".list-form");
  choice = form && new Choice(form, form);
  choice?.count();
}

// In whatever order: a row that moves up there is where it was here until the page is opened again.
function titlesIn(list) {
  const rows = all(".item", list).map((item) => `${item.dataset.conversation} ${one(".item-link", item).textContent}`);
  return [...new Set(rows)].sort().join("\n");
}

// What is chosen stays so, and what has the focus keeps it. A failure leaves the page as it is.
async function renew(ids = choice?.ids) {
  const fresh = await fetchPage(location.href).then((page) => one("#listed", page), () => null);
  if (!fresh) return;
  const chosen = new Set(ids);
  const focused = listed.contains(document.activeElement) ? document.activeElement.closest("[value], [href]") : null;
  choice?.end();
  listed.replaceChildren(...document.importNode(fresh, true).childNodes);
  all(".choice", listed).forEach((box) => (box.checked = chosen.has(box.value)));
  equip();
  if (focused) all("[value], [href]", listed).find((each) => isSame(each, focused))?.focus({ preventScroll: true });
}

function isSame(one, other) {
  return one.localName === other.localName && one.value === other.value && one.href === other.href;
}
