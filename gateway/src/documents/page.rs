//! The page that shows the API document: three files that are part of the binary.

use bytes::Bytes;

use super::collect::tag;

/// One of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The page itself.
    Html,
    /// How it looks.
    Style,
    /// How it is filled.
    Script,
}

impl Page {
    /// What it is.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
        }
    }

    /// What is in it.
    pub fn text(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Html => include_bytes!("../../page/page.html"),
            Self::Style => include_bytes!("../../page/page.css"),
            Self::Script => include_bytes!("../../page/page.js"),
        })
    }

    /// Its entity tag.
    pub fn tag(self) -> String {
        tag(&self.text())
    }
}
