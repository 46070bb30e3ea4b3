// The shop window: a shelf for each category, three goods at first, pages of nine on demand.

import { get } from "./api.js";
import { openDetail } from "./detail.js";
import { make } from "./dom.js";
import { showTexts, switchLanguage, text } from "./text.js";

const shelves = document.querySelector("#shelves");
const languageButton = document.querySelector("#language");

function card(sku, mediaUrl) {
  return make("button", { type: "button", className: "card", onclick: () => openDetail(sku.skuid) },
    make("img", { src: mediaUrl + sku.image, alt: "", loading: "lazy", width: 400, height: 300 }),
    make("span", { className: "name", textContent: sku.name }),
    make("span", { className: "caption", textContent: sku.caption ?? "" }),
    make("span", { className: "price", textContent: `¥${sku.price}` }));
}

function shelf(catalog, mediaUrl) {
  const cards = make("div", { className: "cards" }, ...catalog.sku.map((sku) => card(sku, mediaUrl)));
  const more = make("button", { type: "button", className: "more", textContent: text("more") });
  let page = 0;
  more.onclick = async () => {
    const reply = await get(`/v1/goods/catalogs/${catalog.catalog_id}?launched=true&page=${page + 1}`);
    if (reply.code !== 200) return more.remove();
    page += 1;
    const fresh = reply.data.map((sku) => card(sku, reply.base_url));
    if (page === 1) cards.replaceChildren(...fresh);
    else cards.append(...fresh);
    if (page * reply.paginator.pagesize >= reply.paginator.total) more.remove();
  };
  return make("section", { className: "shelf", id: `catalog-${catalog.catalog_id}` },
    make("h2", { textContent: catalog.catalog_name }), cards, more);
}

function notice(key) {
  shelves.replaceChildren(make("p", { className: "notice", textContent: text(key) }));
}

async function show() {
  showTexts();
  document.title = text("title");
  languageButton.textContent = text("other");
  const reply = await get("/v1/goods/index").catch(() => null);
  if (reply?.code !== 200) return notice("failed");
  if (reply.data.length === 0) return notice("empty");
  document.querySelector("#catalogs").replaceChildren(...reply.data.map((catalog) =>
    make("a", { href: `#catalog-${catalog.catalog_id}`, textContent: catalog.catalog_name })));
  shelves.replaceChildren(...reply.data.map((catalog) => shelf(catalog, reply.base_url)));
}

languageButton.onclick = () => {
  switchLanguage();
  show();
};
show();
