//! Whatever happens to a cart, these things stay true.

use std::collections::BTreeMap;

use common::contracts::ids::{OrderId, SkuId};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::cart::{Cart, MAX_KINDS, MAX_PIECES, Tick, Which};
use super::fields;
use super::taken::Taken;

/// One thing that happens to a cart.
#[derive(Clone, Debug)]
enum Step {
    Add(SkuId, i64, i64),
    Up(SkuId, i64),
    Down(SkuId),
    Tick(SkuId, Tick),
    TickAll(Tick),
    Remove(SkuId),
    Merge(BTreeMap<SkuId, i64>, i64),
    TakeSelected(OrderId),
    Restore(OrderId),
    Forget(OrderId),
}

fn sku() -> impl Strategy<Value = SkuId> {
    (1_i64..130).prop_map(SkuId)
}

fn order() -> impl Strategy<Value = OrderId> {
    (10_u32..40).prop_map(|second| format!("202611212000{second}7").parse().unwrap())
}

fn tick() -> impl Strategy<Value = Tick> {
    prop_oneof![Just(Tick::Selected), Just(Tick::Unselected)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (sku(), 1_i64..300, 0_i64..300).prop_map(|(sku, count, stock)| Step::Add(sku, count, stock)),
        2 => (sku(), 0_i64..300).prop_map(|(sku, stock)| Step::Up(sku, stock)),
        2 => sku().prop_map(Step::Down),
        2 => (sku(), tick()).prop_map(|(sku, tick)| Step::Tick(sku, tick)),
        1 => tick().prop_map(Step::TickAll),
        1 => sku().prop_map(Step::Remove),
        1 => (btree_map(sku(), any::<i64>(), 0..60), 0_i64..300).prop_map(|(lines, stock)| Step::Merge(lines, stock)),
        2 => order().prop_map(Step::TakeSelected),
        1 => order().prop_map(Step::Restore),
        1 => order().prop_map(Step::Forget),
    ]
}

fn run(cart: &mut Cart, step: &Step) {
    match step {
        Step::Add(sku, count, stock) => drop(cart.add(*sku, *count, *stock)),
        Step::Up(sku, stock) => drop(cart.step_up(*sku, *stock)),
        Step::Down(sku) => drop(cart.step_down(*sku)),
        Step::Tick(sku, tick) => drop(cart.set_tick(*sku, *tick)),
        Step::TickAll(tick) => cart.set_ticks(&Which::All, *tick),
        Step::Remove(sku) => drop(cart.remove(*sku)),
        Step::Merge(lines, stock) => {
            let stock = lines.keys().map(|sku| (*sku, *stock)).collect();
            cart.merge(lines, &stock);
        }
        Step::TakeSelected(order) => {
            let selected = cart.selected();
            cart.take(order, &selected);
        }
        Step::Restore(order) => cart.restore(order),
        Step::Forget(order) => cart.forget(order),
    }
}

fn cart_after(steps: &[Step]) -> Cart {
    let mut cart = Cart::default();
    for step in steps {
        run(&mut cart, step);
    }
    cart
}

fn written(cart: &Cart) -> BTreeMap<String, String> {
    let mut hash = BTreeMap::new();
    fields::write(cart, &mut hash);
    hash
}

proptest! {
    #[test]
    fn every_line_has_a_count_that_can_be_bought(steps in vec(step(), 0..120)) {
        for (_, line) in cart_after(&steps).lines() {
            prop_assert!((1..=MAX_PIECES).contains(&line.count));
        }
    }

    #[test]
    fn only_what_is_given_back_makes_a_full_cart_larger(steps in vec(step(), 0..120)) {
        let mut cart = Cart::default();
        for step in &steps {
            let before = cart.kinds();
            run(&mut cart, step);
            let is_restore = matches!(step, Step::Restore(_));
            prop_assert!(is_restore || cart.kinds() <= before.max(MAX_KINDS));
        }
    }

    #[test]
    fn a_cart_is_read_as_it_was_written(steps in vec(step(), 0..120)) {
        let cart = cart_after(&steps);
        prop_assert_eq!(fields::read(&written(&cart)), cart);
    }

    #[test]
    fn the_record_of_orders_stays_small(steps in vec(step(), 0..200)) {
        prop_assert!(written(&cart_after(&steps)).keys().filter(|field| field.starts_with("taken:")).count() <= 70);
    }

    #[test]
    fn giving_back_at_once_undoes_taking(steps in vec(step(), 0..60), order in order()) {
        let mut cart = cart_after(&steps);
        if cart.taken(&order).is_none() && !cart.selected().is_empty() {
            let before: Vec<_> = cart.lines().collect();
            cart.take(&order, &cart.selected());
            cart.restore(&order);
            prop_assert_eq!(cart.lines().collect::<Vec<_>>(), before);
        }
    }

    #[test]
    fn doing_the_steps_of_an_order_twice_is_doing_them_once(steps in vec(step(), 0..60), order in order()) {
        let mut cart = cart_after(&steps);
        let selected = cart.selected();
        cart.take(&order, &selected);
        for last in [Step::Restore(order.clone()), Step::Forget(order.clone())] {
            let mut once = cart.clone();
            run(&mut once, &last);
            let mut twice = once.clone();
            run(&mut twice, &last);
            prop_assert_eq!(&twice, &once);
            twice.take(&order, &selected);
            prop_assert_eq!(&twice, &once);
        }
    }

    #[test]
    fn taking_loses_no_piece(steps in vec(step(), 0..60), order in order()) {
        let mut cart = cart_after(&steps);
        if cart.taken(&order).is_none() {
            let before: i64 = cart.lines().map(|(_, line)| line.count).sum();
            cart.take(&order, &cart.selected());
            let left: i64 = cart.lines().map(|(_, line)| line.count).sum();
            let taken: i64 = match cart.taken(&order) {
                Some(Taken::Open(lines)) => lines.values().sum(),
                Some(Taken::Restored | Taken::Bought) | None => 0,
            };
            prop_assert_eq!(left + taken, before);
        }
    }

    #[test]
    fn no_hash_makes_reading_panic(hash in btree_map(any::<String>(), any::<String>(), 0..20)) {
        let mut hash = hash;
        let cart = fields::read(&hash);
        fields::write(&cart, &mut hash);
        prop_assert_eq!(fields::read(&hash), cart);
    }
}
