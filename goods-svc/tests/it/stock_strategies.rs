//! However stock is taken, and whether orders share transactions or not: the same answers, nothing oversold, nobody
//! turned away while there are pieces (features S75–S78).

use std::time::Instant;

use common::contracts::ids::{OrderId, SkuId};
use common::contracts::internal_apis::goods::ReserveOutcome::{
    self, NotLaunched, OutOfStock, Released, Reserved,
};
use common::settings::Setting;
use futures_util::StreamExt;
use goods_svc::settings::{STOCK_BATCH_LINES, STOCK_STRATEGY};
use serde_json::Value;

use crate::callers::order;
use crate::fixture::{backpacks, row, sku};
use crate::shop::{Shop, Stores, run_with};

/// Every way in which an operator can have it.
const WAYS: [&[(Setting, &str)]; 4] = [
    &[(STOCK_STRATEGY, "conditional")],
    &[(STOCK_STRATEGY, "conditional"), (STOCK_BATCH_LINES, "0")],
    &[(STOCK_STRATEGY, "optimistic")],
    &[(STOCK_STRATEGY, "pessimistic")],
];

async fn in_every_way(stores: Stores, test: impl AsyncFn(&Shop)) {
    for way in WAYS {
        println!("{way:?}");
        run_with(stores, way, &test).await;
    }
}

macro_rules! in_every_way_on_both_stores {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::in_every_way(super::Stores::Embedded, super::$name).await;
            })+
        }
        mod servers {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::in_every_way(super::Stores::Servers, super::$name).await;
            })+
        }
    };
}

in_every_way_on_both_stores!(
    a_hundred_buyers_of_a_hundred_pieces_all_get_one,
    too_many_buyers_are_told_so_and_nothing_is_oversold,
    orders_of_many_skus_do_not_stand_in_each_others_way,
    one_orders_trouble_is_not_anothers,
);

/// Orders on their way at the same time: above the connections of the pool, below what one writer's queue bears on a
/// machine that is busy.
const AT_ONCE: usize = 32;

/// A catalogue of SKUs 101 to 100 + `skus` with `stock` pieces each.
fn shelf(skus: i64, stock: i64) -> Value {
    let mut fixture = backpacks();
    let rows = (101..=100 + skus).map(|id| row("sku", id, sku("热卖", "9.90", stock, &[])));
    fixture.as_array_mut().unwrap().extend(rows);
    fixture
}

/// All orders, `at_once` of them on their way at any time; answers what became of each, in their order.
async fn reserve_all(
    shop: &Shop,
    at_once: usize,
    orders: Vec<(OrderId, Vec<(i64, i64)>)>,
) -> Vec<ReserveOutcome> {
    let buyers = orders
        .into_iter()
        .map(|(order_id, lines)| async move { shop.reserve(&order_id, &lines).await });
    futures_util::stream::iter(buyers)
        .buffered(at_once)
        .collect()
        .await
}

fn reserved(outcomes: &[ReserveOutcome]) -> usize {
    let is_reserved = |outcome: &&ReserveOutcome| matches!(outcome, Reserved { .. });
    outcomes.iter().filter(is_reserved).count()
}

async fn a_hundred_buyers_of_a_hundred_pieces_all_get_one(shop: &Shop) {
    shop.load(&shelf(1, 100));
    let orders = (0..100).map(|n| (order(n), vec![(101, 1)])).collect();
    assert_eq!(reserved(&reserve_all(shop, AT_ONCE, orders).await), 100);
    assert_eq!(shop.stock(101).await, (0, 100));
    shop.assert_stock_is_explained().await;
}

async fn too_many_buyers_are_told_so_and_nothing_is_oversold(shop: &Shop) {
    shop.load(&shelf(1, 10));
    let orders = (0..200).map(|n| (order(n), vec![(101, 1)])).collect();
    let outcomes = reserve_all(shop, AT_ONCE, orders).await;
    let (sku_id, available) = (SkuId(101), 0);
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == OutOfStock { sku_id, available });
    assert_eq!((reserved(&outcomes), refused.count()), (10, 190));
    assert_eq!(shop.stock(101).await, (0, 10));
    shop.assert_stock_is_explained().await;
}

async fn orders_of_many_skus_do_not_stand_in_each_others_way(shop: &Shop) {
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
    assert_eq!(reserved(&reserve_all(shop, AT_ONCE, orders.collect()).await), 120);
    assert_eq!(shop.number("SELECT SUM(sales) FROM goods_sku").await, 600);
    shop.assert_stock_is_explained().await;
}

async fn one_orders_trouble_is_not_anothers(shop: &Shop) {
    shop.load(&shelf(1, 1000));
    shop.goods.release(&order(900)).await.unwrap();
    let known = shop.reserve(&order(901), &[(101, 7)]).await;
    let orders = (0..160_usize).map(|n| match n % 8 {
        0 => (order(n), vec![(11, 1), (101, 1)]),
        1 => (order(n), vec![(16, 1), (101, 1)]),
        2 => (order(900), vec![(101, 1)]),
        3 => (order(901), vec![(101, 7)]),
        4 => (order(904), vec![(101, 2)]),
        _ => (order(n), vec![(101, 1)]),
    });
    let outcomes = reserve_all(shop, AT_ONCE, orders.collect()).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        match n % 8 {
            // Ten pieces of 11 for twenty orders.
            0 => assert!(
                matches!(outcome, Reserved { .. } | OutOfStock { .. }),
                "{outcome:?}"
            ),
            1 => assert_eq!(*outcome, NotLaunched { sku_id: SkuId(16) }),
            2 => assert_eq!(*outcome, Released),
            3 => assert_eq!(*outcome, known),
            _ => assert!(matches!(outcome, Reserved { .. }), "{outcome:?}"),
        }
    }
    assert_eq!(shop.stock(11).await, (0, 10));
    // Ten orders with a piece of 11, 901's seven, 904's two, and the sixty plain ones.
    assert_eq!(shop.stock(101).await, (1000 - 79, 79));
    shop.assert_stock_is_explained().await;
}

/// Not a test but a measurement; says how many orders a second the hot SKU sells, and the spread ones:
/// `cargo test -p goods-svc --test it hot_sku_throughput -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn hot_sku_throughput() {
    const ORDERS: usize = 4000;
    for stores in [Stores::Servers, Stores::Embedded] {
        for way in WAYS {
            for (what, skus) in [("one hot sku", 1), ("spread over 500", 500_usize)] {
                run_with(stores, way, async |shop: &Shop| {
                    shop.load(&shelf(500, 1_000_000));
                    let pick = |n: usize| 101 + i64::try_from(n % skus).unwrap();
                    let orders = (0..ORDERS).map(|n| (order(n), vec![(pick(n), 1)])).collect();
                    let began = Instant::now();
                    assert_eq!(reserved(&reserve_all(shop, AT_ONCE, orders).await), ORDERS);
                    let micros = began.elapsed().as_micros();
                    let per_second = ORDERS as u128 * 1_000_000 / micros;
                    let way: Vec<&str> = way.iter().map(|(_, value)| *value).collect();
                    println!("{stores:?} {way:?} {what}: {per_second} orders/s");
                })
                .await;
            }
        }
    }
}
