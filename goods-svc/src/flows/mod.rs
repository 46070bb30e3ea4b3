//! One file per operation of the shop; each owns its transaction, if it needs one.

pub(crate) mod audit_stock;
pub(crate) mod follow_catalogue;
pub(crate) mod grow_catalogue;
pub(crate) mod list_catalog;
pub(crate) mod load_fixture;
pub(crate) mod mark_sold;
pub(crate) mod query_skus;
pub(crate) mod release_stock;
pub(crate) mod reserve_stock;
pub(crate) mod search_goods;
pub(crate) mod sweep_expired;

/// Our name in the inbox, where events that were applied are remembered.
pub(crate) const CONSUMER: &str = "goods";
