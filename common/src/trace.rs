//! W3C trace context: one trace id from the browser's request through services and events.

use std::future::Future;

/// The header in which it travels (W3C Trace Context, §3.2).
pub const HEADER: &str = "traceparent";

tokio::task_local! {
    static CURRENT: String;
}

/// Runs `work` as part of the trace that `traceparent` names.
pub async fn scope<F: Future>(traceparent: String, work: F) -> F::Output {
    CURRENT.scope(traceparent, work).await
}

/// The `traceparent` of the work at hand, if it belongs to a trace.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Begins a trace.
pub fn fresh() -> String {
    format!(
        "00-{:032x}-{:016x}-01",
        rand::random::<u128>().max(1),
        rand::random::<u64>().max(1)
    )
}

/// The next hop of the trace that `parent` names; a fresh trace when `parent` is not well-formed.
pub fn child(parent: &str) -> String {
    match trace_id(parent) {
        Some(trace_id) => format!("00-{trace_id}-{:016x}-01", rand::random::<u64>().max(1)),
        None => fresh(),
    }
}

/// The trace id of a well-formed `traceparent`.
pub fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace_id, span_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
    let is_valid = is_hex(version, 2)
        && version != "ff"
        && is_hex(trace_id, 32)
        && !is_zero(trace_id)
        && is_hex(span_id, 16)
        && !is_zero(span_id)
        && is_hex(flags, 2)
        && (version != "00" || parts.next().is_none());
    is_valid.then_some(trace_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    #[test]
    fn a_child_stays_in_its_parents_trace() {
        let parent = fresh();
        let next = child(&parent);
        assert_eq!(trace_id(&next), trace_id(&parent));
        assert_ne!(next, parent);
    }

    #[test]
    fn what_is_malformed_begins_a_new_trace() {
        let zero = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        for text in [
            "",
            "00-xyz",
            zero,
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_id(text), None, "{text}");
            assert!(trace_id(&child(text)).is_some());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert!(trace_id(&child(&text)).is_some());
        }
    }
}
