// A page that stays open over midnight: what was said today was said yesterday then.

// Milliseconds between two looks. The clock of a timer stands still while a laptop sleeps
const A_MINUTE = 60000;

// `act()` is called on a new day, once the page is looked at; where it throws, again a moment later.
export function watchDays({ events }, act) {
  let day = today();
  const look = () => {
    const before = day;
    if (document.hidden || before === today()) return;
    day = today();
    act().catch(() => (day = before));
  };
  events.on("page:open", look);
  document.addEventListener("visibilitychange", look);
  setInterval(look, A_MINUTE);
}

const today = () => new Date().toDateString();
