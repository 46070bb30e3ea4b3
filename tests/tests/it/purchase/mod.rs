//! One purchase from the home page to "awaiting shipment", compared field by field with contract §2.

mod pages;

use common::money::Fen;
use serde_json::{Value, json};
use tests::api::Call;
use tests::audit::{self, Books};
use tests::buyer::{Buyer, order_id_and_pay_url};
use tests::catalogue::Sku;
use tests::poll;
use tests::shop::{Mode, Shop};

use crate::options;
use pages::{FREIGHT, Sold, total_of};

in_every_mode!(
    the_pages_show_the_catalogue_as_it_was_loaded,
    a_purchase_goes_through_and_takes_from_the_cart_what_was_bought_and_nothing_else,
    buying_now_leaves_the_cart_alone,
);

async fn the_pages_show_the_catalogue_as_it_was_loaded(mode: Mode) {
    let Some(shop) = Shop::start(mode, options()).await else {
        return;
    };
    let sold = Sold::of(&shop);

    let home = shop.api.call(Call::get("/v1/goods/index")).await;
    assert_eq!(
        home,
        json!({"code": 200, "base_url": sold.base_url, "data": sold.home_page()}),
        "G1"
    );

    for sku in sold.goods.iter().take(3) {
        let page = shop
            .api
            .call(Call::get(format!("/v1/goods/detail/{}", sku.id)))
            .await;
        assert_eq!(page["base_url"], sold.base_url, "G3");
        let mut shown = page["data"]
            .as_object()
            .unwrap_or_else(|| panic!("{page}"))
            .clone();
        assert!(
            shown
                .remove("detail_image")
                .is_some_and(|image| image.is_string()),
            "G3: {page}"
        );
        assert!(
            shown.remove("spec").is_some_and(|spec| spec.is_object()),
            "G3: {page}"
        );
        assert_eq!(Value::Object(shown), sold.detail(sku), "G3 of SKU {}", sku.id);
    }

    let catalog = sold.goods[0].catalog;
    let page = shop
        .api
        .call(Call::get(format!(
            "/v1/goods/catalogs/{catalog}?launched=true&page=1"
        )))
        .await;
    let total = sold.of_catalog(catalog).count();
    assert_eq!(page["paginator"], json!({"pagesize": 9, "total": total}), "G2");
    assert_eq!(page["data"], sold.catalog_page(catalog), "G2");
}

async fn a_purchase_goes_through_and_takes_from_the_cart_what_was_bought_and_nothing_else(mode: Mode) {
    let Some(shop) = Shop::start(mode, options()).await else {
        return;
    };
    let sold = Sold::of(&shop);
    let [first, second, left] = sold.three();
    let bought = [(first, 2), (second, 1)];
    let buyer = Buyer::register(&shop).await;
    assert_eq!(buyer.login().await["carts_count"], 0, "U2");
    let address_id = buyer.add_address().await;

    fill_cart(&buyer, &sold, bought, (left, 3)).await;
    confirm_page_shows_the_selected_lines(&buyer, &sold, address_id, bought).await;
    let (order_id, pay_url) = order_selected_lines(&buyer, address_id, bought).await;
    assert_eq!(buyer.cart_ids().await, [left.id], "what was not bought stays");
    let listed = buyer.api.call(buyer.list_orders(1)).await;
    assert_listed(&listed, &sold, (&order_id, 1), &buyer, &bought);

    pay_and_come_back(&shop, &buyer, (&order_id, &pay_url), total_of(&bought)).await;
    let listed = buyer.api.call(buyer.list_orders(2)).await;
    assert_listed(&listed, &sold, (&order_id, 2), &buyer, &bought);
    let unpaid = buyer.api.data(buyer.list_orders(1)).await;
    assert_eq!(unpaid["orders_list"], json!([]), "O3");
    assert_sold(&shop, &bought).await;
    audit::settle(&shop).await;
}

/// Adds everything (C1), takes the tick from what is to stay (C3), and looks at the result (C2).
async fn fill_cart(buyer: &Buyer, sold: &Sold, selected: [(&Sku, i64); 2], left: (&Sku, i64)) {
    let [first, second] = selected;
    for (index, (sku, count)) in [first, second, left].into_iter().enumerate() {
        let added = buyer.add_to_cart(sku.id, count).await;
        let expected = json!({"code": 200, "base_url": sold.base_url, "data": {"carts_count": index + 1}});
        assert_eq!(added, expected, "C1");
    }
    let unselect = json!({"sku_id": left.0.id.to_string(), "state": "unselect"});
    let unselected = buyer.change_cart(unselect).await;
    let line = |(sku, count), selected| sold.cart_line(sku, count, selected);
    let lines = json!([line(first, 1), line(second, 1), line(left, 0)]);
    assert_eq!(
        unselected,
        json!({"code": 200, "base_url": sold.base_url, "data": lines}),
        "C3"
    );
    assert_eq!(json!(buyer.cart().await), lines, "C2");
}

/// O2: the order's id, and where to pay it.
async fn order_selected_lines(buyer: &Buyer, address_id: i64, bought: [(&Sku, i64); 2]) -> (String, String) {
    let ordered = buyer.api.data(buyer.order_cart(address_id)).await;
    assert_eq!(ordered["saller"], "达达商城", "O2");
    assert_eq!(
        ordered["total_amount"],
        total_of(&bought),
        "O2: freight is part of it"
    );
    assert_eq!(ordered["carts_count"], 1, "O2");
    let (order_id, pay_url) = order_id_and_pay_url(&ordered);
    let is_number = order_id.bytes().all(|byte| byte.is_ascii_digit()) && !order_id.starts_with('0');
    assert!(is_number, "the pages do arithmetic with it: {order_id}");
    (order_id, pay_url)
}

/// The result page says "not paid" before the buyer was at the cashier, and "paid" after (O6).
async fn pay_and_come_back(shop: &Shop, buyer: &Buyer, (order_id, pay_url): (&str, &str), total: String) {
    let unpaid = buyer.payment_result(&format!("out_trade_no={order_id}")).await;
    assert_eq!(unpaid["code"], 50105, "O6: {unpaid}");
    assert_eq!(unpaid["data"]["order_id"], order_id, "O6: {unpaid}");

    let back = shop.sandbox.pay_by_form(pay_url).await;
    assert!(
        back.path().ends_with("/dadashop/templates/pay_success.html"),
        "{back}"
    );
    let said = back.query().expect("what the cashier says");
    let result = buyer.payment_result(said).await;
    assert_eq!(result["code"], 200, "O6: {result}");
    assert_eq!(result["data"]["order_id"], order_id, "O6");
    assert_eq!(amount(&result["data"]["total_amount"]), total, "O6");
}

async fn buying_now_leaves_the_cart_alone(mode: Mode) {
    let Some(shop) = Shop::start(mode, options().without_sms()).await else {
        return;
    };
    let sold = Sold::of(&shop);
    let [sku, kept, _] = sold.three();
    let buyer = Buyer::register_without_code(&shop.api).await;
    let address_id = buyer.add_address().await;
    for in_cart in [sku, kept] {
        assert_eq!(buyer.add_to_cart(in_cart.id, 1).await["code"], 200);
    }

    let page = buyer
        .confirm(&format!("sku_id={}&buy_num=2&settlement_type=1", sku.id))
        .await;
    assert_eq!(
        page["data"]["sku_list"],
        json!([sold.line(sku, 2, 1)]),
        "O1: {page}"
    );
    assert_eq!(page["data"]["buy_count"], 2, "O1: {page}");
    assert_eq!(page["data"]["sku_id"], sku.id, "O1: {page}");
    let ordered = buyer.api.data(buyer.buy_now(address_id, sku.id, 2)).await;
    assert_eq!(ordered["carts_count"], 2, "O2");
    assert_eq!(buyer.cart_ids().await, [sku.id, kept.id]);

    let (order_id, pay_url) = order_id_and_pay_url(&ordered);
    shop.sandbox.pay(&order_id, &pay_url).await;
    // No return to the result page: the signed notify alone must do it.
    poll::eventually("the notify pays the order", || async {
        buyer.order(&order_id).await.filter(|order| order["status"] == 2)
    })
    .await;
    assert_eq!(buyer.cart_ids().await, [sku.id, kept.id]);
    assert_sold(&shop, &[(sku, 2)]).await;
    audit::settle(&shop).await;
}

async fn confirm_page_shows_the_selected_lines(
    buyer: &Buyer,
    sold: &Sold,
    address_id: i64,
    selected: [(&Sku, i64); 2],
) {
    let page = buyer.confirm("settlement_type=0").await;
    assert_eq!(
        (&page["code"], &page["base_url"]),
        (&json!(200), &json!(sold.base_url)),
        "O1: {page}"
    );
    let address = json!({
        "id": address_id, "name": "周岚", "mobile": buyer.phone, "title": "家",
        "address": "江苏省苏州市工业园区湖东路8号",
    });
    assert_eq!(page["data"]["addresses"], json!([address]), "O1");
    let lines = selected.map(|(sku, count)| sold.line(sku, count, 1));
    assert_eq!(page["data"]["sku_list"], json!(lines), "O1");
}

fn assert_listed(answer: &Value, sold: &Sold, order: (&str, i64), buyer: &Buyer, bought: &[(&Sku, i64)]) {
    let (order_id, status) = order;
    let mut listed = answer["data"]["orders_list"][0].clone();
    let time = listed["order_time"].take();
    let lines: Vec<Value> = bought
        .iter()
        .map(|(sku, count)| sold.order_line(sku, *count))
        .collect();
    let expected = json!({
        "order_id": order_id, "status": status, "order_time": null,
        "order_total_count": bought.iter().map(|(_, count)| count).sum::<i64>(),
        "order_total_amount": total_of(bought), "order_freight": FREIGHT.to_string(),
        "address": {
            "title": "家", "address": "江苏省苏州市工业园区湖东路8号", "mobile": buyer.phone, "receiver": "周岚",
        },
        "order_sku": lines,
    });
    assert_eq!(listed, expected, "O3");
    assert_eq!(answer["base_url"], sold.base_url, "O3");
    let time = time.as_str().expect("order_time");
    let shape: String = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00 00:00:00", "O3: {time}");
    assert!(
        order_id.starts_with(&time.replace(['-', ' ', ':'], "")),
        "the id begins with the local time: {time}"
    );
}

/// Stock fell and sales rose by what was bought, of nothing else.
async fn assert_sold(shop: &Shop, bought: &[(&Sku, i64)]) {
    let mut expected = shop.opening.clone();
    for (sku, count) in bought {
        let shelf = expected.0.get_mut(&sku.id).expect("on the shelf");
        shelf.stock -= count;
        shelf.sales += count;
    }
    assert_eq!(Books::read(&shop.stores).await, expected);
}

/// The result page takes a number or a text (O6).
fn amount(shown: &Value) -> String {
    let text = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
    text.parse::<Fen>()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_string()
}
