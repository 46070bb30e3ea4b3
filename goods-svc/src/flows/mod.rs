//! One file per operation of the shop; each owns its transaction, if it needs one.

pub(crate) mod adjust_stock;
pub(crate) mod audit_stock;
pub(crate) mod change_row;
pub(crate) mod create_row;
pub(crate) mod delete_row;
pub(crate) mod dump_fixture;
pub(crate) mod empty_caches;
pub(crate) mod export_skus;
pub(crate) mod follow_catalogue;
pub(crate) mod get_detail;
pub(crate) mod get_index;
pub(crate) mod grow_catalogue;
pub(crate) mod launch_sku;
pub(crate) mod list_audit;
pub(crate) mod list_catalog;
pub(crate) mod list_rows;
pub(crate) mod load_fixture;
pub(crate) mod mark_sold;
pub(crate) mod query_skus;
pub(crate) mod release_stock;
pub(crate) mod reserve_stock;
pub(crate) mod save_image;
pub(crate) mod search_goods;
pub(crate) mod staff;
pub(crate) mod sweep_expired;
pub(crate) mod switch_sku;

/// Our name in the inbox, where events that were applied are remembered.
pub(crate) const CONSUMER: &str = "goods";
