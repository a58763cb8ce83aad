// The page of a link that was made: its address is copied by a button.

import { copyAddress } from "./address.js";

document.addEventListener("click", copyAddress);
