//! Which error codes no test provokes: a list that may only shrink.

use orders_svc::error_codes::ALL;

/// Codes without a test of their own.
const NOT_PROVOKED: &[u32] = &[];

const TESTS: [&str; 11] = [
    include_str!("cancel_order.rs"),
    include_str!("refunds.rs"),
    include_str!("staff.rs"),
    include_str!("unpaid_cap.rs"),
    include_str!("advance.rs"),
    include_str!("confirm_receipt.rs"),
    include_str!("healing.rs"),
    include_str!("idempotency.rs"),
    include_str!("list_orders.rs"),
    include_str!("pay_order.rs"),
    include_str!("place_order.rs"),
];

#[test]
fn every_error_code_is_provoked_by_a_test() {
    let payments = include_str!("payments.rs");
    for row in ALL {
        let number = row.code.to_string();
        let is_provoked = TESTS.iter().chain([&payments]).any(|test| test.contains(&number));
        assert_ne!(
            is_provoked,
            NOT_PROVOKED.contains(&row.code),
            "{number} {}",
            row.name
        );
    }
}
