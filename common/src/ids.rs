//! Identifiers: fresh ones, and the numeric id type that services build theirs on.

use uuid::Uuid;

/// A fresh time-sortable identifier (UUID v7), for events, requests and tokens.
pub fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// A name that nobody can guess: 32 small hexadecimal digits.
pub fn random_name() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Declares a newtype over `i64` for a database id, so that a SKU's id is never taken for a user's.
#[macro_export]
macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
