// What the browser keeps of the page: for a tab, or for a person.

// What this tab remembers, apart for each person who logs in here.
const key = (name) => `${document.body.dataset.user}:${name}`;

// What a page would still note as it is left after a log-out, such as its place, is not kept either
let isForgotten = false;

export function remember(name, value) {
  if (isForgotten) return false;
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
  if (isForgotten && text !== null) return false;
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

// Whose page was last open in this browser, for the page that is shown offline, which knows nobody. What this tab
// remembers goes too when they log out in another one.
export function notePerson() {
  addEventListener("storage", ({ key: name, newValue }) => {
    if (name === "person" && newValue === null) forgetAll();
  });
  try {
    localStorage.setItem("person", document.body.dataset.user);
  } catch {
    return;
  }
}

export function lastPerson() {
  try {
    return localStorage.getItem("person") ?? "";
  } catch {
    return "";
  }
}

export function forgetAll() {
  isForgotten = true;
  keys("").forEach((name) => store(name, null));
  try {
    localStorage.removeItem("person");
    sessionStorage.clear();
  } catch {
    return;
  }
}
