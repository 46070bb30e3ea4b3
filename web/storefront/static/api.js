// Calls of the shop's API. Every answer is `{code, …}`; 200 means success (docs: the HTTP contract).

import { apiUrl } from "./config.js";
import { currentLanguage } from "./text.js";

/** The answer of `GET path`, whatever its code. */
export const get = (path, headers = {}) => call(path, { headers });

/** The answer of `POST path` with a JSON body. */
export const post = (path, body) => call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

async function call(path, options) {
  const headers = { "accept-language": currentLanguage(), ...options.headers };
  const response = await fetch(apiUrl + path, { ...options, headers });
  return response.json();
}
