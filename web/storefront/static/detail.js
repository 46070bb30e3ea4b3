// One SKU in a dialog: picture, price, specifications, and buttons that change to the SKU with another attribute.

import { get, post } from "./api.js";
import { make } from "./dom.js";
import { text } from "./text.js";

const dialog = document.querySelector("#detail");
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

/** Shows a SKU; says so when it cannot be loaded. */
export async function openDetail(skuId) {
  const reply = await get(`/v1/goods/detail/${skuId}`).catch(() => null);
  const content = reply?.code === 200 ? detail(reply.data, reply.base_url) : make("p", { className: "notice", textContent: reply?.error ?? text("failed") });
  dialog.replaceChildren(content);
  if (!dialog.open) dialog.showModal();
}

function detail(sku, mediaUrl) {
  const message = make("p", { "aria-live": "polite" });
  const choices = sku.sku_sale_attr_id.map((attribute, index) => choice(sku, attribute, index, message));
  const specs = Object.entries(sku.spec).flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]);
  return make("div", { className: "detail" },
    make("img", { src: mediaUrl + (sku.detail_image || sku.image), alt: sku.name }),
    make("div", {},
      make("h2", { id: "detail-name", textContent: sku.name }),
      make("p", { textContent: sku.caption }),
      make("p", { className: "price", textContent: `¥${sku.price}` }),
      ...choices, message,
      make("dl", { className: "specs" }, ...specs),
      make("button", { type: "button", className: "button", textContent: text("close"), onclick: () => dialog.close() })));
}

function choice(sku, attribute, index, message) {
  const values = sku.sku_all_sale_attr_vals_id[attribute];
  const names = sku.sku_all_sale_attr_vals_name[attribute];
  const buttons = values.map((value, position) => make("button", {
    type: "button",
    textContent: names[position],
    "aria-pressed": String(value === sku.sku_sale_attr_val_id[index]),
    onclick: () => change(sku, attribute, value, message),
  }));
  return make("fieldset", { className: "choice" }, make("legend", { textContent: sku.sku_sale_attr_names[index] }), ...buttons);
}

async function change(sku, attribute, value, message) {
  const chosen = { spuid: sku.spu };
  sku.sku_sale_attr_id.forEach((id, index) => { chosen[id] = id === attribute ? value : sku.sku_sale_attr_val_id[index]; });
  const reply = await post("/v1/goods/sku", chosen).catch(() => null);
  if (reply?.code === 200) openDetail(reply.data);
  else message.textContent = reply ? text("noCombination") : text("failed");
}
