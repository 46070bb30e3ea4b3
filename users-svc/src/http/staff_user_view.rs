//! An account as staff see it: nothing by which anybody could log in.

use common::clock::shop_text;
use common::token::Role;
use serde_json::{Value, json};

use crate::domain::user::{Account, Standing};

/// `{"id","username","email","phone","is_active","is_disabled","role","created_at"}`.
pub fn staff_user_view(account: Account) -> Value {
    json!({
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "phone": account.phone,
        "is_active": account.is_active,
        "is_disabled": account.standing == Standing::Disabled,
        "role": match account.role {
            Role::User => "user",
            Role::Staff => "staff",
        },
        "created_at": shop_text(account.created_at),
    })
}
