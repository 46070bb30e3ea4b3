// Where Alipay's cashier sends the buyer back: asks the shop whether the money arrived, never trusts the address bar.

import { get } from "./api.js";
import { showTexts, text } from "./text.js";

showTexts();
const reply = await get(`/v1/orders/result/${location.search}`, { authorization: localStorage.getItem("dashop_token") ?? "null" }).catch(() => null);
const isPaid = reply?.code === 200;
document.querySelector("#result").textContent = text(isPaid ? "paid" : "unpaid");
document.querySelector("#result-detail").textContent = isPaid
  ? text("paidDetail", { order: reply.data.order_id, amount: reply.data.total_amount })
  : text(reply?.code === 403 ? "login" : "unpaidDetail");
