// The page that is made to be printed: its button.

const form = document.querySelector(".print-bar");
const button = form.querySelector("button");
button.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  print();
});
