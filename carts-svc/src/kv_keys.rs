//! Every key of this service in the key-value store: name, lifetime, type of value. The only file that touches it.

use std::time::Duration;

use common::contracts::ids::UserId;
use common::kv::{Kv, Persistence};

use crate::domain::cart::Cart;
use crate::domain::fields;
use crate::error::CartError;

/// A cart that nobody changed for this long is forgotten (reliability §5.9).
const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);

/// Tells operators when a restart of the store would empty all carts. A store that is not up yet, or will not tell,
/// is none of their trouble now.
pub async fn warn_if_forgetful(kv: &Kv) {
    match kv.persistence().await {
        Ok(Persistence::OnDisk) => {}
        Ok(Persistence::Nothing) => tracing::warn!(
            "redis keeps nothing on disk: its restart empties all carts; set appendonly yes and appendfsync everysec"
        ),
        Err(error) => tracing::info!(?error, "redis does not say whether it keeps carts on disk"),
    }
}

/// `carts_<user id>`, a hash, 90 days from the last change: the cart; `domain::fields` says what its fields mean.
pub async fn read_cart(kv: &Kv, user: UserId) -> Result<Cart, CartError> {
    let stored = kv.read_hash(&carts(user)).await.map_err(CartError::Unread)?;
    Ok(fields::read(&stored))
}

/// Changes a cart in one atomic step. `change` is run again when somebody else changed the cart meanwhile, so it must
/// depend on nothing but the cart it is given; what it does to the cart counts even when it answers with an error.
pub async fn change_cart<R>(
    kv: &Kv,
    user: UserId,
    mut change: impl FnMut(&mut Cart) -> R,
) -> Result<R, CartError> {
    kv.update_hash(&carts(user), Some(LIFETIME), |stored| {
        let mut cart = fields::read(stored);
        let answer = change(&mut cart);
        fields::write(&cart, stored);
        answer
    })
    .await
    .map_err(CartError::Unwritten)
}

fn carts(user: UserId) -> String {
    format!("carts_{user}")
}
