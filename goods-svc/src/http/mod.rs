//! One file per endpoint: request type, handler, response view.

pub(crate) mod get_detail;
pub(crate) mod get_index;
pub(crate) mod get_media;
pub(crate) mod internal_query_skus;
pub(crate) mod internal_release_stock;
pub(crate) mod internal_reserve_stock;
pub(crate) mod list_catalog;
pub(crate) mod search_goods;
pub(crate) mod staff_adjust_stock;
pub(crate) mod staff_change_row;
pub(crate) mod staff_create_row;
pub(crate) mod staff_delete_row;
pub(crate) mod staff_get_row;
pub(crate) mod staff_launch_sku;
pub(crate) mod staff_list_audit;
pub(crate) mod staff_list_rows;
mod staff_rows;
pub(crate) mod staff_upload_image;
pub(crate) mod switch_sku;
pub(crate) mod switch_sku_by_query;
