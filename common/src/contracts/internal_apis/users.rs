//! What users-svc answers to other services: addresses, and which tokens it has revoked.

use serde::{Deserialize, Serialize};

use crate::contracts::ids::{AddressId, UserId};
use crate::http_client::{CallError, InternalClient};
use crate::settings::{Default, Setting, setting};

/// Where the replicas of users-svc answer.
pub const URLS: Setting = setting(
    "USERS_URLS",
    Default::Value("http://127.0.0.1:8001"),
    "base addresses of users-svc's replicas, comma-separated",
);

/// `GET`: the addresses of `{user_id}`, the default one first.
pub const LIST_ADDRESSES: &str = "/internal/users/{user_id}/addresses";
/// `GET`: one address of `{user_id}`, or null.
pub const GET_ADDRESS: &str = "/internal/users/{user_id}/addresses/{address_id}";
/// `GET`: the epoch of `{user_id}` as a number; tokens of earlier ones are revoked.
pub const GET_TOKEN_EPOCH: &str = "/internal/users/{user_id}/token_epoch";

/// One address as other services see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its id.
    pub id: AddressId,
    /// Who receives.
    pub receiver: String,
    /// Their mobile number.
    pub mobile: String,
    /// Province, city, district and street in one text.
    pub address: String,
    /// The buyer's word for it, such as 家; may be empty.
    pub tag: String,
}

/// Client of users-svc.
#[derive(Clone, Debug)]
pub struct UsersClient(pub InternalClient);

impl UsersClient {
    /// The addresses of a user, the default one first.
    pub async fn list_addresses(&self, user_id: UserId) -> Result<Vec<Address>, CallError> {
        self.0.get(&format!("/internal/users/{user_id}/addresses")).await
    }

    /// The epoch of a user; tokens of earlier ones are revoked.
    pub async fn token_epoch(&self, user_id: UserId) -> Result<i64, CallError> {
        self.0
            .get(&format!("/internal/users/{user_id}/token_epoch"))
            .await
    }

    /// One address of a user; `None` when it is not theirs, deleted, or never was.
    pub async fn get_address(
        &self,
        user_id: UserId,
        address_id: AddressId,
    ) -> Result<Option<Address>, CallError> {
        self.0
            .get(&format!("/internal/users/{user_id}/addresses/{address_id}"))
            .await
    }
}
