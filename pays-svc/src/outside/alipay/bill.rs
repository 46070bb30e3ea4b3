//! `alipay.data.dataservice.bill.downloadurl.query`: where the bill of a day is, and the bill itself.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::client::{Answer, read_bounded, refused, unnamed};
use super::request::{Method, Request};
use super::statement::{self, StatementError};
use super::{Alipay, AlipayError};
use crate::domain::bill::Bill;

/// Limit of the question.
const QUERY_LIMIT: Duration = Duration::from_secs(5);
/// Limit of the download; Alipay's address holds for 30 seconds. Both together stay below what makes a job look dead.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(20);
/// A million lines, packed.
const MAX_PACKED_BYTES: usize = 128 * 1024 * 1024;

#[derive(Serialize)]
struct BillName {
    /// Of payments and refunds, not of the account's balance.
    bill_type: &'static str,
    bill_date: String,
}

#[derive(Deserialize)]
struct BillPlace {
    bill_download_url: String,
}

impl Alipay {
    /// The bill of `date`, a day of GMT+8. `None` when there is none: too early, or nothing happened.
    pub(crate) async fn bill(
        &self,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Option<Bill>, AlipayError> {
        let content = BillName {
            bill_type: "trade",
            bill_date: date.to_string(),
        };
        let request = Request::new(&self.settings.app_id, Method::Bill, now, &content)?;
        let body = self.post(&request, QUERY_LIMIT).await?;
        let place: BillPlace = match self.answer(&body, Method::Bill)? {
            Answer::Success(content) => content.read()?,
            Answer::Business(sub_code) if sub_code.to_ascii_lowercase().ends_with("bill_not_exist") => {
                return Ok(None);
            }
            Answer::Business(sub_code) => return Err(refused("40004", sub_code)),
        };
        let packed = self.download(&place.bill_download_url).await?;
        let read = tokio::task::spawn_blocking(move || statement::read(&packed)).await;
        Ok(Some(read.map_err(AlipayError::Signer)??))
    }

    async fn download(&self, url: &str) -> Result<Vec<u8>, AlipayError> {
        // The address is signed, what stands behind it is not: at least it has to come from Alipay.
        let is_alipays = url.starts_with("http://") && is_alipay_host(url);
        let url = if is_alipays {
            url.replacen("http://", "https://", 1)
        } else {
            url.to_owned()
        };
        let sent = self.http.get(url).timeout(DOWNLOAD_LIMIT).send().await;
        read_bounded(sent.map_err(unnamed)?, MAX_PACKED_BYTES).await
    }
}

fn is_alipay_host(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(|host| host.ends_with(".alipay.com")))
}

impl From<StatementError> for AlipayError {
    fn from(error: StatementError) -> Self {
        Self::Statement(error)
    }
}
