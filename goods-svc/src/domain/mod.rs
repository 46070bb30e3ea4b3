//! The rules and words of the catalogue and its stock: pure, no IO, no clock.

pub(crate) mod catalogue;
pub(crate) mod demo_catalogue;
pub(crate) mod fixture;
pub(crate) mod reservation;
pub(crate) mod search;
pub(crate) mod selection;
pub(crate) mod staff_edit;
pub(crate) mod stock_audit;
pub(crate) mod stock_strategy;
