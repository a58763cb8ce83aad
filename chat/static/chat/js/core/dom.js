// The page's hands: finding, cloning and parsing elements, ids, and requests to the server.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const word = (name) => document.body.dataset[`word${name}`] ?? "";

// The messages of a conversation, oldest first, also those put away (thread/far.js). It is not looked into
// them: in a long conversation that is a lot.
export function messagesIn(column) {
  const children = [...column.children].flatMap((child) => (child.matches(".later") ? [...child.children] : child));
  return children.filter((child) => child.classList.contains("message"));
}

// Milliseconds; no request leaves a person waiting for ever
const PATIENCE = 10000;
const NIL = "00000000-0000-0000-0000-000000000000";
export const address = (name, id) => document.body.dataset[`${name}Url`].replace(NIL, id);

export function clone(id) {
  return document.importNode(document.getElementById(id).content, true).firstElementChild;
}

// The one place where HTML becomes elements; it comes from our own server, which sanitises it.
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true);
}

// crypto.randomUUID is missing on plain http outside of this machine, so that is made by hand
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function logIn() {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`${document.body.dataset.loginUrl}?next=${next}`);
}

// Text of a page's part, or a message's. Throws an Error whose message is the sentence for the person. If there
// was an answer of the server's, it has its status, and for a form the sentences for its wrong `fields`, by name.
export async function fetchText(url) {
  return (await request(url, { headers: { "X-Fragment": "1" } })).text();
}

// A whole page, parsed but not shown.
export async function fetchPage(url) {
  const response = await request(url, {});
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The answer. Throws what `fetchText` throws.
export function post(url, fields = {}) {
  const token = one("input[name=csrfmiddlewaretoken]").value;
  const headers = { "X-Fragment": "1", "X-CSRFToken": token };
  return request(url, { method: "POST", headers, body: new URLSearchParams(fields) });
}

async function request(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Error(word("Failed"));
  }
  if (response.redirected && new URL(response.url).pathname === document.body.dataset.loginUrl) {
    logIn();
    throw new Error(word("Failed"));
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  const { text, fields = {} } = await response.json().catch(() => ({}));
  return Object.assign(new Error(text || word("Failed")), { status: response.status, fields });
}

// What this tab remembers, apart for each person who logs in here.
const key = (name) => `${document.body.dataset.user}:${name}`;

export function remember(name, value) {
  try {
    if (value === null || value === "") sessionStorage.removeItem(key(name));
    else sessionStorage.setItem(key(name), value);
  } catch {
    return false;
  }
  return true;
}

export function recall(name) {
  try {
    return sessionStorage.getItem(key(name));
  } catch {
    return null;
  }
}

// What this browser keeps for a person, also after the tab is gone; null removes it.
export function store(name, text) {
  try {
    if (text === null) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), text);
  } catch {
    return false;
  }
  return true;
}

export function stored(name) {
  try {
    return localStorage.getItem(key(name));
  } catch {
    return null;
  }
}

// The names of what is kept that begin with `prefix`.
export function keys(prefix) {
  try {
    const mine = Object.keys(localStorage).filter((name) => name.startsWith(key(prefix)));
    return mine.map((name) => name.slice(key("").length));
  } catch {
    return [];
  }
}

export function forgetAll() {
  keys("").forEach((name) => store(name, null));
  try {
    sessionStorage.clear();
  } catch {
    return;
  }
}
