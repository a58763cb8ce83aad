// A moment in few words, in the language of the page and with the hours as the site's pages have them (gptsite/formats/).

// Languages that write no two digits from 00 to 23. Hindi and Traditional Chinese would be two more, but Django has no
// words for the halves of their day.
const OWN_HOURS = ["ar", "en", "ja", "ko"];
const DAY = { month: "short", day: "numeric" };

// To make one takes 0.4 ms, of the 120 in which a conversation comes with sixty times
const made = new Map();

// The time of today, with the day of any other, with the year of any other.
export function moment(lang, then, now) {
  const isThisYear = then.getFullYear() === now.getFullYear();
  const isToday = then.toDateString() === now.toDateString();
  return format(lang, isToday ? {} : { ...DAY, ...(isThisYear ? {} : { year: "numeric" }) }).format(then);
}

function format(lang, day) {
  const key = [lang, ...Object.keys(day)].join();
  if (!made.has(key)) {
    const hour = OWN_HOURS.includes(lang) ? { hour: "numeric" } : { hour: "2-digit", hourCycle: "h23" };
    made.set(key, new Intl.DateTimeFormat(lang, { ...day, ...hour, minute: "2-digit" }));
  }
  return made.get(key);
}
