//! Merging the offline cart, as users-svc asks for it (contract U2).

use common::contracts::ids::SkuId;
use common::contracts::internal_apis::carts::CartLine;

use crate::goods::Goods;
use crate::shop::{Shop, Stores, USER};

fn lines(lines: &[(i64, i64)]) -> Vec<CartLine> {
    let line = |(sku, count): &(i64, i64)| CartLine {
        sku_id: SkuId(*sku),
        count: *count,
    };
    lines.iter().map(line).collect()
}

#[tokio::test]
async fn merging_twice_is_merging_once_with_the_embedded_store() {
    merging_twice_is_merging_once(Stores::Embedded).await;
}

#[tokio::test]
async fn merging_twice_is_merging_once_with_redis() {
    merging_twice_is_merging_once(Stores::Servers).await;
}

async fn merging_twice_is_merging_once(stores: Stores) {
    let Some(shop) = Shop::on(stores).await else {
        return;
    };
    shop.add(11, 4).await;
    shop.add(12, 2).await;
    shop.goods.withdraw(14);
    shop.goods.stock(15, 0);
    let offline = lines(&[
        (11, 2),
        (12, 3),
        (13, 5),
        (13, 7),
        (14, 1),
        (15, 1),
        (16, 50),
        (999, 1),
        (17, 0),
        (18, -1),
        (0, 1),
        (-3, 1),
        (19, i64::MAX),
    ]);
    for _ in 0..2 {
        let merged = shop.client().merge(USER, offline.clone()).await.unwrap();
        assert_eq!(merged.carts_count, 5);
        let expected = [(11, 4, 1), (12, 3, 1), (13, 7, 1), (16, 9, 1), (19, 9, 1)];
        assert_eq!(shop.lines().await, expected);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_huge_offline_cart_is_cut() {
    let shop = Shop::open().await;
    let offline: Vec<(i64, i64)> = (1..=1000).map(|sku| (sku, 1)).collect();
    let merged = shop.client().merge(USER, lines(&offline)).await.unwrap();
    assert_eq!(merged.carts_count, 100);
    shop.close().await;
}

#[tokio::test]
async fn an_empty_offline_cart_needs_no_goods_svc() {
    let shop = Shop::with(None, Goods::down()).await;
    assert_eq!(
        shop.client().merge(USER, Vec::new()).await.unwrap().carts_count,
        0
    );
    assert!(shop.client().merge(USER, lines(&[(1, 1)])).await.is_err());
    shop.close().await;
}
