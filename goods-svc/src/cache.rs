//! Every cache of this service: its name, its keys, and what a change of the catalogue evicts.
//!
//! | cache | key | holds | evicted by a change of |
//! |---|---|---|---|
//! | `index` | `index` | the answer of the home page | any list |
//! | `detail` | `gd<sku>` | the answer of a SKU's page | the SKU |
//! | `catalog` | `gc<catalog>` | how many SKUs a category lists, and the generation of its pages | the list |
//! | `catalog` | `gc<catalog>:<generation>:<page>:<size>` | the answer of one page | the list, by its generation |
//! | `selection` | `gs<spu>` | which values lead to which SKU | the product's SKUs |
//!
//! Stock stands in none of them, so a sale evicts nothing (docs/adr/0009).

use common::cache::{Cache, Family, Key};
use common::contracts::events::goods::SkuChanged;
use common::contracts::ids::SkuId;

use crate::domain::catalogue::PageRequest;

const INDEX: Family = Family {
    name: "index",
    prefix: "index",
};
const DETAIL: Family = Family {
    name: "detail",
    prefix: "gd",
};
const CATALOG: Family = Family {
    name: "catalog",
    prefix: "gc",
};
const SELECTION: Family = Family {
    name: "selection",
    prefix: "gs",
};

/// All of them.
pub(crate) const ALL: [Family; 4] = [INDEX, DETAIL, CATALOG, SELECTION];

/// The home page.
pub(crate) fn index() -> Key {
    Key::new(INDEX, "")
}

/// A SKU on its own page.
pub(crate) fn detail(sku_id: SkuId) -> Key {
    Key::new(DETAIL, sku_id)
}

/// The head of a category's list.
pub(crate) fn list(catalog_id: i64) -> Key {
    Key::new(CATALOG, catalog_id)
}

/// A page of a category's list. Its generation is drawn with the head: once that is evicted, no page of it is asked
/// for again.
pub(crate) fn list_page(catalog_id: i64, generation: &str, request: PageRequest) -> Key {
    let PageRequest { page, size } = request;
    Key::new(CATALOG, format_args!("{catalog_id}:{generation}:{page}:{size}"))
}

/// The SKUs of a product by their values.
pub(crate) fn selection(spu_id: i64) -> Key {
    Key::new(SELECTION, spu_id)
}

/// Forgets what a change, which is committed, has made untrue.
pub(crate) async fn forget(cache: &Cache, change: &SkuChanged) {
    if !change.everything {
        return cache.evict(&keys_of(change)).await;
    }
    for family in ALL {
        if let Err(error) = cache.clear(family).await {
            tracing::warn!(?error, cache = family.name, "store of the cache not cleared");
        }
    }
}

fn keys_of(change: &SkuChanged) -> Vec<Key> {
    let details = change.sku_ids.iter().copied().map(detail);
    let selections = change.spu_ids.iter().copied().map(selection);
    let lists = change.catalog_ids.iter().copied().map(list);
    let home = (!change.catalog_ids.is_empty()).then(index);
    details.chain(selections).chain(lists).chain(home).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evicted(change: &SkuChanged) -> Vec<String> {
        keys_of(change)
            .iter()
            .map(|key| key.as_str().to_owned())
            .collect()
    }

    #[test]
    fn a_change_evicts_exactly_what_it_names() {
        let mut change = SkuChanged {
            sku_ids: vec![SkuId(11)],
            ..SkuChanged::default()
        };
        assert_eq!(evicted(&change), ["gd11"]);
        change.spu_ids = vec![6];
        change.catalog_ids = vec![4, 5];
        assert_eq!(evicted(&change), ["gd11", "gs6", "gc4", "gc5", "index"]);
    }

    #[test]
    fn no_cache_has_the_beginning_of_another() {
        for one in ALL {
            let others = ALL.iter().filter(|other| other.prefix.starts_with(one.prefix));
            assert_eq!(others.count(), 1, "{one:?}");
        }
    }
}
