//! `audit`: stock + held + sold = received for every SKU, or the difference is said and the command fails.

use common::contracts::internal_apis::goods::ReserveOutcome::Reserved;

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    a_shop_that_sold_and_took_back_adds_up,
    every_difference_is_said_and_the_command_fails,
);

async fn sell_some(shop: &Shop) {
    shop.load(&backpacks());
    for n in 1..=3 {
        let outcome = shop.reserve(&order(n), &[(11, 1), (12, 2)]).await;
        assert!(matches!(outcome, Reserved { .. }));
    }
    shop.goods.release(&order(1)).await.unwrap();
    shop.goods.release(&order(9)).await.unwrap();
    let sold = format!(
        "UPDATE goods_reservation SET state = 'sold' WHERE order_id = '{}'",
        order(2)
    );
    shop.execute(&sold).await;
}

async fn a_shop_that_sold_and_took_back_adds_up(shop: &Shop) {
    sell_some(shop).await;
    shop.load(&backpacks());
    let output = shop.run(&["audit"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(
        said.ends_with("5 skus and 6 lines of reservations looked at\n"),
        "{said}"
    );
}

async fn every_difference_is_said_and_the_command_fails(shop: &Shop) {
    sell_some(shop).await;
    shop.execute("UPDATE goods_sku SET stock = stock + 5 WHERE id = 15")
        .await;
    let untold = format!(
        "DELETE FROM goods_stock_log WHERE order_id = '{}' AND sku_id = 11",
        order(3)
    );
    shop.execute(&untold).await;
    let more = format!(
        "UPDATE goods_reservation_line SET count = 3 WHERE order_id = '{}' AND sku_id = 12",
        order(2)
    );
    shop.execute(&more).await;
    let output = shop.run(&["audit"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for wanted in [
        "sku 15: stock is 35, but the log adds up to 30".to_owned(),
        "sku 15: stock 35 + held 0 + sold 0 = 35, but 30 were received".to_owned(),
        "sku 11: stock is 8, but the log adds up to 9".to_owned(),
        "sku 12: stock 16 + held 2 + sold 3 = 21, but 20 were received".to_owned(),
        format!(
            "order {}: 1 of sku 11 are held, but the log says taken None, returned None",
            order(3)
        ),
        format!(
            "order {}: 3 of sku 12 are sold, but the log says taken Some(2), returned None",
            order(2)
        ),
    ] {
        assert!(said.contains(&wanted), "{wanted}\n{said}");
    }
    assert!(String::from_utf8(output.stderr).unwrap().contains("differences"));
}
