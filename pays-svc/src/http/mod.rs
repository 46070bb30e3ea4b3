//! One file per endpoint: reads the request, calls one flow, writes the answer. Beside them what several share: how
//! lists are cut (`staff_paging`), why staff act (`staff_reason`), and who is no longer listened to (`notify_guard`).

pub(crate) mod internal_register_payment;
pub(crate) mod internal_sync_payment;
pub(crate) mod notify_guard;
pub(crate) mod notify_url;
pub(crate) mod return_url;
pub(crate) mod staff_list_anomalies;
pub(crate) mod staff_list_payments;
pub(crate) mod staff_list_reconciliations;
pub(crate) mod staff_list_refunds;
pub(crate) mod staff_mark_refund_done;
mod staff_paging;
mod staff_reason;
pub(crate) mod staff_refuse_refund;
pub(crate) mod staff_resolve_anomaly;
pub(crate) mod staff_retry_refund;
pub(crate) mod staff_show_payment;
