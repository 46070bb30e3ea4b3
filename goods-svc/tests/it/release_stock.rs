//! Giving stock back: exactly once, and only what is held (reliability I3).

use common::contracts::internal_apis::goods::ReserveOutcome::{Released, Reserved};

use crate::callers::order;
use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(
    what_is_held_comes_back_exactly_once,
    an_order_that_took_nothing_leaves_a_tombstone,
    a_release_and_a_reservation_that_race_leave_nothing_taken,
    what_is_sold_does_not_come_back,
    sales_stop_at_zero_when_a_fixture_was_loaded_meanwhile,
);

async fn what_is_held_comes_back_exactly_once(shop: &Shop) {
    shop.load(&backpacks());
    assert!(matches!(
        shop.reserve(&order(1), &[(11, 2), (12, 3)]).await,
        Reserved { .. }
    ));
    assert!(matches!(
        shop.reserve(&order(2), &[(11, 1)]).await,
        Reserved { .. }
    ));
    for _ in 0..3 {
        shop.goods.release(&order(1)).await.unwrap();
    }
    let releases = (0..20).map(|_| async { shop.goods.release(&order(1)).await.unwrap() });
    futures_util::future::join_all(releases).await;
    assert_eq!((shop.stock(11).await, shop.stock(12).await), ((9, 1), (20, 0)));
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM goods_stock_log WHERE cause = 'release'")
            .await,
        2
    );
    shop.assert_stock_is_explained().await;
}

async fn an_order_that_took_nothing_leaves_a_tombstone(shop: &Shop) {
    shop.load(&backpacks());
    shop.goods.release(&order(1)).await.unwrap();
    shop.goods.release(&order(1)).await.unwrap();
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM goods_reservation WHERE state = 'released'")
            .await,
        1
    );
    assert_eq!(shop.reserve(&order(1), &[(11, 1)]).await, Released);
    shop.assert_stock_is_explained().await;
}

async fn a_release_and_a_reservation_that_race_leave_nothing_taken(shop: &Shop) {
    shop.load(&backpacks());
    let races = (0..30).map(|n| async move {
        let order_id = order(n);
        let release = async { shop.goods.release(&order_id).await.unwrap() };
        futures_util::future::join(shop.reserve(&order_id, &[(11, 1), (12, 1)]), release).await
    });
    futures_util::future::join_all(races).await;
    assert_eq!((shop.stock(11).await, shop.stock(12).await), ((10, 0), (20, 0)));
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM goods_reservation WHERE state = 'released'")
            .await,
        30
    );
    shop.assert_stock_is_explained().await;
}

async fn what_is_sold_does_not_come_back(shop: &Shop) {
    shop.load(&backpacks());
    let reserved = shop.reserve(&order(1), &[(11, 2)]).await;
    shop.execute("UPDATE goods_reservation SET state = 'sold'").await;
    shop.goods.release(&order(1)).await.unwrap();
    assert_eq!(shop.stock(11).await, (8, 2));
    assert_eq!(shop.reserve(&order(1), &[(11, 2)]).await, reserved);
    shop.assert_stock_is_explained().await;
}

async fn sales_stop_at_zero_when_a_fixture_was_loaded_meanwhile(shop: &Shop) {
    shop.load(&backpacks());
    assert!(matches!(
        shop.reserve(&order(1), &[(11, 2)]).await,
        Reserved { .. }
    ));
    shop.load(&backpacks());
    assert_eq!(shop.stock(11).await, (10, 0));
    shop.goods.release(&order(1)).await.unwrap();
    assert_eq!(shop.stock(11).await, (12, 0));
    shop.assert_stock_is_explained().await;
}
