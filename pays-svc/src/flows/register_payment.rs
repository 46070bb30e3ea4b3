//! An order asks for money: remember the sum, and sign the address of the cashier.

use common::contracts::ids::OrderId;
use common::contracts::internal_apis::pays::{Payable, RegisterPayment};
use common::db::retry_transient;

use crate::domain::payment::{PayMethod, Payment, PaymentStatus, is_payable};
use crate::domain::query_schedule::next_query;
use crate::error::PayError;
use crate::state::AppState;
use crate::store::payments;

/// Who says nothing pays with it.
const ALIPAY: i16 = 1;

/// Registers a payment, or finds the one that the same call registered before. What was registered first holds.
pub(crate) async fn register_payment(
    state: &AppState,
    order_id: OrderId,
    request: &RegisterPayment,
) -> Result<Payable, PayError> {
    if !is_payable(request.amount) {
        return Err(PayError::NotPayable(request.amount));
    }
    let number = request.pay_method.unwrap_or(ALIPAY);
    let pay_method = PayMethod::numbered(number)
        .filter(|method| state.provider.takes(*method))
        .ok_or(PayError::MethodNotEnabled(number))?;
    let now = state.clock.now();
    let wanted = Payment {
        pay_method,
        order_id,
        user_id: request.user_id,
        amount: request.amount,
        status: PaymentStatus::Waiting,
        expire_at: request.expire_at,
        created_at: now,
        next_query_at: next_query(now, request.expire_at, now),
        failed_queries: 0,
    };
    let payment = if retry_transient(|| payments::add(state.db.writer(), &wanted)).await? {
        wanted
    } else {
        registered_before(state, wanted).await?
    };
    let pay_url = state.provider.pay_url(&payment, request.cashier, now).await?;
    Ok(Payable { pay_url })
}

async fn registered_before(state: &AppState, wanted: Payment) -> Result<Payment, PayError> {
    let found = payments::find(state.db.reader(), wanted.order_id.as_str()).await?;
    let payment = found.ok_or_else(|| PayError::OrderUnknown(wanted.order_id.to_string()))?;
    if payment.amount != wanted.amount || payment.user_id != wanted.user_id {
        return Err(PayError::RegisteredDifferently(wanted.order_id));
    }
    match payment.status {
        PaymentStatus::Waiting => Ok(payment),
        PaymentStatus::Paid => Err(PayError::AlreadyPaid(payment.order_id)),
        PaymentStatus::Closed => Err(PayError::Closed(payment.order_id)),
    }
}
