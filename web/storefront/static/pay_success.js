// Where Alipay's cashier sends the buyer back: asks the shop whether the money arrived, never trusts the address bar.

import { get } from "./api.js";
import { showTexts, text } from "./text.js";

showTexts();
const reply = await get(`/v1/orders/result/${location.search}`, { authorization: localStorage.getItem("dashop_token") ?? "null" }).catch(() => null);
const outcome = { 200: "paid", 403: "unknown" }[reply?.code] ?? "unpaid";
document.querySelector("#result").textContent = text(outcome);
document.querySelector("#result-detail").textContent = text(`${outcome}Detail`, { order: reply?.data?.order_id, amount: reply?.data?.total_amount });
