// The models in a menu: favourites, those that were chosen last, and all others by provider.

import { one } from "../core/dom.js";
import { post } from "../core/requests.js";
import { toast } from "../core/toast.js";
import { Chooser } from "./chooser.js";

// `forget` is called once the order on the server is another one.
export function makeModels(page, holder, forget) {
  const button = one(".chooser-star", holder);
  const show = (option) => {
    const isOn = option?.dataset.starred !== undefined;
    button.hidden = !option;
    button.setAttribute("aria-pressed", String(isOn));
    const words = isOn ? holder.dataset.unstar : holder.dataset.star;
    button.textContent = words.replace("{model}", () => (option ? nameOf(option) : ""));
  };
  const star = async (option) => {
    const turn = () => {
      option.toggleAttribute("data-starred");
      show(chooser.choices.active);
    };
    turn();
    try {
      const isOn = option.dataset.starred !== undefined;
      await post(document.body.dataset.starUrl, { model: option.dataset.value, on: isOn ? "1" : "" });
      forget();
    } catch (problem) {
      turn();
      toast(problem.message);
    }
  };
  const answer = (value, name) => {
    page.models.choose(value, name).then((isKept) => isKept && forget());
    page.composer.takeFocus();
  };
  const choose = (option, event) => {
    if (event.target.closest(".option-star")) {
      star(option);
      return false;
    }
    (chooser.instead ?? answer)(option.dataset.value, nameOf(option));
    return true;
  };
  const chooser = new Chooser(holder, choose, show);
  button.addEventListener("click", () => star(chooser.choices.active));
  return chooser;
}

const nameOf = (option) => one(".saved-name", option).textContent;
