// What the pages say, in Chinese and English, and which of the two the reader chose.

const texts = {
  zh: {
    title: "达达商城", lead: "挑一件喜欢的。点开商品可以选择规格。", more: "更多", close: "关闭", empty: "货架还是空的：用 dadashop goods demo 装入示例商品。",
    failed: "商品暂时加载不出来，请稍后再试。", other: "English", back: "返回首页", paid: "支付成功", unpaid: "支付未完成",
    paidDetail: "订单 {order} 已付款 ¥{amount}，等待发货。", unpaidDetail: "订单还没有收到付款，可以稍后刷新本页。", unknown: "支付结果", unknownDetail: "请在下单的浏览器中登录后查看结果。",
    payOrder: "去支付", payDetail: "订单 {order}，应付 ¥{amount}（含运费）。", payNow: "去收银台付款",
    activate: "激活账号", activateNow: "是，激活", activated: "激活成功。", noCombination: "没有这个规格组合。",
  },
  en: {
    title: "Dada shop", lead: "Find something you like. Open it to choose size and colour.", more: "More", close: "Close", empty: "The shelves are empty: load the demo goods with `dadashop goods demo`.",
    failed: "The goods cannot be loaded just now. Please try again.", other: "中文", back: "Back to the shop", paid: "Payment received", unpaid: "Not paid yet",
    paidDetail: "Order {order} is paid, ¥{amount}, and waits to be shipped.", unpaidDetail: "No payment has arrived for this order. You may reload this page in a while.", unknown: "Your payment", unknownDetail: "Log in with the browser you ordered from to see the result.",
    payOrder: "Pay your order", payDetail: "Order {order}: ¥{amount} is due, freight included.", payNow: "To the cashier",
    activate: "Activate your account", activateNow: "Yes, activate", activated: "Your account is active.", noCombination: "There is no such combination.",
  },
};

let language = localStorage.getItem("dadashop_language") ?? (navigator.language.startsWith("zh") ? "zh" : navigator.language.startsWith("en") ? "en" : "zh");

export const currentLanguage = () => language;

/** The text named `key`; `{name}` parts are filled from `values`. */
export const text = (key, values = {}) => texts[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Fills every element that names a text. */
export function showTexts() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
}

/** Changes to the other language and remembers it. */
export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("dadashop_language", language);
}
