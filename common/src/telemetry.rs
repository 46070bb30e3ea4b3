//! Logs and metrics of a process: set up once, at its start.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::settings::{self, Mode, SettingsError, Source};

/// What answers `/metrics`: everything this process has counted so far.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Figures of nobody, for tests that start a service without starting telemetry.
    pub fn detached() -> Self {
        Self(PrometheusBuilder::new().build_recorder().handle())
    }

    /// Sums up what was measured since. Until somebody does, every single measurement stays in memory: to be called
    /// every few seconds, whether or not `/metrics` is ever asked for.
    pub fn sum_up(&self) {
        self.0.run_upkeep();
    }

    /// The figures in Prometheus text format.
    pub fn render(&self) -> String {
        self.0.render()
    }
}

/// Starts logging and counting as the settings say. Logs go to standard error.
///
/// # Errors
/// When the log filter or format is wrong, or this was done before in this process.
pub fn start(source: &Source) -> Result<Metrics, SettingsError> {
    let filter = EnvFilter::try_new(source.text(settings::LOG)?)
        .map_err(|error| settings::invalid(settings::LOG, error.to_string()))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE)
        .with_target(true);
    let started = match LogFormat::of(source)? {
        LogFormat::Json => lines
            .json()
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
        LogFormat::Pretty => lines.try_init(),
    };
    started.map_err(|error| settings::invalid(settings::LOG, error.to_string()))?;
    log_panics();
    let recorder = PrometheusBuilder::new()
        .set_buckets(&[
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ])
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| settings::invalid(settings::LOG, error.to_string()))?;
    Ok(Metrics(recorder))
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs.
    Json,
}

impl LogFormat {
    /// What the settings say; JSON in production unless they say otherwise.
    ///
    /// # Errors
    /// When the setting is neither.
    pub fn of(source: &Source) -> Result<Self, SettingsError> {
        match (
            source.optional(settings::LOG_FORMAT).as_deref(),
            Mode::of(source)?,
        ) {
            (Some("json"), _) | (None, Mode::Production) => Ok(Self::Json),
            (Some("pretty"), _) | (None, Mode::Development) => Ok(Self::Pretty),
            (Some(other), _) => Err(settings::invalid(
                settings::LOG_FORMAT,
                format!("{other:?} is neither pretty nor json"),
            )),
        }
    }
}

/// Panics enter the log with place and message instead of standing raw on standard error.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, "panic: {message}");
    }));
}
