// Where the link of the activation mail leads: activates on a click, not on being opened by a mail scanner.

import { get } from "./api.js";
import { showTexts, text } from "./text.js";

showTexts();
const button = document.querySelector("#activate");
button.onclick = async () => {
  button.disabled = true;
  const reply = await get(`/v1/users/activation${location.search}`).catch(() => null);
  document.querySelector("#outcome").textContent = reply?.code === 200 ? text("activated") : (reply?.error ?? text("failed"));
  button.disabled = reply?.code === 200;
};
