// The key that prints waits until all that is to be printed is on the page.

export function register({ keys, scroll }) {
  addEventListener("beforeprint", () => scroll.unfold());
  keys.on("Ctrl+p", async (event) => {
    event.preventDefault();
    await scroll.whole();
    print();
  });
}
