// The pages of an import: a file is sent with its progress shown, and the page follows how far its import is.

import { morphChildren } from "../core/morph.js";
import { fetchPage } from "../core/requests.js";

// Milliseconds between two looks at how far it is, and after one that failed
const LOOK = 1000;
const LOOK_AGAIN = 4000;

const form = document.querySelector(".import-form");
if (form) form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(form);
});
if (document.querySelector("[data-refresh]")) setTimeout(follow, LOOK);

function send(form) {
  const file = form.elements.file.files[0];
  if (!file) return;
  if (file.size > Number(form.dataset.most)) {
    refuse(form, form.dataset.wordLarge);
    return;
  }
  const bar = form.querySelector("progress");
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = (100 * loaded) / total; });
  request.addEventListener("loadend", () => answered(form, request));
  request.open("POST", form.action);
  request.setRequestHeader("X-Fragment", "1");
  bar.hidden = false;
  form.querySelector("#import-error").hidden = true;
  form.querySelector("button").disabled = true;
  request.send(new FormData(form));
}

function answered(form, request) {
  const { address, text } = read(request.responseText);
  if (address) location.assign(address);
  else refuse(form, text ?? form.dataset.wordFailed);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function refuse(form, words) {
  const error = form.querySelector("#import-error");
  error.textContent = words;
  error.hidden = false;
  form.querySelector("progress").hidden = true;
  form.querySelector("button").disabled = false;
  form.elements.file.focus();
}

async function follow() {
  let wait = LOOK_AGAIN;
  try {
    const fresh = (await fetchPage(location.href)).querySelector(".import");
    const shown = document.querySelector(".import");
    morphChildren(shown, [...fresh.childNodes]);
    shown.dataset.status = fresh.dataset.status;
    if (!fresh.hasAttribute("data-refresh")) return;
    wait = LOOK;
  } catch {
    // Without a connection it goes on all the same
  }
  setTimeout(follow, wait);
}
