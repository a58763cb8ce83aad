// Follows the jobs that a page shows (templates/jobs/_progress.html): how far they are, until they have ended.

import { all, one, parse } from "../core/dom.js";
import { fetchText, post } from "../core/requests.js";

// Milliseconds between two looks; a page that nobody sees looks when it is seen again
const PACE = 1000;
const LONGEST = 15000;
const OPEN = ["waiting", "running"];

// Follows each job below `root` that is open, for as long as it is on the page.
export function follow(root = document) {
  all("[data-job]", root).forEach((job) => OPEN.includes(job.dataset.status) && watch(job));
}

async function watch(job) {
  let pause = PACE;
  one("form", job)?.addEventListener("submit", (event) => cancel(event, job));
  while (job.isConnected && OPEN.includes(job.dataset.status)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden || !job.isConnected) continue;
    try {
      show(job, JSON.parse(await fetchText(job.dataset.job)));
      pause = PACE;
    } catch {
      pause = Math.min(2 * pause, LONGEST); // the server is being restarted: the job goes on
    }
  }
}

async function cancel(event, job) {
  event.preventDefault();
  try {
    show(job, await (await post(event.target.action)).json());
  } catch {
    event.target.submit(); // the browser says what is wrong
  }
}

// Only what differs: who has the focus on a button, or reads, keeps it.
function show(job, { status, html }) {
  const fresh = one("[data-job]", parse(html));
  const wasOpen = OPEN.includes(job.dataset.status);
  job.dataset.status = status;
  if (!OPEN.includes(status)) {
    const hadFocus = job.contains(document.activeElement);
    job.replaceChildren(...fresh.childNodes);
    if (wasOpen) ended(job, status, hadFocus);
    return;
  }
  const [line, freshLine] = [job, fresh].map((each) => one(".job-line", each));
  const [said, freshSaid] = [line, freshLine].map((each) => one("[role=status]", each));
  if (said.textContent !== freshSaid.textContent) said.textContent = freshSaid.textContent;
  one(".job-count", line)?.remove();
  line.append(...all(".job-count", freshLine));
  const [bar, freshBar] = [job, fresh].map((each) => one("progress", each));
  for (const name of ["max", "value"]) {
    if (freshBar.hasAttribute(name)) bar.setAttribute(name, freshBar.getAttribute(name));
  }
}

function ended(job, status, hadFocus) {
  job.dispatchEvent(new CustomEvent("job:ended", { bubbles: true, detail: { status } }));
  if (job.closest("[data-reload]")) return location.reload();
  if (!hadFocus) return;
  job.tabIndex = -1;
  job.focus();
}

follow();
