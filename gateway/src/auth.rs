//! Who may pass: the token is checked by the extractor that services use too, and they check again (architecture §5).

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use common::error_reply::Failure;
use common::identity::Caller;
use serde_json::Map;

use crate::routes::{Access, Refusal};

/// Refuses who shows no valid token where one is needed. Whose path it is, the service decides.
pub async fn check(request: &HttpRequest, access: Access) -> Result<(), Failure> {
    let Access::User(refusal) = access else {
        return Ok(());
    };
    let caller = Caller::from_request(request, &mut Payload::None).await;
    caller.map(drop).map_err(|failure| worded(failure, refusal))
}

fn worded(failure: Failure, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Plain => failure,
        Refusal::ForOrderPages => failure.with("data", Map::new()).message_also_as("errmsg"),
    }
}
