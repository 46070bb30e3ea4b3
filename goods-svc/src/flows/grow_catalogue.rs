//! Makes a large catalogue for demonstrations and load tests: part by part, each a transaction of its own.

use std::collections::BTreeMap;

use common::clock::Clock;
use common::contracts::events::goods::SkuChanged;
use common::db::{Db, begin_write};
use common::outbox;
use sea_orm::DbErr;

use crate::domain::demo_catalogue::{self, DemoProduct};
use crate::store::bulk::{self, NextIds, Placed};

/// SKUs of one transaction.
const PART: usize = 2000;

/// Adds products of `seed` until there are `skus` more SKUs. `progress` is told how many there are after each part.
pub(crate) async fn grow_catalogue(
    db: &Db,
    clock: &Clock,
    seed: u64,
    skus: usize,
    mut progress: impl FnMut(usize),
) -> Result<(), DbErr> {
    let (catalogs, brands) = furnish(db, clock).await?;
    let mut next = NextIds::read(db.reader()).await?;
    let (mut made, mut n) = (0, 0);
    while made < skus {
        let mut products: Vec<DemoProduct> = Vec::new();
        let wanted = PART.min(skus - made);
        let mut part = 0;
        while part < wanted {
            let mut product = demo_catalogue::product(seed, n);
            n += 1;
            product.skus.truncate(wanted - part);
            part += product.skus.len();
            products.push(product);
        }
        let id = |ids: &BTreeMap<&str, i64>, name| ids.get(name).copied().unwrap_or_default();
        let placed: Vec<Placed<'_>> = products
            .iter()
            .map(|product| {
                let brand = id(&brands, product.brand.0);
                (product, id(&catalogs, product.catalog), brand)
            })
            .collect();
        let txn = begin_write(db).await?;
        bulk::insert_products(&txn, &mut next, &placed, clock.now()).await?;
        made += part;
        if made >= skus {
            // Lists of a shop that runs meanwhile are forgotten once, at the end.
            let change = SkuChanged {
                everything: true,
                ..SkuChanged::default()
            };
            outbox::add(&txn, clock.now(), &change).await?;
        }
        txn.commit().await?;
        progress(made);
    }
    Ok(())
}

type Ids = BTreeMap<&'static str, i64>;

/// The ids of categories and brands, by name; those that are missing are added.
async fn furnish(db: &Db, clock: &Clock) -> Result<(Ids, Ids), DbErr> {
    let (mut catalogs, mut brands) = (Ids::new(), Ids::new());
    let txn = begin_write(db).await?;
    for name in demo_catalogue::catalogs() {
        if bulk::find_named(&txn, "goods_catalog", name).await?.is_none() {
            bulk::insert_catalog(&txn, name, clock.now()).await?;
        }
        let id = bulk::find_named(&txn, "goods_catalog", name).await?;
        catalogs.insert(name, id.unwrap_or_default());
    }
    for brand in demo_catalogue::brands() {
        if bulk::find_named(&txn, "goods_brand", brand.0).await?.is_none() {
            bulk::insert_brand(&txn, *brand, clock.now()).await?;
        }
        let id = bulk::find_named(&txn, "goods_brand", brand.0).await?;
        brands.insert(brand.0, id.unwrap_or_default());
    }
    txn.commit().await?;
    Ok((catalogs, brands))
}
