//! The two metrics of a request, by route and status; their handles are looked up once a thread, not once a request.

use std::cell::RefCell;
use std::time::Duration;

use metrics::{Counter, Histogram};

use crate::routes::ROUTES;

/// The handles of one thread.
#[derive(Default)]
pub struct Figures(RefCell<Vec<Option<OfRoute>>>);

struct OfRoute {
    name: &'static str,
    seconds: Histogram,
    by_status: Vec<(u16, Counter)>,
}

impl Figures {
    /// A request to the route of this number was answered so.
    pub fn note(&self, route: Option<usize>, status: u16, elapsed: Duration) {
        let mut figures = self.0.borrow_mut();
        if figures.is_empty() {
            figures.resize_with(ROUTES.len() + 1, || None);
        }
        let place = route.unwrap_or(ROUTES.len());
        let name = route.map_or("none", |route| ROUTES[route].pattern);
        let of_route = figures[place].get_or_insert_with(|| OfRoute::new(name));
        of_route.seconds.record(elapsed);
        of_route.count(status);
    }
}

impl OfRoute {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            seconds: metrics::histogram!("http_request_duration_seconds", "service" => "gateway", "route" => name),
            by_status: Vec::new(),
        }
    }

    fn count(&mut self, status: u16) {
        if let Some((_, counter)) = self.by_status.iter().find(|(known, _)| *known == status) {
            counter.increment(1);
            return;
        }
        let counter = metrics::counter!(
            "http_requests_total", "service" => "gateway", "route" => self.name, "code" => status.to_string()
        );
        counter.increment(1);
        self.by_status.push((status, counter));
    }
}
