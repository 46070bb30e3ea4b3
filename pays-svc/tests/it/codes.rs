//! Which error codes no test provokes: a list that may only shrink.

use pays_svc::error_codes::ALL;

/// Codes without a test of their own.
const NOT_PROVOKED: &[u32] = &[];

const TESTS: [&str; 7] = [
    include_str!("internal_calls.rs"),
    include_str!("logs.rs"),
    include_str!("notify_battery.rs"),
    include_str!("notify_meanings.rs"),
    include_str!("reconciliation.rs"),
    include_str!("refunds.rs"),
    include_str!("staff.rs"),
];

#[test]
fn every_error_code_is_provoked_by_a_test() {
    for row in ALL {
        let number = row.code.to_string();
        let is_provoked = TESTS.iter().any(|test| test.contains(&number));
        assert_ne!(
            is_provoked,
            NOT_PROVOKED.contains(&row.code),
            "{number} {}",
            row.name
        );
    }
}
