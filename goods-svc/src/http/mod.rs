//! One file per endpoint: request type, handler, response view.

pub(crate) mod get_detail;
pub(crate) mod get_index;
pub(crate) mod get_media;
pub(crate) mod internal_query_skus;
pub(crate) mod internal_release_stock;
pub(crate) mod internal_reserve_stock;
pub(crate) mod list_catalog;
pub(crate) mod search_goods;
pub(crate) mod switch_sku;
