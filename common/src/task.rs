//! Background work: loops that are restarted when they fail, and work that outlives the request that began it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shortest and longest pause before a failed loop is started again.
const RESTART_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// A loop that ran this long is taken for healthy: its next failure is met with the shortest pause again.
const HEALTHY_AFTER: Duration = Duration::from_secs(30);

/// The background work of one process or service: stopped together, waited for together.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    stop: CancellationToken,
    running: TaskTracker,
}

impl Tasks {
    /// An empty group that is told to stop by `stop`.
    pub fn new(stop: CancellationToken) -> Self {
        Self {
            stop,
            running: TaskTracker::new(),
        }
    }

    /// Told to stop when cancelled; loops watch it.
    pub fn stop_signal(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs `work` to its end whatever becomes of the caller; dropping the handle does not stop it.
    pub fn detach<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.running.spawn(work)
    }

    /// Runs `body` again and again: at once when it ends well, after a growing pause when it fails or panics,
    /// until the group stops. `body` is given the stop signal and returns when it is raised.
    pub fn supervise<F, Fut, E>(&self, name: &'static str, body: F) -> Heartbeat
    where
        F: Fn(CancellationToken, Heartbeat) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send,
        E: std::fmt::Debug + Send,
    {
        let heartbeat = Heartbeat::new(name);
        let (stop, beat) = (self.stop.clone(), heartbeat.clone());
        self.running.spawn(async move {
            let mut pause = RESTART_PAUSE.0;
            while !stop.is_cancelled() {
                beat.beat();
                let started = Instant::now();
                let ended = AssertUnwindSafe(body(stop.clone(), beat.clone()))
                    .catch_unwind()
                    .await;
                if matches!(ended, Ok(Ok(()))) || stop.is_cancelled() {
                    continue;
                }
                if started.elapsed() > HEALTHY_AFTER {
                    pause = RESTART_PAUSE.0;
                }
                match ended {
                    Ok(Err(error)) => tracing::warn!(
                        task = name,
                        ?error,
                        "background task {name} failed, starting it again"
                    ),
                    Err(_) => {
                        tracing::error!(task = name, "background task {name} panicked, starting it again")
                    }
                    Ok(Ok(())) => {}
                }
                pause_unless_stopped(&stop, pause).await;
                pause = (pause * 2).min(RESTART_PAUSE.1);
            }
        });
        heartbeat
    }

    /// Raises the stop signal and waits at most `limit` for everything to end. False when something still runs.
    pub async fn stop_and_wait(&self, limit: Duration) -> bool {
        self.stop.cancel();
        self.running.close();
        tokio::time::timeout(limit, self.running.wait()).await.is_ok()
    }
}

/// Sleeps for `pause`, less when the stop signal is raised.
pub async fn pause_unless_stopped(stop: &CancellationToken, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
    }
}

/// When a loop last showed that it is alive; readiness looks at it.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// The loop's name in logs and in `/readyz`.
    pub name: &'static str,
    born: Instant,
    last_millis: Arc<AtomicU64>,
}

impl Heartbeat {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            born: Instant::now(),
            last_millis: Arc::default(),
        }
    }

    /// Says: I am alive.
    pub fn beat(&self) {
        self.last_millis
            .store(millis(self.born.elapsed()), Ordering::Relaxed);
    }

    /// How long ago the loop last beat.
    pub fn age(&self) -> Duration {
        self.born
            .elapsed()
            .saturating_sub(Duration::from_millis(self.last_millis.load(Ordering::Relaxed)))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_loop_that_fails_or_panics_is_started_again() {
        let tasks = Tasks::default();
        let runs = Arc::new(AtomicU64::new(0));
        let counted = runs.clone();
        tasks.supervise("test", move |stop, _| {
            let run = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match run {
                    0 => Err("first run fails"),
                    1 => panic!("second run panics"),
                    _ => {
                        stop.cancelled().await;
                        Ok(())
                    }
                }
            }
        });
        while runs.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        assert!(tasks.stop_and_wait(Duration::from_secs(5)).await);
    }
}
