// An order that waits for payment: shows what is due and leads to the cashier (contract O4).

import { get } from "./api.js";
import { showTexts, text } from "./text.js";

showTexts();
const user = localStorage.getItem("dashop_user") ?? "null";
const orderId = new URLSearchParams(location.search).get("order_id") ?? "";
const path = `/v1/orders/${encodeURIComponent(user)}?type=5&order_id=${encodeURIComponent(orderId)}`;
const reply = await get(path, { authorization: localStorage.getItem("dashop_token") ?? "null" }).catch(() => null);
const due = document.querySelector("#order");
if (reply?.code === 200) {
  due.textContent = text("payDetail", { order: reply.data.order_id, amount: reply.data.total_amount });
  const pay = document.querySelector("#pay");
  pay.href = reply.data.pay_url;
  pay.hidden = false;
} else {
  due.textContent = reply?.error ?? text("failed");
}
