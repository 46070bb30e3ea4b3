//! One client's connection: where its present message stands, and by when it must have moved on (reliability §5.12).

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::task::Waker;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::framing::{Flaw, Place, Progress};

/// How long a head may take.
const HEAD_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection may be silent before its first request, and between two.
const FIRST_LIMIT: Duration = Duration::from_secs(10);
const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// How long a client may pause within a body, or within taking an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Slower than so many bytes a second nobody uploads or reads.
const MIN_PACE: u64 = 1024;

/// Why a connection ends before its client ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What it sent is no request.
    Flawed(Flaw),
    /// A head did not come to its end.
    HeadTooSlow,
    /// A body did not come to its end.
    BodyTooSlow,
    /// Nobody asks for anything, or takes what was asked for: there is nobody to tell.
    Silent,
}

/// What is known of a connection. Shared by what reads, what answers and what watches it, all in one thread.
pub struct Connection {
    /// The other end of the socket.
    pub peer: IpAddr,
    place: Cell<Place>,
    since: Cell<Instant>,
    body_bytes: Cell<u64>,
    waits_since: Cell<Option<Instant>>,
    blocked: Cell<Option<(Instant, u64)>>,
    heads: Cell<u64>,
    messages: Cell<u64>,
    requests: Cell<u64>,
    has_answered: Cell<bool>,
    is_ending: Cell<bool>,
    verdict: Cell<Option<Verdict>>,
    waker: RefCell<Option<Waker>>,
    socket: RefCell<Option<TcpStream>>,
}

impl Connection {
    /// One that was just accepted.
    pub fn new(peer: IpAddr) -> Self {
        Self {
            peer,
            place: Cell::new(Place::Between),
            since: Cell::new(Instant::now()),
            body_bytes: Cell::new(0),
            waits_since: Cell::new(None),
            blocked: Cell::new(None),
            heads: Cell::new(0),
            messages: Cell::new(0),
            requests: Cell::new(0),
            has_answered: Cell::new(false),
            is_ending: Cell::new(false),
            verdict: Cell::new(None),
            waker: RefCell::new(None),
            socket: RefCell::new(None),
        }
    }

    /// Bytes came.
    pub fn note_read(&self, progress: Progress, place: Place) {
        self.waits_since.set(None);
        self.heads.set(self.heads.get() + progress.heads);
        self.messages.set(self.messages.get() + progress.messages);
        if progress.heads > 0 {
            self.body_bytes.set(0);
            self.has_answered.set(false);
        }
        self.body_bytes.set(self.body_bytes.get() + progress.body_bytes);
        if place != self.place.get() || progress.heads > 0 {
            self.place.set(place);
            self.since.set(Instant::now());
        }
    }

    /// The client is waited for.
    pub fn note_waiting(&self) {
        if self.waits_since.get().is_none() {
            self.waits_since.set(Some(Instant::now()));
        }
    }

    /// The client took so many bytes of an answer.
    pub fn note_written(&self, count: usize) {
        self.has_answered.set(true);
        if let Some((since, taken)) = self.blocked.get() {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            self.blocked.set(Some((since, taken.saturating_add(count))));
        }
    }

    /// The client takes nothing at the moment.
    pub fn note_blocked(&self) {
        if self.blocked.get().is_none() {
            self.blocked.set(Some((Instant::now(), 0)));
        }
    }

    /// The client took all there was; a silence begins with it.
    pub fn note_flushed(&self) {
        self.blocked.set(None);
        if self.place.get() == Place::Between && self.waits_since.get().is_some() {
            self.waits_since.set(Some(Instant::now()));
        }
    }

    /// A request is being answered: its number, from 1.
    pub fn begin_request(&self) -> u64 {
        let number = self.requests.get() + 1;
        self.requests.set(number);
        number
    }

    /// Whether the request of this number came whole.
    pub fn is_whole(&self, number: u64) -> bool {
        self.messages.get() >= number
    }

    /// Whether a head came that is not being answered (yet).
    pub fn has_unanswered_head(&self) -> bool {
        self.heads.get() > self.requests.get()
    }

    /// Whether something of an answer to the latest request went out.
    pub fn has_answered(&self) -> bool {
        self.has_answered.get()
    }

    /// Ends the connection for this reason.
    pub fn give_up(&self, verdict: Verdict) {
        if self.verdict.get().is_none() {
            self.verdict.set(Some(verdict));
            self.wake();
        }
    }

    /// Why it ends, if it ends early.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict.get()
    }

    /// Ends it once its present request is answered.
    pub fn end_soon(&self) {
        self.is_ending.set(true);
        self.wake();
    }

    /// Whether it is to end.
    pub fn is_ending(&self) -> bool {
        self.is_ending.get()
    }

    /// Who is to be woken when it is to end.
    pub fn watch(&self, waker: &Waker) {
        let mut watching = self.waker.borrow_mut();
        if !watching.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *watching = Some(waker.clone());
        }
    }

    /// The socket, given back by what read from it.
    pub fn socket(&self) -> Option<TcpStream> {
        self.socket.borrow_mut().take()
    }

    /// Keeps the socket for a last word.
    pub fn keep_socket(&self, socket: TcpStream) {
        *self.socket.borrow_mut() = Some(socket);
    }

    /// Ends it when its client is too slow.
    pub fn check(&self, now: Instant) {
        if let Some(verdict) = self.overdue(now) {
            self.give_up(verdict);
        }
    }

    fn overdue(&self, now: Instant) -> Option<Verdict> {
        if let Some((since, taken)) = self.blocked.get()
            && now.saturating_duration_since(since) > PATIENCE + Duration::from_secs(taken / MIN_PACE)
        {
            return Some(Verdict::Silent);
        }
        let waits_since = self.waits_since.get()?;
        let (waited, since) = (
            now.saturating_duration_since(waits_since),
            now.saturating_duration_since(self.since.get()),
        );
        match self.place.get() {
            Place::Head => (since > HEAD_LIMIT).then_some(Verdict::HeadTooSlow),
            Place::Body => {
                let allowed = PATIENCE + Duration::from_secs(self.body_bytes.get() / MIN_PACE);
                (waited > PATIENCE || since > allowed).then_some(Verdict::BodyTooSlow)
            }
            Place::Between => {
                let limit = if self.heads.get() == 0 {
                    FIRST_LIMIT
                } else {
                    IDLE_LIMIT
                };
                (waited > limit).then_some(Verdict::Silent)
            }
        }
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.borrow().as_ref() {
            waker.wake_by_ref();
        }
    }
}
