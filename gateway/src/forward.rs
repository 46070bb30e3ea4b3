//! The proxy: hands a request to a replica of its service and gives back the answer's head, body to follow.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use common::retry_budget::RetryBudget;
use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use crate::error::GatewayError;
use crate::pool::{Borrowed, Pool};
use crate::routes::Route;
use crate::upload::{State, Upload};
use crate::upstreams::{Choice, Lease, Replica, Service, Upstreams};

/// Replicas that are tried when one after the other accepts no connection.
const REPLICAS_TRIED: usize = 3;
/// A service that takes a body more slowly than this is late with its answer.
const SLOWEST_UPLOAD: u64 = 1024;
/// What a client may pause within its body.
const UPLOAD_PAUSE: Duration = Duration::from_secs(10);

/// The proxy of one thread.
pub struct Forwarder {
    pool: Pool,
    upstreams: Arc<Upstreams>,
    budget: Arc<RetryBudget>,
}

/// A request on its way.
pub struct Passage {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub target: Uri,
    /// What the service is told.
    pub headers: HeaderMap,
    /// Its body.
    pub upload: Upload,
    /// What becomes of the body.
    pub state: Rc<State>,
    /// Where it goes.
    pub route: &'static Route,
}

/// A service's answer, and what it holds until its body is through.
pub struct Answer {
    /// Head and body.
    pub response: Response<Incoming>,
    /// The connection that it comes by.
    pub borrowed: Borrowed,
    /// The work of the replica.
    pub lease: Lease,
}

/// Why a replica gave no answer.
enum Lost {
    /// It never saw the request.
    Unsent(Box<Request<Upload>>),
    /// It may have seen it.
    Sent(hyper::Error),
    /// Nobody need ask again.
    Settled(GatewayError),
}

impl Forwarder {
    /// A proxy for the thread it is made in.
    pub fn new(upstreams: Arc<Upstreams>, budget: Arc<RetryBudget>) -> Self {
        Self {
            pool: Pool::default(),
            upstreams,
            budget,
        }
    }

    /// Lets go of connections that nobody uses.
    pub fn prune(&self) {
        self.pool.prune();
    }

    /// The service's answer. The route's time limit runs from when the service has the whole request.
    ///
    /// Another replica is asked when the first accepts no connection or never saw the request; and, within a budget,
    /// when it broke off under a request that only reads. Else nothing is repeated: it may have had its effect.
    pub async fn forward(&self, passage: Passage) -> Result<Answer, GatewayError> {
        let route = passage.route;
        self.budget.deposit();
        let spare = passage.spare();
        let (state, request) = passage.into_request();
        let replica = self.connect(route.service, None).await?;
        let lost = match attempt(replica, request, &state, route).await {
            Ok(answer) => return Ok(answer),
            Err((_, Lost::Settled(error))) => return Err(error),
            Err(lost) => lost,
        };
        let (request, refused, source) = match (lost, spare) {
            ((_, Lost::Unsent(request)), _) => (*request, None, None),
            ((failed, Lost::Sent(source)), Some(spare)) if self.budget.withdraw() => {
                (spare.with_nothing(&state), Some(failed), Some(source))
            }
            ((_, Lost::Sent(source)), _) => return Err(broken(route.service, source)),
            ((_, Lost::Settled(error)), _) => return Err(error),
        };
        let again = match self.connect(route.service, refused.as_deref()).await {
            Ok(again) => again,
            Err(error) => return Err(source.map_or(error, |source| broken(route.service, source))),
        };
        match attempt(again, request, &state, route).await {
            Ok(answer) => Ok(answer),
            Err((_, Lost::Settled(error))) => Err(error),
            Err((_, Lost::Sent(source))) => Err(broken(route.service, source)),
            Err((_, Lost::Unsent(_))) => Err(GatewayError::NoReplica {
                service: route.service,
            }),
        }
    }

    /// A connection to a replica, but for `refused` unless there is no other.
    async fn connect(
        &self,
        service: Service,
        refused: Option<&Replica>,
    ) -> Result<(Arc<Replica>, Borrowed), GatewayError> {
        let replicas = self.upstreams.of(service);
        let mut last: Option<(Arc<Replica>, std::io::Error)> = None;
        for _ in 0..REPLICAS_TRIED {
            let avoided = last.as_ref().map(|(replica, _)| &**replica).or(refused);
            let replica = match (replicas.choose(avoided), last.is_some()) {
                (Choice::Replica(replica), _) => replica,
                (Choice::AllBroken, false) => return Err(GatewayError::AllBroken { service }),
                (Choice::NoneKnown, false) if refused.is_some() => match replicas.choose(None) {
                    Choice::Replica(replica) => replica,
                    Choice::AllBroken | Choice::NoneKnown => return Err(GatewayError::NoReplica { service }),
                },
                (Choice::NoneKnown, false) => return Err(GatewayError::NoReplica { service }),
                (Choice::AllBroken | Choice::NoneKnown, true) => break,
            };
            match self.pool.connection(replica.address).await {
                Ok(borrowed) => return Ok((replica, borrowed)),
                Err(error) => {
                    replica.note_refusal();
                    last = Some((replica, error));
                }
            }
        }
        Err(match last {
            Some((_, source)) => GatewayError::Unreachable { service, source },
            None => GatewayError::NoReplica { service },
        })
    }
}

async fn attempt(
    (replica, mut borrowed): (Arc<Replica>, Borrowed),
    mut request: Request<Upload>,
    state: &State,
    route: &Route,
) -> Result<Answer, (Arc<Replica>, Lost)> {
    let lease = replica.lease();
    request.headers_mut().insert(HOST, replica.host.clone());
    let Some(sender) = borrowed.sender() else {
        return Err((replica, Lost::Unsent(Box::new(request))));
    };
    let answering = sender.try_send_request(request);
    match in_time(answering, state, route).await {
        Some(Ok(response)) => {
            replica.note_answer();
            Ok(Answer {
                response,
                borrowed,
                lease,
            })
        }
        Some(Err(mut lost)) => {
            if let Some(request) = lost.take_message() {
                return Err((replica, Lost::Unsent(Box::new(request))));
            }
            if let Some(fault) = state.fault() {
                return Err((replica, Lost::Settled(fault)));
            }
            replica.note_failure();
            Err((replica, Lost::Sent(lost.into_error())))
        }
        None => {
            replica.note_failure();
            let service = route.service;
            Err((replica, Lost::Settled(GatewayError::TooLate { service })))
        }
    }
}

/// The outcome, unless it is later than the route's limit after the body was passed on. A body whose client is slow
/// gets its time; one that the service does not take does not get any time.
async fn in_time<F: Future>(answering: F, state: &State, route: &Route) -> Option<F::Output> {
    let mut answering = std::pin::pin!(answering);
    let begun = Instant::now();
    let last =
        begun + route.time_limit + UPLOAD_PAUSE + Duration::from_secs(route.body_limit / SLOWEST_UPLOAD);
    let mut deadline = begun + route.time_limit;
    loop {
        if let Ok(outcome) = timeout_at(deadline, answering.as_mut()).await {
            return Some(outcome);
        }
        let now = Instant::now();
        let due = state.passed_on().map_or(now, Instant::from_std) + route.time_limit;
        deadline = due.min(last);
        if deadline <= now {
            return None;
        }
    }
}

fn broken(service: Service, source: hyper::Error) -> GatewayError {
    GatewayError::Broken { service, source }
}

/// The head of a request that may be sent once more.
struct Spare {
    method: Method,
    target: Uri,
    headers: HeaderMap,
}

impl Passage {
    /// What is needed to repeat a request that only reads and has no body.
    fn spare(&self) -> Option<Spare> {
        let is_safe = matches!(self.method, Method::GET | Method::HEAD) && self.upload.is_nothing();
        is_safe.then(|| Spare {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
        })
    }

    fn into_request(self) -> (Rc<State>, Request<Upload>) {
        let mut request = Request::new(self.upload);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target;
        *request.headers_mut() = self.headers;
        (self.state, request)
    }
}

impl Spare {
    fn with_nothing(self, state: &Rc<State>) -> Request<Upload> {
        let mut request = Request::new(Upload::nothing(state.clone()));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target;
        *request.headers_mut() = self.headers;
        request
    }
}
