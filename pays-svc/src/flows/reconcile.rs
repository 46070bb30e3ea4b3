//! Compares our books of a day with the provider's bill, and names every difference to the fen.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use common::clock::shop_time;
use common::error_reply::ServiceError;

use super::report_anomaly::report_anomaly;
use crate::domain::bill::{Bill, Entry, differences};
use crate::error::PayError;
use crate::state::AppState;
use crate::store::reconciliations;

/// The hour of the shop's clock from which on yesterday's bill is expected: Alipay promises it for nine.
const BILL_HOUR: u32 = 10;

/// What comparing brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every line has its counterpart; how many there are.
    Matches(usize),
    /// These do not.
    Differs(Vec<String>),
    /// There is no bill yet, although our books have movements on that day; how many.
    NoBill(usize),
}

/// Compares the books of `date`, a day of the shop's clock, and keeps the result. Differences are reported.
pub(crate) async fn reconcile(state: &AppState, date: NaiveDate) -> Result<Outcome, PayError> {
    let now = state.clock.now();
    let bill = state.provider.bill(date, now).await?;
    let books = reconciliations::entries(state.db.reader(), day(date)).await?;
    let Some(bill) = bill else {
        return Ok(if books.is_empty() {
            keep(state, date, &[]).await?;
            Outcome::Matches(0)
        } else {
            Outcome::NoBill(books.len())
        });
    };
    let elsewhere = under_another_day(state, &bill, &books).await?;
    let found: Vec<String> = differences(&bill, &books, &elsewhere)
        .iter()
        .map(ToString::to_string)
        .collect();
    keep(state, date, &found).await?;
    if found.is_empty() {
        return Ok(Outcome::Matches(bill.entries.len()));
    }
    let differs = PayError::BooksDiffer {
        date,
        count: found.len(),
        first: found.first().cloned().unwrap_or_default(),
    };
    report_anomaly(state, &differs, &date.to_string()).await?;
    Ok(Outcome::Differs(found))
}

async fn keep(state: &AppState, date: NaiveDate, found: &[String]) -> Result<(), PayError> {
    let now = state.clock.now();
    reconciliations::plan(state.db.writer(), date, now, now).await?;
    Ok(reconciliations::record(state.db.writer(), date, found, now).await?)
}

/// What the bill has and our books have not on that day, looked for on every other.
async fn under_another_day(state: &AppState, bill: &Bill, books: &[Entry]) -> Result<Vec<Entry>, PayError> {
    let known: std::collections::BTreeSet<String> = books.iter().map(Entry::movement).collect();
    let mut found = Vec::new();
    for entry in bill
        .entries
        .iter()
        .filter(|entry| !known.contains(&entry.movement()))
    {
        found.extend(reconciliations::entry(state.db.reader(), entry).await?);
    }
    Ok(found)
}

/// From when to when a day of the shop's clock lasts.
fn day(date: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let offset = *shop_time(DateTime::UNIX_EPOCH).offset();
    let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc() - offset;
    (midnight, midnight + TimeDelta::days(1))
}

/// The newest day whose bill is to be expected at `now`, and since when it is.
pub(crate) fn newest_billed_day(now: DateTime<Utc>) -> Option<(NaiveDate, DateTime<Utc>)> {
    let today = shop_time(now).date_naive();
    let expected = |today: NaiveDate| Some(day(today).0 + TimeDelta::hours(i64::from(BILL_HOUR)));
    let last = |days| today.checked_sub_days(Days::new(days));
    match expected(today)? {
        since if since <= now => Some((last(1)?, since)),
        _ => Some((last(2)?, expected(last(1)?)?)),
    }
}

/// Tries one day that the job has claimed: when to look again, if ever, and why.
pub(crate) async fn reconcile_planned(state: &AppState, date: NaiveDate) -> Result<Option<String>, PayError> {
    match reconcile(state, date).await {
        Ok(Outcome::Matches(lines)) => {
            tracing::info!(lines, "books of {date} match the bill in {lines} lines");
            Ok(None)
        }
        Ok(Outcome::Differs(_)) => Ok(None), // reported
        Ok(Outcome::NoBill(movements)) => {
            tracing::warn!(movements, "there is no bill of {date} yet, looking again");
            Ok(Some(format!("no bill yet for {movements} movements")))
        }
        Err(PayError::Database(error)) => Err(error.into()),
        Err(error) => {
            let code = error.code().code;
            tracing::error!(code, ?error, "books of {date} not compared, trying again");
            Ok(Some(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn a_day_is_one_of_the_shops_clock() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let midnight = Utc.with_ymd_and_hms(2026, 11, 21, 16, 0, 0).unwrap();
        assert_eq!(day(date), (midnight, midnight + TimeDelta::days(1)));
    }

    #[test]
    fn yesterdays_bill_is_expected_from_ten_in_the_morning_on() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        // In Shanghai it is 09:59 and 10:00 on the 22nd.
        let early = Utc.with_ymd_and_hms(2026, 11, 22, 1, 59, 59).unwrap();
        let ten = Utc.with_ymd_and_hms(2026, 11, 22, 2, 0, 0).unwrap();
        assert_eq!(newest_billed_day(early).unwrap().0, date(20));
        assert_eq!(newest_billed_day(ten).unwrap(), (date(21), ten));
    }
}
