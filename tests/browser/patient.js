// Somebody who waits for the reply before they speak again, however long it takes: the microphone hears nothing
// meanwhile. speakOver(times): so often they speak while a reply sounds.

const media = navigator.mediaDevices;
const ask = media?.getUserMedia.bind(media);
let tracks = [];
let state = "";
let times = 0;

const apply = () => {
  const isOpen = ["listening", "hearing"].includes(state) || (state === "speaking" && times > 0);
  for (const track of tracks) track.enabled = isOpen;
};
if (media) {
  media.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    tracks = stream.getTracks();
    apply();
    return stream;
  };
}
window.speakOver = (count) => {
  times = count;
  apply();
};
new MutationObserver(() => {
  const before = state;
  state = document.querySelector(".talk")?.dataset.state ?? "";
  if (state === "hearing" && before === "speaking") times -= 1;
  apply();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
