//! Ports for processes that must find each other before they start.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::Mutex;

/// Below the range from which the kernel takes ports for outgoing connections, so that none of those is in the way
/// when a killed process starts again on its old port.
const RANGE: std::ops::Range<u16> = 12_000..32_000;

static TAKEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// A port on which nothing listens, given out once per test run.
pub fn free_port() -> u16 {
    let mut taken = TAKEN.lock().expect("no panic while taking a port");
    let taken = taken.get_or_insert_default();
    loop {
        let port = rand::random_range(RANGE);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() && taken.insert(port) {
            return port;
        }
    }
}

/// `127.0.0.1:` and a free port.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
