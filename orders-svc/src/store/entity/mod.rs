//! One model per table; nothing outside `store` sees them.

pub mod order;
pub mod order_event;
pub mod order_line;
pub mod refund;
