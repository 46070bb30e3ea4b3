//! stub
pub trait Event: serde::Serialize {
    const TOPIC: &'static str;
    fn key(&self) -> String;
}
