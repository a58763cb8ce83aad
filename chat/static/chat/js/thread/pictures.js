// Pictures in answers are links. Where the operator allows it, each has a button that shows it in place, fetched by the
// site: its host learns nothing of who reads.

import { address, all, clone, one, word } from "../core/dom.js";
import { fetchBlob } from "../core/requests.js";
import { toast } from "../core/toast.js";

// An address that the sanitiser did not let through leaves a link without one, which the server does not count either
export const PICTURES = "a.image[href]";

export function register({ clicks, scroll }) {
  clicks.on("show-picture", (button, article) => show(button, article, scroll));
}

export function enhancePicture(link) {
  if (!document.body.dataset.pictureUrl || link.nextElementSibling?.matches(".picture-show")) return;
  if (!link.closest(".body")) return;
  const button = clone("t-picture");
  one("span", button).textContent = word("ShowPicture").replace("{host}", () => link.hostname);
  link.after(button);
}

async function show(button, article, scroll) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const link = button.previousElementSibling;
  const number = all(PICTURES, one(".body", article)).indexOf(link);
  try {
    const blob = await fetchBlob(address("picture", article.dataset.message).replace(/0\/$/, `${number}/`));
    const picture = await made(blob, link);
    scroll.around(() => button.replaceWith(picture));
  } catch (problem) {
    toast(problem.message);
  }
  button.removeAttribute("aria-busy");
}

// Decoded before it is placed, so that the page moves once.
async function made(blob, link) {
  const picture = document.createElement("img");
  picture.className = "picture picture-show";
  picture.dataset.added = "";
  picture.alt = link.textContent;
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
  return picture;
}
