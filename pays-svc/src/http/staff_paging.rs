//! Which part of a long list a member of staff wants: `?page=1&page_size=20`.

use serde::Deserialize;

use crate::error::PayError;
use crate::store::Page;

/// Rows of a page unless the query says otherwise.
const USUAL: u64 = 20;
/// Most rows of a page.
const MOST: u64 = 100;
/// Whoever wants to see more than so many rows narrows the list down.
const DEEPEST: u64 = 10_000;

/// The two fields of a query.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Paging {
    page: Option<u64>,
    page_size: Option<u64>,
}

impl Paging {
    /// Of a query that has other fields too.
    pub(super) fn new(page: Option<u64>, page_size: Option<u64>) -> Self {
        Self { page, page_size }
    }

    /// The page, if it is one.
    pub(super) fn page(self) -> Result<Page, PayError> {
        let (number, take) = (self.page.unwrap_or(1), self.page_size.unwrap_or(USUAL));
        let skip = number.saturating_sub(1).saturating_mul(take);
        if number == 0 || take == 0 || take > MOST || skip > DEEPEST {
            return Err(PayError::Invalid("page or page_size"));
        }
        Ok(Page { skip, take })
    }
}
