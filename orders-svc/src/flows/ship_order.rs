//! Ships a paid order: staff have given the parcel to a carrier.

use common::contracts::events::orders::OrderShipped;
use common::contracts::ids::{OrderId, UserId};
use common::db::{begin_write, retry_transient};
use common::{crashpoint, outbox};

use crate::domain::order::Parcel;
use crate::domain::order_state::{IllegalTransition, OrderAction};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change};
use crate::store::orders;

/// Marks the order shipped. A refund that is requested at the same moment and comes first stops the parcel.
pub async fn ship_order(
    state: &AppState,
    staff: UserId,
    id: &OrderId,
    parcel: &Parcel,
) -> Result<(), OrderError> {
    let order = orders::find(state.db.reader(), id).await?;
    let order = order.ok_or(OrderError::NotFound)?;
    let at = state.clock.now();
    let change = Change::new(id, order.status, OrderAction::Ship, Actor::Staff(staff), at)?
        .saying(format!("{} {}", parcel.carrier, parcel.tracking_no));
    let shipped = OrderShipped {
        order_id: id.clone(),
        user_id: order.user_id,
        carrier: parcel.carrier.clone(),
        tracking_no: parcel.tracking_no.clone(),
    };
    let complete_at = at + state.settings.complete_after;
    let is_shipped = retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        let is_shipped = changes::ship(&txn, &change, parcel, complete_at).await?;
        if is_shipped {
            outbox::add(&txn, at, &shipped).await?;
        }
        crashpoint!("ship_before_commit");
        txn.commit().await?;
        Ok::<_, OrderError>(is_shipped)
    })
    .await?;
    if !is_shipped {
        let now = orders::find(state.db.reader(), id).await?;
        let from = now.map_or(order.status, |order| order.status);
        let action = OrderAction::Ship;
        return Err(IllegalTransition { from, action }.into());
    }
    tracing::info!(order.id = %id, staff.id = %staff, "order {id} shipped");
    Ok(())
}
