//! The promises, each as a function that names where the books break it.

use std::collections::BTreeMap;

use super::books::{Books, Lines, Order, Snapshot};

/// Numbers of `OrderStatus`.
const UNPAID: i64 = 1;
const PAID: [i64; 3] = [2, 3, 4];
const CREATING: i64 = 11;
const NEVER_BOUGHT: [i64; 2] = [12, 13];
const FAILED: i64 = 13;
const REFUND: [i64; 2] = [15, 16];

/// Every sentence that is not empty is a promise broken.
pub(super) fn check(snapshot: &Snapshot, opening: &Books) -> Vec<String> {
    [
        no_checkout_is_left_half_made(snapshot),
        stock_held_and_sold_make_up_what_there_was(snapshot, opening),
        reservations_follow_their_orders(snapshot),
        totals_add_up(snapshot),
        paid_orders_have_their_money_and_no_other_money_is_kept(snapshot),
        history_ends_at_the_status(snapshot),
    ]
    .concat()
}

fn no_checkout_is_left_half_made(snapshot: &Snapshot) -> Vec<String> {
    let half_made = snapshot
        .orders
        .iter()
        .filter(|(_, order)| order.status == CREATING);
    half_made
        .map(|(id, _)| format!("order {id} is half made"))
        .collect()
}

/// I1: nothing is oversold, and no piece appears or vanishes.
fn stock_held_and_sold_make_up_what_there_was(snapshot: &Snapshot, opening: &Books) -> Vec<String> {
    let mut taken: BTreeMap<i64, i64> = BTreeMap::new();
    for reservation in snapshot.reservations.values() {
        if reservation.state != "released" {
            for (sku, (count, _)) in &reservation.lines {
                *taken.entry(*sku).or_default() += count;
            }
        }
    }
    let mut findings = Vec::new();
    for (sku, shelf) in &snapshot.shelves.0 {
        let (taken, before) = (taken.get(sku).copied().unwrap_or_default(), opening.shelf(*sku));
        assert!(shelf.stock >= 0, "SKU {sku} is oversold: {shelf:?}");
        if (shelf.stock, shelf.sales) != (before.stock - taken, before.sales + taken) {
            findings.push(format!(
                "SKU {sku} had {before:?}, of which {taken} are held or sold, and has {shelf:?}"
            ));
        }
    }
    findings
}

/// I3: a paid order's stock is sold once, an unpaid one's held, any other's given back.
fn reservations_follow_their_orders(snapshot: &Snapshot) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, order) in &snapshot.orders {
        let reservation = snapshot.reservations.get(id);
        let state = reservation.map_or("none", |reservation| reservation.state.as_str());
        let is_right = match order.status {
            UNPAID => state == "held",
            status if PAID.contains(&status) => state == "sold",
            status if NEVER_BOUGHT.contains(&status) => matches!(state, "released" | "none"),
            status if REFUND.contains(&status) => matches!(state, "sold" | "released"),
            _ => true,
        };
        if !is_right {
            findings.push(format!(
                "order {id} has status {} and stock that is {state}",
                order.status
            ));
        }
        let is_complete = ![CREATING, FAILED].contains(&order.status);
        if is_complete && reservation.is_none_or(|reservation| reservation.lines != order.lines) {
            findings.push(format!("order {id} and its reservation differ in their lines"));
        }
    }
    let orphans = snapshot
        .reservations
        .iter()
        .filter(|(id, reservation)| reservation.state != "released" && !snapshot.orders.contains_key(*id));
    findings.extend(orphans.map(|(id, _)| format!("stock is taken for {id}, which is no order")));
    findings
}

/// I12: what is to be paid is the sum of the stored prices and the freight.
fn totals_add_up(snapshot: &Snapshot) -> Vec<String> {
    let complete = snapshot
        .orders
        .iter()
        .filter(|(_, order)| ![CREATING, FAILED].contains(&order.status));
    let wrong = complete.filter(|(_, order)| order.total != sum(&order.lines) + order.freight);
    wrong
        .map(|(id, order)| {
            format!(
                "order {id} costs {}, which is not the sum of its lines",
                order.total
            )
        })
        .collect()
}

fn sum(lines: &Lines) -> i64 {
    lines.values().map(|(count, price)| count * price).sum()
}

/// I2, I4 and I5: an order is paid if and only if money of exactly its amount arrived; all other money went back.
fn paid_orders_have_their_money_and_no_other_money_is_kept(snapshot: &Snapshot) -> Vec<String> {
    let mut kept: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut findings = Vec::new();
    for (trade, receipt) in &snapshot.receipts {
        match snapshot.refunds.get(trade) {
            None => kept.entry(&receipt.order_id).or_default().push(receipt.amount),
            Some((amount, true)) if *amount == receipt.amount => {}
            Some(refund) => findings.push(format!(
                "of trade {trade}, {}, is refunded {refund:?}",
                receipt.amount
            )),
        }
    }
    for (id, order) in &snapshot.orders {
        let money = kept.remove(id.as_str()).unwrap_or_default();
        if money != money_due(order) {
            findings.push(format!(
                "order {id}, status {}, total {}, holds {money:?}",
                order.status, order.total
            ));
        }
    }
    findings.extend(
        kept.into_iter()
            .map(|(id, money)| format!("{money:?} was paid for {id}, which is no order")),
    );
    findings
}

fn money_due(order: &Order) -> Vec<i64> {
    if PAID.contains(&order.status) {
        vec![order.total]
    } else {
        Vec::new()
    }
}

/// I21: the last entry of the history says where the order is.
fn history_ends_at_the_status(snapshot: &Snapshot) -> Vec<String> {
    let wrong = snapshot
        .orders
        .iter()
        .filter(|(_, order)| order.last_entry != order.status);
    wrong
        .map(|(id, order)| {
            format!(
                "order {id} has status {} and a history that ends at {}",
                order.status, order.last_entry
            )
        })
        .collect()
}
