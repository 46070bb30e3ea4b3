//! The checkout proper: from `creating` to `pending`, or back to nothing.

use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use common::contracts::events::orders::OrderCreated;
use common::contracts::ids::OrderId;
use common::contracts::internal_apis::carts::{CartLine, TakeOutcome};
use common::contracts::internal_apis::goods::{Reserve, ReserveLine, ReserveOutcome, ReservedLine};
use common::contracts::internal_apis::pays::{Cashier, RegisterPayment};
use common::db::{begin_write, retry_transient};
use common::http_client::TRY_TIMEOUT;
use common::{crashpoint, deadline, outbox};
use futures_util::future::{Either, select};
use tokio::time::{Instant, timeout};

use super::plan::{Plan, carts_count};
use super::{HalfMade, Held, PlacedOrder, Settlement, undo};
use crate::domain::order::{SoldLine, Totals, totals};
use crate::domain::order_state::{OrderAction, OrderStatus};
use crate::error::OrderError;
use crate::state::AppState;
use crate::store::changes::{self, Actor, Change, Completion};
use crate::store::lines;
use crate::store::requests::Claim;

/// How long goods-svc keeps quiet about a reservation after the order's deadline.
const HOLD_AFTER_DEADLINE: TimeDelta = TimeDelta::minutes(10);
/// How long an order that is ready waits for the number on the cart's badge.
const BADGE_GRACE: Duration = Duration::from_millis(50);
/// How long giving back may take before it is left to the job; on top of the order's own budget.
const UNDO_BUDGET: Duration = Duration::from_secs(2);

/// What the other services have answered.
struct Prepared {
    lines: Vec<SoldLine>,
    totals: Totals,
    placed: PlacedOrder,
}

/// Takes the order `id` through all steps. When it fails, nothing is left of it once this returns, or once the job
/// that heals half-made orders has come round.
pub async fn checkout(
    state: &AppState,
    plan: &Plan,
    claim: Option<&Claim>,
    id: &OrderId,
) -> Result<PlacedOrder, OrderError> {
    let mut held = Held::default();
    match prepare(state, plan, id, &mut held).await {
        // An error of this write may hide a commit that happened. So nothing is given back here: the job looks
        // at what the order has become.
        Ok(prepared) => complete(state, plan, claim, prepared).await,
        Err(failure) => {
            let half_made = HalfMade {
                order_id: id,
                user_id: plan.user_id,
                held,
            };
            let undone = undo(state, half_made, Actor::Buyer(plan.user_id));
            if let Err(error) = deadline::scope(UNDO_BUDGET, undone).await {
                tracing::warn!(order.id = %id, ?error, "checkout {id} not undone, left to the job");
            }
            Err(failure)
        }
    }
}

async fn prepare(
    state: &AppState,
    plan: &Plan,
    id: &OrderId,
    held: &mut Held,
) -> Result<Prepared, OrderError> {
    match plan.settlement {
        Settlement::Cart => {
            let carts_count = take_lines(state, plan, id, held).await?;
            reserve_and_register(state, plan, id, held)
                .await
                .map(|prepared| prepared.showing(carts_count))
        }
        Settlement::BuyNow(_) => {
            let prepared = pin!(reserve_and_register(state, plan, id, held));
            let shown = pin!(carts_count(state, plan.user_id));
            let (prepared, shown) = beside(prepared, shown).await;
            prepared.map(|prepared| prepared.showing(shown))
        }
    }
}

/// Past the cart its number is for show: asked beside the calls that count, and hardly waited for once they are done.
async fn beside<T>(
    work: impl Future<Output = T> + Unpin,
    shown: impl Future<Output = usize> + Unpin,
) -> (T, usize) {
    match select(work, shown).await {
        Either::Right((shown, work)) => (work.await, shown),
        Either::Left((done, shown)) => (done, timeout(BADGE_GRACE, shown).await.unwrap_or(0)),
    }
}

impl Prepared {
    fn showing(mut self, carts_count: usize) -> Self {
        self.placed.carts_count = carts_count;
        self
    }
}

async fn reserve_and_register(
    state: &AppState,
    plan: &Plan,
    id: &OrderId,
    held: &mut Held,
) -> Result<Prepared, OrderError> {
    crashpoint!("place_order_after_take");
    let lines = reserve(state, plan, id, held).await?;
    crashpoint!("place_order_after_reserve");
    let totals = totals(&lines, &state.settings.freight)?;
    let pay_url = register_payment(state, plan, id, totals).await;
    crashpoint!("place_order_after_register");
    let placed = PlacedOrder {
        order_id: id.clone(),
        total: totals.amount,
        pay_url,
        carts_count: 0,
    };
    Ok(Prepared {
        lines,
        totals,
        placed,
    })
}

async fn take_lines(
    state: &AppState,
    plan: &Plan,
    id: &OrderId,
    held: &mut Held,
) -> Result<usize, OrderError> {
    let lines = plan.lines.iter().map(|line| CartLine {
        sku_id: line.sku_id,
        count: line.count,
    });
    held.lines = true;
    match state.carts.take(plan.user_id, id, lines.collect()).await? {
        TakeOutcome::Taken { carts_count } => Ok(carts_count),
        TakeOutcome::Changed => {
            held.lines = false;
            Err(OrderError::CartChanged)
        }
        TakeOutcome::Restored => Err(OrderError::Overtaken),
    }
}

async fn reserve(
    state: &AppState,
    plan: &Plan,
    id: &OrderId,
    held: &mut Held,
) -> Result<Vec<SoldLine>, OrderError> {
    let lines = plan.lines.iter().map(|line| ReserveLine {
        sku_id: line.sku_id,
        count: line.count,
    });
    let request = Reserve {
        lines: lines.collect(),
        hold_until: plan.pay_deadline + HOLD_AFTER_DEADLINE,
    };
    held.stock = true;
    let asked_at = Instant::now();
    let outcome = state.goods.reserve(id, &request).await?;
    let is_refused = matches!(
        outcome,
        ReserveOutcome::OutOfStock { .. } | ReserveOutcome::NotLaunched { .. }
    );
    // A refusal says that nothing is held, unless an earlier try is still on its way.
    held.stock = !is_refused || asked_at.elapsed() >= TRY_TIMEOUT;
    match outcome {
        ReserveOutcome::Reserved { lines } => Ok(lines.into_iter().map(sold).collect()),
        ReserveOutcome::OutOfStock { sku_id, available } => Err(OrderError::OutOfStock { sku_id, available }),
        ReserveOutcome::NotLaunched { sku_id } => Err(OrderError::NotLaunched { sku_id }),
        ReserveOutcome::Released => Err(OrderError::Overtaken),
    }
}

fn sold(line: ReservedLine) -> SoldLine {
    SoldLine {
        sku_id: line.sku_id,
        count: line.count,
        price: line.price,
        name: line.name,
        image: line.image,
        attr_names: line.attr_names,
        attr_values: line.attr_values,
    }
}

/// The cashier's address. Without pays-svc the order stands all the same: then it is the address of the page that
/// asks for it again (contract O4).
async fn register_payment(state: &AppState, plan: &Plan, id: &OrderId, totals: Totals) -> String {
    let request = RegisterPayment {
        user_id: plan.user_id,
        amount: totals.amount,
        expire_at: plan.pay_deadline,
        pay_method: None,
        cashier: Cashier::default(),
    };
    match state.pays.register(id, &request).await {
        Ok(payable) => payable.pay_url,
        Err(error) => {
            tracing::warn!(order.id = %id, ?error, "payment of order {id} not registered, its buyer is sent to the pay page");
            format!("{}?order_id={id}", state.pay_page)
        }
    }
}

async fn complete(
    state: &AppState,
    plan: &Plan,
    claim: Option<&Claim>,
    prepared: Prepared,
) -> Result<PlacedOrder, OrderError> {
    let placed = &prepared.placed;
    let answer = claim.map(|_| serde_json::to_string(placed)).transpose()?;
    let completion = Completion {
        totals: prepared.totals,
        pay_deadline: plan.pay_deadline,
        answer: answer.as_deref(),
    };
    let at = state.clock.now();
    let actor = Actor::Buyer(plan.user_id);
    let change = Change::new(
        &placed.order_id,
        OrderStatus::Creating,
        OrderAction::Complete,
        actor,
        at,
    )?;
    let created = OrderCreated {
        order_id: placed.order_id.clone(),
        user_id: plan.user_id,
        total: placed.total,
    };
    retry_transient(async || {
        let txn = begin_write(&state.db).await?;
        if !changes::complete(&txn, &change, &completion).await? {
            txn.rollback().await?;
            return Err(OrderError::Overtaken);
        }
        lines::insert(&txn, &placed.order_id, &prepared.lines).await?;
        outbox::add(&txn, at, &created).await?;
        crashpoint!("place_order_before_commit");
        Ok(txn.commit().await?)
    })
    .await?;
    crashpoint!("place_order_after_commit");
    tracing::info!(order.id = %placed.order_id, "order {} placed", placed.order_id);
    Ok(prepared.placed)
}
