//! The connection to Redis that all tasks share: made when first needed, and again after it broke.
//!
//! A checkout from the pool costs five times the client's work of a command (PING and UNWATCH around each), so one
//! connection is taken out of it for good; it carries any number of commands at once.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{
    AsyncConnectionConfig, Cmd, FromRedisValue, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind,
    RedisError, RedisResult, ScriptInvocation,
};
use deadpool_redis::{BuildError, Connection, Manager, Pool, PoolError};
use tokio::sync::Mutex;

use crate::kv::KvError;

/// How long connecting may take, waiting for another task's attempt included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an answer may take. Redis needs a millisecond; the rest is for a machine that is out of breath.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a command got no answer from Redis.
#[derive(Debug, thiserror::Error)]
pub enum RedisFailure {
    /// The address cannot be understood.
    #[error("address of redis is malformed")]
    Address(#[source] RedisError),
    /// The pool cannot be set up.
    #[error("connection pool cannot be built")]
    Build(#[from] BuildError),
    /// The server is not there, or refuses us.
    #[error("no connection to redis")]
    Connect(#[from] PoolError),
    /// The server's machine does not answer.
    #[error("no connection to redis within {CONNECT_TIMEOUT:?}")]
    ConnectTimeout,
    /// The connection broke, the answer was late, or the server refused the command.
    #[error("redis command failed")]
    Command(#[from] RedisError),
}

/// Whether a command may be sent again when the connection broke before its answer came: the server may have carried
/// it out already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is the same as once.
    Harmless,
    /// Twice is not: the caller is told that the outcome is unknown.
    Harmful,
}

/// What can be sent.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    Command(&'a Cmd),
    /// Sent by its digest; its text only to a server that does not know it yet.
    Script(&'a ScriptInvocation<'a>),
}

impl<'a> From<&'a Cmd> for Question<'a> {
    fn from(command: &'a Cmd) -> Self {
        Self::Command(command)
    }
}

impl<'a> From<&'a ScriptInvocation<'a>> for Question<'a> {
    fn from(script: &'a ScriptInvocation<'a>) -> Self {
        Self::Script(script)
    }
}

impl Question<'_> {
    async fn send<T: FromRedisValue>(&self, connection: &mut MultiplexedConnection) -> RedisResult<T> {
        match self {
            Self::Command(command) => command.query_async(connection).await,
            Self::Script(script) => script.invoke_async(connection).await,
        }
    }
}

/// The shared connection, made when first needed and again after it broke.
#[derive(Debug)]
pub(super) struct Link {
    pool: Pool,
    shared: RwLock<Option<MultiplexedConnection>>,
    connecting: Mutex<()>,
    /// Raised when the shared connection is of no more use: at once when the server closes it, as the client library
    /// then reports, so that the next command is not sent into the void.
    is_lost: Arc<AtomicBool>,
}

impl Link {
    pub(super) fn new(url: &str) -> Result<Self, RedisFailure> {
        let is_lost = Arc::new(AtomicBool::new(true));
        let raised = is_lost.clone();
        let on_push = move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                raised.store(true, Ordering::Release);
            }
            Ok::<(), Infallible>(())
        };
        let server = url.into_connection_info().map_err(RedisFailure::Address)?;
        // Only RESP3 connections report that they were closed.
        let settings = server
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(ANSWER_TIMEOUT))
            .set_push_sender(on_push);
        let manager = Manager::new_with_config(server.set_redis_settings(settings), config)
            .map_err(RedisFailure::Address)?;
        Ok(Self {
            pool: Pool::builder(manager).max_size(1).build()?,
            shared: RwLock::default(),
            connecting: Mutex::default(),
            is_lost,
        })
    }

    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        repeat: Repeat,
        question: impl Into<Question<'_>>,
    ) -> Result<T, KvError> {
        let question = question.into();
        let error = match question.send(&mut self.connection().await?).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let is_broken = error.is_unrecoverable_error();
        if is_broken || error.is_timeout() {
            self.is_lost.store(true, Ordering::Release);
        }
        // A late answer has used up the caller's time; a broken connection has not.
        if is_broken && repeat == Repeat::Harmless {
            let again = question.send(&mut self.connection().await?).await;
            return Ok(again.map_err(RedisFailure::Command)?);
        }
        Err(RedisFailure::Command(error).into())
    }

    async fn connection(&self) -> Result<MultiplexedConnection, RedisFailure> {
        if let Some(connection) = self.usable() {
            return Ok(connection);
        }
        let connecting = async {
            let _one_at_a_time = self.connecting.lock().await;
            if let Some(connection) = self.usable() {
                return Ok(connection);
            }
            let fresh = Connection::take(self.pool.get().await?);
            *self.shared.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
            self.is_lost.store(false, Ordering::Release);
            Ok(fresh)
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connection) => connection,
            Err(_elapsed) => Err(RedisFailure::ConnectTimeout),
        }
    }

    fn usable(&self) -> Option<MultiplexedConnection> {
        if self.is_lost.load(Ordering::Acquire) {
            return None;
        }
        self.shared.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
