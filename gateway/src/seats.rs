//! How many connections there may be: in all, and from one address (reliability §5.13).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client_address::{Proxies, network};

/// Connections in all.
const ALL: usize = 4096;
/// Connections from one address, unless it is a proxy of ours or limits are lifted.
const FROM_ONE: usize = 64;

/// The seats. Cheap to clone.
#[derive(Clone)]
pub struct Seats {
    proxies: Arc<Proxies>,
    are_limited_by_address: bool,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's seat, free again when dropped.
pub struct Seat {
    address: Option<IpAddr>,
    taken: Arc<Mutex<Taken>>,
}

impl Seats {
    /// Empty ones.
    pub fn new(proxies: Arc<Proxies>, are_limited_by_address: bool) -> Self {
        Self {
            proxies,
            are_limited_by_address,
            taken: Arc::default(),
        }
    }

    /// A seat for a connection from there; `None` when there is none left.
    pub fn take(&self, address: IpAddr) -> Option<Seat> {
        let is_counted = self.are_limited_by_address && !self.proxies.include(address);
        let address = is_counted.then(|| network(address));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= ALL {
            return None;
        }
        if let Some(address) = address {
            let from_there = taken.by_address.entry(address).or_default();
            if *from_there >= FROM_ONE {
                return None;
            }
            *from_there += 1;
        }
        taken.all += 1;
        let taken = self.taken.clone();
        Some(Seat { address, taken })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(address) = self.address
            && let Some(from_there) = taken.by_address.get_mut(&address)
        {
            *from_there -= 1;
            if *from_there == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_seats_and_gives_them_back() {
        let seats = Seats::new(Arc::default(), true);
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut taken: Vec<Seat> = (0..FROM_ONE).filter_map(|_| seats.take(one)).collect();
        assert_eq!(taken.len(), FROM_ONE);
        assert!(seats.take(one).is_none());
        assert!(seats.take(other).is_some());
        taken.pop();
        assert!(seats.take(one).is_some());
    }

    #[test]
    fn all_seats_are_counted_even_when_addresses_are_not() {
        let seats = Seats::new(Arc::default(), false);
        let one = IpAddr::from([10, 0, 0, 1]);
        let taken: Vec<Seat> = (0..ALL).filter_map(|_| seats.take(one)).collect();
        assert_eq!(taken.len(), ALL);
        assert!(seats.take(one).is_none());
    }
}
