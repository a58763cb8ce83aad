// Requests to the server, and what is said when one fails.

import { one, parse, word } from "./dom.js";

// Milliseconds; no request leaves a person waiting for ever
const PATIENCE = 10000;

// Whoever has logged in is sent on to `next`.
export function logIn(next = location.pathname + location.search) {
  location.assign(`${document.body.dataset.loginUrl}?next=${encodeURIComponent(next)}`);
}

// Text of a page's part, or a message's. Throws an Error whose message is the sentence for the person. If there
// was an answer of the server's, it has its status, and for a form the sentences for its wrong `fields`, by name.
export async function fetchText(url) {
  return (await request(url, { headers: { "X-Fragment": "1" } })).text();
}

// A file, such as a picture, which may be long in coming.
export async function fetchBlob(url) {
  return (await request(url, { headers: { "X-Fragment": "1" }, signal: AbortSignal.timeout(3 * PATIENCE) })).blob();
}

// What belongs to a conversation, or to a new chat, out of the page at that address; null for any other answer. Throws
// what `fetchText` throws.
export async function fetchPart(url) {
  const response = await request(url, { headers: { "X-Fragment": "1" } }, url);
  return one("#part", parse(await response.text()));
}

// A whole page, parsed but not shown.
export async function fetchPage(url) {
  const response = await request(url, {});
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The answer. Throws what `fetchText` throws. With `keepalive` it is sent also where the page is left meanwhile.
export function post(url, fields = {}, { keepalive = false } = {}) {
  const token = one("input[name=csrfmiddlewaretoken]").value;
  const headers = { "X-Fragment": "1", "X-CSRFToken": token };
  return request(url, { method: "POST", headers, body: new URLSearchParams(fields), keepalive });
}

async function request(url, options, next) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Error(word("Failed"));
  }
  if (response.redirected && new URL(response.url).pathname === document.body.dataset.loginUrl) {
    logIn(next);
    throw new Error(word("Failed"));
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  const { text, fields = {} } = await response.json().catch(() => ({}));
  return Object.assign(new Error(text || word("Failed")), { status: response.status, fields });
}
