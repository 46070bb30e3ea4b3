//! How many requests are under way: beyond the bounds a client is told at once to come again (reliability §5.13).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::settings::{SettingsError, Source};

use crate::settings::{IN_FLIGHT, IN_FLIGHT_PER_SERVICE};
use crate::upstreams::Service;

/// The requests under way. One for all threads.
#[derive(Debug)]
pub struct InFlight {
    all: AtomicUsize,
    by_service: [AtomicUsize; Service::ALL.len()],
    most: usize,
    most_by_service: usize,
}

/// One of them; over when dropped.
#[derive(Debug)]
pub struct Place {
    in_flight: Arc<InFlight>,
    service: Service,
}

impl InFlight {
    /// None yet, within the bounds that the settings say.
    ///
    /// # Errors
    /// When a bound is no number.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        Ok(Self {
            all: AtomicUsize::new(0),
            by_service: std::array::from_fn(|_| AtomicUsize::new(0)),
            most: source.parsed(IN_FLIGHT)?,
            most_by_service: source.parsed(IN_FLIGHT_PER_SERVICE)?,
        })
    }

    /// A place for one request to this service; `None` when there is none left.
    pub fn enter(self: &Arc<Self>, service: Service) -> Option<Place> {
        // Counted first and given back by `Place`: two that come at once may both be refused, never both let in.
        let place = Place {
            in_flight: self.clone(),
            service,
        };
        let all = self.all.fetch_add(1, Ordering::Relaxed);
        let of_service = self.by_service[service.place()].fetch_add(1, Ordering::Relaxed);
        (all < self.most && of_service < self.most_by_service).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.in_flight.all.fetch_sub(1, Ordering::Relaxed);
        self.in_flight.by_service[self.service.place()].fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_service_cannot_take_all_places_and_places_come_free_again() {
        let source = Source::of([(IN_FLIGHT, "3"), (IN_FLIGHT_PER_SERVICE, "2")]);
        let in_flight = Arc::new(InFlight::read(&source).unwrap());
        let goods = [in_flight.enter(Service::Goods), in_flight.enter(Service::Goods)];
        assert!(goods.iter().all(Option::is_some));
        assert!(in_flight.enter(Service::Goods).is_none());
        let orders = in_flight.enter(Service::Orders);
        assert!(orders.is_some() && in_flight.enter(Service::Orders).is_none());
        drop(goods);
        assert!(in_flight.enter(Service::Orders).is_some());
    }
}
