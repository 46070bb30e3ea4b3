//! One file per table (contract §4); joins are written out where they are asked, so no relations are declared.

pub(crate) mod audit;
pub(crate) mod brand;
pub(crate) mod catalog;
pub(crate) mod reservation;
pub(crate) mod reservation_line;
pub(crate) mod sale_attr_value;
pub(crate) mod sku;
pub(crate) mod sku_image;
pub(crate) mod sku_sale_attr_value;
pub(crate) mod spu;
pub(crate) mod spu_sale_attr;
pub(crate) mod spu_spec;
pub(crate) mod spu_spec_value;
pub(crate) mod stock_log;
