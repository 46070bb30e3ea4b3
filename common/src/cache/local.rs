//! The level in this process: values for seconds, and the flights that are under way to get one.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::future::{BoxFuture, Shared};

use super::Outcome;

/// Most values, those that tell of an absence included; the oldest go first.
const MAX_VALUES: usize = 20_000;
/// Most bytes of all values together: an eighth of what a service may use (reliability §5.10).
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// What a value costs besides its bytes, in bytes: its key and its places in the two lists.
const OVERHEAD_BYTES: usize = 160;

/// A value on its way, for all who wait for it.
pub(super) type Flight = Shared<BoxFuture<'static, Outcome>>;

/// What was found under a key.
pub(super) enum Found {
    /// A value that is still good; `None` = known to be absent.
    Value(Option<Bytes>),
    /// Somebody is about to get it.
    Flight(Flight),
    /// Nothing.
    Nothing,
}

/// See the module.
#[derive(Default)]
pub(super) struct Local {
    slots: HashMap<Arc<str>, Slot>,
    /// Values in the order in which they were kept; entries whose value was replaced or evicted are passed over.
    order: VecDeque<(Arc<str>, u64)>,
    bytes: usize,
    last_id: u64,
}

struct Slot {
    /// Which flight this is, or brought it.
    id: u64,
    content: Content,
}

enum Content {
    Flying(Flight),
    Kept { value: Option<Bytes>, expires: Instant },
}

impl Local {
    /// What is under `key` at `now`.
    pub(super) fn find(&self, key: &str, now: Instant) -> Found {
        match self.slots.get(key).map(|slot| &slot.content) {
            Some(Content::Kept { value, expires }) if *expires > now => Found::Value(value.clone()),
            Some(Content::Flying(flight)) => Found::Flight(flight.clone()),
            Some(Content::Kept { .. }) | None => Found::Nothing,
        }
    }

    /// A number for a flight.
    pub(super) fn next_flight(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Puts the flight where others find it.
    pub(super) fn take_off(&mut self, key: Arc<str>, id: u64, flight: Flight) {
        self.remove(&key);
        let content = Content::Flying(flight);
        self.slots.insert(key, Slot { id, content });
    }

    /// Ends a flight: its value is kept until `expires`, unless the key was evicted or the flight replaced meanwhile.
    pub(super) fn land(&mut self, key: &Arc<str>, id: u64, outcome: &Outcome, expires: Option<Instant>) {
        if self.slots.get(key).is_none_or(|slot| slot.id != id) {
            return;
        }
        self.remove(key);
        if let (Ok(value), Some(expires)) = (outcome, expires) {
            let value = value.clone();
            self.bytes += cost(value.as_ref());
            let content = Content::Kept { value, expires };
            self.slots.insert(key.clone(), Slot { id, content });
            self.order.push_back((key.clone(), id));
        }
        self.make_room(Instant::now());
    }

    /// Forgets `key`; who waits for its flight still gets what it brings.
    pub(super) fn remove(&mut self, key: &str) {
        if let Some(slot) = self.slots.remove(key)
            && let Content::Kept { value, .. } = slot.content
        {
            self.bytes -= cost(value.as_ref());
        }
    }

    /// Forgets every key that begins with `prefix`.
    pub(super) fn remove_all(&mut self, prefix: &str) {
        let keys: Vec<Arc<str>> = self
            .slots
            .keys()
            .filter(|key| key.starts_with(prefix))
            .cloned()
            .collect();
        for key in keys {
            self.remove(&key);
        }
    }

    /// Drops expired values, and the oldest ones while there are too many.
    fn make_room(&mut self, now: Instant) {
        while let Some((key, id)) = self.order.front() {
            let kept = self.slots.get(key).filter(|slot| slot.id == *id);
            let is_good = matches!(kept.map(|slot| &slot.content), Some(Content::Kept { expires, .. }) if *expires > now);
            if is_good && self.order.len() <= MAX_VALUES && self.bytes <= MAX_BYTES {
                return;
            }
            let is_there = kept.is_some();
            if let Some((key, _)) = self.order.pop_front()
                && is_there
            {
                self.remove(&key);
            }
        }
    }
}

fn cost(value: Option<&Bytes>) -> usize {
    OVERHEAD_BYTES + value.map_or(0, Bytes::len)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    fn flight() -> Flight {
        async { Ok(None) }.boxed().shared()
    }

    fn keep(local: &mut Local, key: &str, value: &[u8], now: Instant) {
        let (key, id) = (Arc::from(key), local.next_flight());
        local.take_off(Arc::clone(&key), id, flight());
        let value = Ok(Some(Bytes::copy_from_slice(value)));
        local.land(&key, id, &value, Some(now + Duration::from_secs(2)));
    }

    #[test]
    fn a_value_is_found_until_it_expires() {
        let (mut local, now) = (Local::default(), Instant::now());
        keep(&mut local, "a", b"1", now);
        assert!(matches!(local.find("a", now), Found::Value(Some(value)) if value == "1"));
        assert!(matches!(
            local.find("a", now + Duration::from_secs(3)),
            Found::Nothing
        ));
        assert!(matches!(local.find("b", now), Found::Nothing));
    }

    #[test]
    fn a_flight_that_was_evicted_on_the_way_leaves_nothing_behind() {
        let (mut local, now, key) = (Local::default(), Instant::now(), Arc::<str>::from("a"));
        let old = local.next_flight();
        local.take_off(key.clone(), old, flight());
        local.remove("a");
        let new = local.next_flight();
        local.take_off(key.clone(), new, flight());
        let expires = Some(now + Duration::from_secs(2));
        local.land(&key, old, &Ok(Some(Bytes::from_static(b"old"))), expires);
        assert!(matches!(local.find("a", now), Found::Flight(_)));
        local.land(&key, new, &Ok(Some(Bytes::from_static(b"new"))), expires);
        assert!(matches!(local.find("a", now), Found::Value(Some(value)) if value == "new"));
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_bytes_and_the_count_stays_right() {
        let (mut local, now) = (Local::default(), Instant::now());
        let large = vec![0; MAX_BYTES / 4];
        for key in ["a", "b", "c", "d", "e"] {
            keep(&mut local, key, &large, now);
        }
        let is_kept = |local: &Local, key| matches!(local.find(key, now), Found::Value(_));
        assert!(!is_kept(&local, "a") && !is_kept(&local, "b"));
        assert!(is_kept(&local, "c") && is_kept(&local, "e"));
        local.remove_all("");
        assert_eq!(local.bytes, 0);
        keep(&mut local, "f", b"", now);
        assert_eq!((local.bytes, local.slots.len()), (OVERHEAD_BYTES, 1));
    }

    #[test]
    fn a_prefix_names_its_keys_only() {
        let (mut local, now) = (Local::default(), Instant::now());
        for key in ["ga1", "ga2", "gb1"] {
            keep(&mut local, key, b"1", now);
        }
        local.remove_all("ga");
        assert!(matches!(local.find("ga1", now), Found::Nothing));
        assert!(matches!(local.find("gb1", now), Found::Value(_)));
    }
}
