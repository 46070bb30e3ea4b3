//! Taking stock for orders (reliability I1, I3).

use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::goods::ReserveOutcome::{NotLaunched, OutOfStock, Released, Reserved};
use common::contracts::internal_apis::goods::{ReserveOutcome, ReservedLine};
use common::http_client::CallError;
use common::money::Fen;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::callers::{order, reserve_request, service_token};
use crate::fixture::{backpacks, row, sku};
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    a_reservation_takes_all_its_lines_at_the_prices_of_that_instant,
    the_same_request_again_gets_the_same_lines_and_takes_nothing,
    what_falls_short_is_named_and_nothing_is_taken,
    an_order_whose_stock_was_released_can_take_none,
    two_hundred_buyers_of_ten_pieces_get_exactly_ten,
    orders_of_many_skus_in_any_order_do_not_stand_in_each_others_way,
    fifty_tries_of_one_order_take_its_pieces_once,
);

async fn a_reservation_takes_all_its_lines_at_the_prices_of_that_instant(shop: &Shop) {
    shop.load(&backpacks());
    let outcome = shop.reserve(&order(1), &[(17, 1), (11, 2)]).await;
    let expected = Reserved {
        lines: vec![
            ReservedLine {
                sku_id: SkuId(11),
                count: 2,
                price: Fen(25900),
                name: "远行双肩包 30L".into(),
                image: "sku/a1.png".into(),
                attr_names: vec!["容量".into(), "颜色".into()],
                attr_values: vec!["30L".into(), "墨绿".into()],
            },
            ReservedLine {
                sku_id: SkuId(17),
                count: 1,
                price: Fen(8880),
                name: "圆腹花瓶".into(),
                image: "sku/a1.png".into(),
                attr_names: vec![],
                attr_values: vec![],
            },
        ],
    };
    assert_eq!(outcome, expected);
    assert_eq!((shop.stock(11).await, shop.stock(17).await), ((8, 2), (49, 1)));
    let kept = "SELECT COUNT(*) FROM goods_reservation WHERE state = 'held' AND hold_until LIKE '2026-11-21%20:30:45.123456%'";
    assert_eq!(shop.number(kept).await, 1);
    assert_eq!(shop.number("SELECT SUM(version) FROM goods_sku").await, 2);
    shop.assert_stock_is_explained().await;
}

async fn the_same_request_again_gets_the_same_lines_and_takes_nothing(shop: &Shop) {
    shop.load(&backpacks());
    let first = shop.reserve(&order(1), &[(11, 10), (12, 1)]).await;
    shop.execute("UPDATE goods_sku SET price = 1, is_launched = false")
        .await;
    assert_eq!(shop.reserve(&order(1), &[(12, 1), (11, 10)]).await, first);
    let other_lines = [
        &[(11, 10)][..],
        &[(11, 9), (12, 1)],
        &[(11, 10), (12, 1), (15, 1)],
    ];
    for lines in other_lines {
        let error = shop
            .goods
            .reserve(&order(1), &reserve_request(lines))
            .await
            .unwrap_err();
        assert!(
            matches!(error, CallError::Refused { status, .. } if status.as_u16() == 400),
            "{error:?}"
        );
    }
    assert_eq!((shop.stock(11).await, shop.stock(12).await), ((0, 10), (19, 1)));
    shop.assert_stock_is_explained().await;
}

async fn what_falls_short_is_named_and_nothing_is_taken(shop: &Shop) {
    shop.load(&backpacks());
    let short = OutOfStock {
        sku_id: SkuId(12),
        available: 20,
    };
    assert_eq!(
        shop.reserve(&order(1), &[(11, 10), (12, 21), (15, 1)]).await,
        short
    );
    for (sku_id, what) in [(16, "not launched"), (999, "unknown"), (-1, "impossible")] {
        let outcome = shop.reserve(&order(1), &[(11, 1), (sku_id, 1)]).await;
        assert_eq!(
            outcome,
            NotLaunched {
                sku_id: SkuId(sku_id)
            },
            "{what}"
        );
    }
    for (sku_id, stock) in [(11, 10), (12, 20), (15, 30), (16, 40)] {
        assert_eq!(shop.stock(sku_id).await, (stock, 0));
    }
    assert_eq!(shop.number("SELECT COUNT(*) FROM goods_reservation").await, 0);
    assert!(matches!(
        shop.reserve(&order(1), &[(12, 20)]).await,
        Reserved { .. }
    ));
    shop.assert_stock_is_explained().await;
}

async fn an_order_whose_stock_was_released_can_take_none(shop: &Shop) {
    shop.load(&backpacks());
    shop.goods.release(&order(1)).await.unwrap();
    assert_eq!(shop.reserve(&order(1), &[(11, 1)]).await, Released);
    assert!(matches!(
        shop.reserve(&order(2), &[(11, 1)]).await,
        Reserved { .. }
    ));
    shop.goods.release(&order(2)).await.unwrap();
    assert_eq!(shop.reserve(&order(2), &[(11, 1)]).await, Released);
    assert_eq!(shop.stock(11).await, (10, 0));
    shop.assert_stock_is_explained().await;
}

#[tokio::test]
async fn what_is_no_reservation_is_refused() {
    let shop = Shop::with(&backpacks()).await;
    let many: Vec<(i64, i64)> = (1..=201).map(|sku_id| (sku_id, 1)).collect();
    let lines = [
        &[][..],
        &[(11, 1), (11, 1)],
        &[(11, 0)],
        &[(11, -5)],
        &[(11, 201)],
        &[(11, i64::MIN)],
        &[(11, i64::MAX)],
        &many,
    ];
    for lines in lines {
        let error = shop
            .goods
            .reserve(&order(1), &reserve_request(lines))
            .await
            .unwrap_err();
        assert!(
            matches!(error, CallError::Refused { status, .. } if status.as_u16() == 400),
            "{error:?}"
        );
    }
    assert_eq!(shop.stock(11).await, (10, 0));
    shop.close().await;
}

/// A catalogue of SKUs 1 to `skus` with `stock` pieces each.
fn shelf(skus: i64, stock: i64) -> Value {
    let mut fixture = backpacks();
    let rows = (101..=100 + skus).map(|id| row("sku", id, sku("热卖", "9.90", stock, &[])));
    fixture.as_array_mut().unwrap().extend(rows);
    fixture
}

/// All orders, 64 of them on their way at any time; answers what became of each, in no order.
async fn reserve_all(shop: &Shop, orders: Vec<(OrderId, Vec<(i64, i64)>)>) -> Vec<ReserveOutcome> {
    let buyers = orders
        .into_iter()
        .map(|(order_id, lines)| async move { shop.reserve(&order_id, &lines).await });
    futures_util::stream::iter(buyers)
        .buffer_unordered(64)
        .collect()
        .await
}

async fn two_hundred_buyers_of_ten_pieces_get_exactly_ten(shop: &Shop) {
    shop.load(&shelf(1, 10));
    let orders = (0..200).map(|n| (order(n), vec![(101, 1)])).collect();
    let outcomes = reserve_all(shop, orders).await;
    let reserved = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Reserved { .. }))
        .count();
    let sold_out = OutOfStock {
        sku_id: SkuId(101),
        available: 0,
    };
    let refused = outcomes.iter().filter(|outcome| **outcome == sold_out).count();
    assert_eq!((reserved, refused), (10, 190));
    assert_eq!(shop.stock(101).await, (0, 10));
    shop.assert_stock_is_explained().await;
}

async fn orders_of_many_skus_in_any_order_do_not_stand_in_each_others_way(shop: &Shop) {
    shop.load(&shelf(8, 1000));
    let orders = (0..120_usize).map(|n| {
        let mut lines: Vec<(i64, i64)> = (101..=108).map(|sku_id| (sku_id, 1)).collect();
        lines.rotate_left(n % 8);
        if n % 2 == 0 {
            lines.reverse();
        }
        lines.truncate(5);
        (order(n), lines)
    });
    let outcomes = reserve_all(shop, orders.collect()).await;
    assert!(
        outcomes.iter().all(|outcome| matches!(outcome, Reserved { .. })),
        "{outcomes:?}"
    );
    assert_eq!(shop.number("SELECT SUM(sales) FROM goods_sku").await, 600);
    shop.assert_stock_is_explained().await;
}

async fn fifty_tries_of_one_order_take_its_pieces_once(shop: &Shop) {
    shop.load(&backpacks());
    let outcomes = reserve_all(shop, vec![(order(1), vec![(11, 3), (12, 1)]); 50]).await;
    assert!(
        outcomes.iter().all(|outcome| *outcome == outcomes[0]),
        "{outcomes:?}"
    );
    assert!(matches!(outcomes[0], Reserved { .. }));
    assert_eq!((shop.stock(11).await, shop.stock(12).await), ((7, 3), (19, 1)));
    shop.assert_stock_is_explained().await;
}

#[tokio::test]
async fn an_id_that_is_no_order_id_is_refused() {
    let shop = Shop::with(&backpacks()).await;
    let token = service_token();
    for id in [
        "1",
        "012345678901234567",
        "2026112119304500x",
        "%27%3B--",
        &"1".repeat(65),
    ] {
        let request = shop.request(reqwest::Method::PUT, &format!("/internal/reservations/{id}"));
        let request = request
            .header("authorization", &token)
            .json(&json!(reserve_request(&[(11, 1)])));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 10205, "{id}: {answer}");
    }
    shop.close().await;
}
