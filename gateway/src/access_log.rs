//! One line and two metrics per request, written when its answer is through or given up.
//!
//! The line goes past `tracing`, whose formatting would cost as much as the proxying: it is gathered in the thread and
//! written a few times a second by a thread of its own. A disk that hangs loses lines, and holds nobody up.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use chrono::{DateTime, Utc};
use common::telemetry::LogFormat;
use http::{HeaderValue, Method, StatusCode};
use tracing::Level;

use crate::figures::Figures;
use crate::in_flight::Place;
use crate::routes::ROUTES;
use crate::upstreams::Lease;

/// What is written of a request that ended before it had an answer, as nginx has it: the client went away.
const CLIENT_GONE: u16 = 499;
/// Lines are passed on when they are this long together, if the round does not come sooner.
const ENOUGH: usize = 32 * 1024;
/// Parcels of lines that may wait for the disk.
const PARCELS: usize = 64;

/// The log of one thread.
pub struct AccessLog {
    lines: RefCell<String>,
    second: RefCell<(i64, String)>,
    format: LogFormat,
    writer: LogWriter,
    figures: Figures,
}

/// Where all threads' lines go. Cheap to clone.
#[derive(Clone)]
pub struct LogWriter(SyncSender<String>);

/// What is remembered of a request: neither its path and query, which may name people, nor its headers.
pub struct Record {
    log: Rc<AccessLog>,
    method: Method,
    route: Option<usize>,
    client: IpAddr,
    status: u16,
    bytes: usize,
    trace_id: HeaderValue,
    started: Instant,
    /// Held until the answer is through: a place among the requests under way, and the work of a replica.
    _held: Option<(Place, Lease)>,
}

impl LogWriter {
    /// Starts the thread that writes; it ends when all that could write are gone.
    ///
    /// # Errors
    /// When the system has no more threads.
    pub fn start() -> std::io::Result<(Self, JoinHandle<()>)> {
        let (sender, parcels) = sync_channel::<String>(PARCELS);
        let thread = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || {
                for parcel in parcels {
                    // There is no other place to complain at.
                    let _ = std::io::stderr().lock().write_all(parcel.as_bytes());
                }
            })?;
        Ok((Self(sender), thread))
    }

    fn write(&self, parcel: String) {
        if let Err(TrySendError::Full(lost)) = self.0.try_send(parcel) {
            let count = lost.lines().count();
            metrics::counter!("access_log_lines_lost_total")
                .increment(u64::try_from(count).unwrap_or(u64::MAX));
        }
    }
}

impl AccessLog {
    /// Of the thread it is made in.
    pub fn new(format: LogFormat, writer: LogWriter) -> Self {
        Self {
            lines: RefCell::default(),
            second: RefCell::new((i64::MIN, String::new())),
            format,
            writer,
            figures: Figures::default(),
        }
    }

    /// Passes on what was gathered.
    pub fn flush(&self) {
        let lines = std::mem::take(&mut *self.lines.borrow_mut());
        if !lines.is_empty() {
            self.writer.write(lines);
        }
    }

    fn write(&self, record: &Record) {
        let elapsed = record.started.elapsed();
        self.figures.note(record.route, record.status, elapsed);
        if !tracing::enabled!(target: "access", Level::INFO) {
            return;
        }
        let mut lines = self.lines.borrow_mut();
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        // Writing to a string does not fail.
        let _ = self.write_line(&mut lines, record, micros);
        if lines.len() > ENOUGH {
            let parcel = std::mem::take(&mut *lines);
            drop(lines);
            self.writer.write(parcel);
        }
    }

    fn write_line(&self, line: &mut String, record: &Record, micros: u64) -> std::fmt::Result {
        let now = Utc::now();
        let mut second = self.second.borrow_mut();
        if second.0 != now.timestamp() {
            *second = (now.timestamp(), whole_seconds(now));
        }
        let (at, fraction) = (&second.1, now.timestamp_subsec_micros());
        let Record {
            method,
            client,
            status,
            bytes,
            ..
        } = record;
        let route = record.route.map_or("none", |route| ROUTES[route].pattern);
        let trace_id = record.trace_id.to_str().unwrap_or_default();
        let (ms, fine) = (micros / 1000, micros % 1000);
        match self.format {
            LogFormat::Json => writeln!(
                line,
                "{{\"timestamp\":\"{at}.{fraction:06}Z\",\"level\":\"INFO\",\"fields\":{{\"message\":\"{method} {route} answered \
                 {status}\",\"method\":\"{method}\",\"route\":\"{route}\",\"status\":{status},\"ms\":{ms}.{fine:03},\
                 \"bytes\":{bytes},\"client\":\"{client}\",\"trace_id\":\"{trace_id}\"}},\"target\":\"access\"}}"
            ),
            LogFormat::Pretty => writeln!(
                line,
                "{at}.{fraction:06}Z  INFO access: {method} {route} answered {status} ms={ms}.{fine:03} bytes={bytes} \
                 client={client} trace_id={trace_id}"
            ),
        }
    }
}

fn whole_seconds(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

impl Record {
    /// Begins with the request.
    pub fn begin(log: &Rc<AccessLog>, method: Method, client: IpAddr, trace_id: HeaderValue) -> Self {
        Self {
            log: log.clone(),
            method,
            route: None,
            client,
            status: CLIENT_GONE,
            bytes: 0,
            trace_id,
            started: Instant::now(),
            _held: None,
        }
    }

    /// The row of the route table that fits.
    pub fn set_route(&mut self, number: usize) {
        self.route = Some(number);
    }

    /// The answer has begun.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status.as_u16();
    }

    /// What the request holds until its answer is through.
    pub fn hold(&mut self, place: Place, lease: Lease) {
        self._held = Some((place, lease));
    }

    /// Bytes of the answer's body went out.
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// The answer broke off: the client sees a cut connection.
    pub fn broke(&self, error: &(dyn Error + Send + Sync + 'static)) {
        let route = self.route.map_or("none", |route| ROUTES[route].pattern);
        tracing::warn!(%error, trace_id = ?self.trace_id, "answer for {route} broke off: {error}");
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.log.write(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(format: LogFormat) -> String {
        let (writer, _thread) = LogWriter::start().unwrap();
        let log = Rc::new(AccessLog::new(format, writer));
        let trace_id = HeaderValue::from_static("4bf92f3577b34da6a3ce929d0e0e4736");
        let mut record = Record::begin(&log, Method::GET, IpAddr::from([10, 0, 0, 7]), trace_id);
        record.set_route(0);
        record.set_status(StatusCode::OK);
        record.add(2048);
        let mut line = String::new();
        log.write_line(&mut line, &record, 1234).unwrap();
        line
    }

    #[test]
    fn a_line_for_programs_is_json_of_the_shape_of_all_other_lines() {
        let line: serde_json::Value = serde_json::from_str(&line(LogFormat::Json)).unwrap();
        assert_eq!(line["target"], "access");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["fields"]["message"], "GET /v1/users answered 200");
        assert_eq!(line["fields"]["status"], 200);
        assert_eq!(line["fields"]["ms"], 1.234);
        assert_eq!(line["fields"]["bytes"], 2048);
        assert_eq!(line["fields"]["client"], "10.0.0.7");
        assert_eq!(line["fields"]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        let at = line["timestamp"].as_str().unwrap();
        assert!(DateTime::parse_from_rfc3339(at).is_ok(), "{at}");
    }

    #[test]
    fn a_line_for_people_is_one_line() {
        let line = line(LogFormat::Pretty);
        assert!(
            line.contains(" INFO access: GET /v1/users answered 200 ms=1.234 "),
            "{line}"
        );
        assert_eq!(line.matches('\n').count(), 1);
    }
}
