//! Collects the services' parts of the API document, and keeps what it made of them for a while.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::api_document::ServiceDocument;
use common::contracts::internal_apis::{carts, goods, orders, pays, users};
use common::deadline;
use common::http_client::InternalClient;
use common::settings::Setting;
use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::Mutex;

use super::merge::merge;
use crate::startup::Needs;

/// What all services share.
pub const HEAD: &str = include_str!("../../openapi.yaml");

/// How long a document is kept in which every service has its part.
const LIFETIME: Duration = Duration::from_secs(30);
/// How long one is kept that lacks a part.
const LIFETIME_INCOMPLETE: Duration = Duration::from_secs(2);
/// How long the services may take together.
const BUDGET: Duration = Duration::from_secs(2);

/// The services, and what they said last.
pub struct Collection {
    head: Value,
    services: Vec<InternalClient>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// In the order of the services; a part that is there stays while its service is away.
    parts: Vec<Option<ServiceDocument>>,
    text: Bytes,
    tag: String,
    stale_at: Option<Instant>,
}

impl Collection {
    /// Of the services that the settings name.
    ///
    /// # Errors
    /// The setting at fault.
    pub fn new(needs: &Needs) -> anyhow::Result<Self> {
        let client = |service: &'static str, urls: Setting| -> anyhow::Result<InternalClient> {
            let replicas = needs.source.list(urls)?;
            Ok(InternalClient::new(
                service,
                replicas,
                needs.keys.services.clone(),
            )?)
        };
        let services = [
            client("users", users::URLS)?,
            client("goods", goods::URLS)?,
            client("carts", carts::URLS)?,
            client("orders", orders::URLS)?,
            client("pays", pays::URLS)?,
        ];
        Ok(Self {
            head: common::yaml::read(HEAD)?,
            services: services.into(),
            kept: Mutex::default(),
        })
    }

    /// The document and its entity tag. Who comes while it is being made anew waits for it.
    pub async fn current(&self) -> (Bytes, String) {
        let mut kept = self.kept.lock().await;
        if kept.stale_at.is_none_or(|stale_at| stale_at <= Instant::now()) {
            self.renew(&mut kept).await;
        }
        (kept.text.clone(), kept.tag.clone())
    }

    async fn renew(&self, kept: &mut Kept) {
        let answers = deadline::scope(BUDGET, join_all(self.services.iter().map(ServiceDocument::ask))).await;
        let is_complete = answers.iter().all(Result::is_ok);
        kept.parts.resize_with(self.services.len(), Default::default);
        for (part, answer) in kept.parts.iter_mut().zip(answers) {
            match answer {
                Ok(document) => *part = Some(document),
                Err(error) => tracing::warn!(?error, "the api document lacks news of a service: {error}"),
            }
        }
        let document = merge(self.head.clone(), kept.parts.iter().flatten());
        kept.text = Bytes::from(document.to_string());
        kept.tag = tag(&kept.text);
        let lifetime = if is_complete {
            LIFETIME
        } else {
            LIFETIME_INCOMPLETE
        };
        kept.stale_at = Some(Instant::now() + lifetime);
    }
}

/// The entity tag of a text.
pub fn tag(text: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
