//! orders-svc as goods-svc sees it: its token, its ids, its requests.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use common::clock::Clock;
use common::contracts::ids::{OrderId, SkuId, UserId};
use common::contracts::internal_apis::goods::{GoodsClient, Reserve, ReserveLine};
use common::http_client::InternalClient;
use common::token::{Role, ServiceTokens, UserTokens};
use secrecy::SecretString;

pub const SECRET: &str = "0123456789-for-tests-of-goods-svc-only";

/// The `n`-th order id.
pub fn order(n: usize) -> OrderId {
    format!("20261121193045{n:03}").parse().unwrap()
}

pub fn reserve_request(lines: &[(i64, i64)]) -> Reserve {
    let lines = lines.iter().map(|(sku_id, count)| ReserveLine {
        sku_id: SkuId(*sku_id),
        count: *count,
    });
    Reserve {
        lines: lines.collect(),
        hold_until: hold_until(),
    }
}

fn hold_until() -> DateTime<Utc> {
    "2026-11-21T20:30:45.123456Z".parse().unwrap()
}

/// A client as orders-svc has it.
pub fn goods_client(base_url: &str) -> GoodsClient {
    GoodsClient(InternalClient::new("goods", vec![base_url.to_owned()], service_tokens("orders")).unwrap())
}

pub fn service_tokens(name: &'static str) -> Arc<ServiceTokens> {
    Arc::new(ServiceTokens::new(&SecretString::from(SECRET), name, Clock::System).unwrap())
}

/// A token of a user with this role.
pub fn user_token(role: Role) -> String {
    let tokens = UserTokens::new(&SecretString::from(SECRET), None, Clock::System).unwrap();
    tokens.issue(UserId(7), "keeper", role, 3600).unwrap()
}

/// A token that orders-svc would send.
pub fn service_token() -> String {
    service_tokens("orders").current().unwrap()
}
