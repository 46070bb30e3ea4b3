//! Every internal call of the shop, by the service that answers: path, types, and a thin client.
//!
//! Internal paths begin with `/internal/`, are never routed by the gateway and demand a service token.

pub mod carts;
pub mod goods;
pub mod orders;
pub mod pays;
pub mod users;

use crate::settings::{PUBLIC_API_URL, Setting, SettingsError, Source};

/// Where each service is found. No process reads all of them, but all may be told the same.
pub const PLACES: [Setting; 5] = [users::URLS, goods::URLS, carts::URLS, orders::URLS, pays::URLS];

/// Where browsers find pictures, ending in a slash: `base_url` of the contract (§1.1.12).
pub fn media_url(source: &Source) -> Result<String, SettingsError> {
    Ok(format!(
        "{}/media/",
        source.text(PUBLIC_API_URL)?.trim_end_matches('/')
    ))
}
