//! Where messages that reached the sandbox wait to be looked at.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many messages an inbox keeps; the oldest go first.
const CAPACITY: usize = 1_000;

/// The newest messages of one kind (`T` = SMS or mail), in memory only.
pub(crate) struct Inbox<T>(Mutex<VecDeque<T>>);

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Inbox(Mutex::default())
    }
}

impl<T: Clone> Inbox<T> {
    pub(crate) fn put(&self, message: T) {
        let mut messages = self.lock();
        messages.truncate(CAPACITY - 1);
        messages.push_front(message);
    }

    /// The messages that `wanted` picks, newest first.
    pub(crate) fn newest_first(&self, wanted: impl Fn(&T) -> bool) -> Vec<T> {
        self.lock()
            .iter()
            .filter(|message| wanted(message))
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Inbox};

    #[test]
    fn an_inbox_keeps_the_newest_messages_newest_first() {
        let inbox = Inbox::default();
        for number in 0..=CAPACITY {
            inbox.put(number);
        }
        let kept = inbox.newest_first(|_| true);
        assert_eq!((kept.len(), kept[0], kept[CAPACITY - 1]), (CAPACITY, CAPACITY, 1));
        assert_eq!(inbox.newest_first(|number| *number == 7), [7]);
    }
}
