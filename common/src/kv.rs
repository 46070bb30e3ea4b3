//! Stands in until the key-value store lands in the next commits.

/// Stand-in.
#[derive(Clone)]
pub struct Kv;
/// Stand-in.
#[derive(Debug, thiserror::Error)]
#[error("kv")]
pub struct KvError;
impl Kv {
    #[allow(missing_docs)]
    pub async fn ping(&self) -> Result<(), KvError> {
        Ok(())
    }
    #[allow(missing_docs)]
    pub async fn open(_: &str, _: &str, _: &std::path::Path) -> Result<Self, KvError> {
        Ok(Self)
    }
}
