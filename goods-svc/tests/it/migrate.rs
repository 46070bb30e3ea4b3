//! Bringing the database up to date, also after a first try that was killed.

use crate::fixture::backpacks;
use crate::shop::{Shop, on_both_stores};

on_both_stores!(a_step_that_was_killed_half_way_is_done_again);

async fn a_step_that_was_killed_half_way_is_done_again(shop: &Shop) {
    shop.execute("DELETE FROM seaql_migrations").await;
    shop.execute("DROP TABLE goods_spu_spec_value").await;
    shop.execute("DROP TABLE inbox").await;
    let output = shop.run(&["migrate"]);
    assert!(output.status.success(), "{output:?}");
    shop.load(&backpacks());
}
