//! The book of trades: in memory, each also in a file of its own, so that a restart forgets nothing.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use chrono::Utc;
use tokio::sync::mpsc;
use tracing::{error, warn};

use crate::alipay::failure::Failure;
use crate::alipay::trade::{PagePayOrder, Trade};
use crate::files::write_atomically;

/// How many trades the book keeps; the oldest go first.
const CAPACITY: usize = 10_000;

/// Names one notice of one trade.
#[derive(Clone, Debug)]
pub(crate) struct NoticeRef {
    pub(crate) out_trade_no: String,
    pub(crate) notify_id: String,
}

pub(crate) struct TradeBook {
    dir: PathBuf,
    pages: Mutex<Pages>,
    /// Unbounded, as its reader only starts a task for each entry; the notices themselves are in the trades.
    new_notices: mpsc::UnboundedSender<NoticeRef>,
}

#[derive(Default)]
struct Pages {
    by_out_trade_no: HashMap<String, Trade>,
    oldest_first: VecDeque<String>,
}

impl TradeBook {
    /// Reads the trades under `dir`. The receiver hears of each notice that is to be delivered, those left
    /// over from the last run included.
    pub(crate) fn open(dir: PathBuf) -> anyhow::Result<(TradeBook, mpsc::UnboundedReceiver<NoticeRef>)> {
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let mut trades = Vec::new();
        for entry in fs::read_dir(&dir)? {
            let file = entry?.path();
            if file.extension().is_some_and(|extension| extension == "json") {
                trades.push(read_trade(&file)?);
            }
        }
        trades.sort_by_key(|trade| trade.created_at);

        let (new_notices, receiver) = mpsc::unbounded_channel();
        let book = TradeBook {
            dir,
            pages: Mutex::default(),
            new_notices,
        };
        for trade in trades {
            for notice in trade.notices.iter().filter(|notice| !notice.is_over()) {
                book.announce(&trade, &notice.notify_id);
            }
            book.lock().put(trade);
        }
        Ok((book, receiver))
    }

    pub(crate) fn newest_first(&self, limit: usize) -> Vec<Trade> {
        let pages = self.lock();
        let numbers = pages.oldest_first.iter().rev().take(limit);
        numbers
            .filter_map(|number| pages.by_out_trade_no.get(number))
            .cloned()
            .collect()
    }

    pub(crate) fn out_trade_no_of(&self, trade_no: &str) -> Option<String> {
        let pages = self.lock();
        let mut trades = pages.by_out_trade_no.values();
        trades
            .find(|trade| trade.trade_no == trade_no)
            .map(|trade| trade.out_trade_no.clone())
    }

    /// The trade as it stands now.
    pub(crate) fn find(&self, out_trade_no: &str) -> Result<Trade, Failure> {
        self.current(&mut self.lock(), out_trade_no)?
            .ok_or(Failure::TradeNotExist)
    }

    /// The buyer opens the cashier: the trade begins, or goes on.
    pub(crate) fn open_trade(&self, order: PagePayOrder, new_trade_no: String) -> Result<Trade, Failure> {
        let mut pages = self.lock();
        let trade = match self.current(&mut pages, &order.out_trade_no)? {
            Some(mut trade) => {
                trade.reopen(order)?;
                trade
            }
            None => Trade::open(order, new_trade_no, Utc::now()),
        };
        self.store(&mut pages, trade.clone())?;
        Ok(trade)
    }

    /// Applies `change` to a trade; nothing of it remains when it fails.
    pub(crate) fn change<T>(
        &self,
        out_trade_no: &str,
        change: impl FnOnce(&mut Trade) -> Result<T, Failure>,
    ) -> Result<(Trade, T), Failure> {
        let mut pages = self.lock();
        let mut trade = self
            .current(&mut pages, out_trade_no)?
            .ok_or(Failure::TradeNotExist)?;
        let result = change(&mut trade)?;
        self.store(&mut pages, trade.clone())?;
        Ok((trade, result))
    }

    /// The trade after closing it if its time is over: nobody watches the deadline, whoever looks applies it.
    fn current(&self, pages: &mut Pages, out_trade_no: &str) -> Result<Option<Trade>, Failure> {
        let Some(mut trade) = pages.by_out_trade_no.get(out_trade_no).cloned() else {
            return Ok(None);
        };
        let now = Utc::now();
        if trade.is_overdue(now) {
            trade.close(now)?;
            self.store(pages, trade.clone())?;
        }
        Ok(Some(trade))
    }

    /// File first: what a caller was told must still be true after a restart. The file is written under the
    /// lock, which keeps the versions in order and takes some ten microseconds.
    fn store(&self, pages: &mut Pages, trade: Trade) -> Result<(), Failure> {
        let written = serde_json::to_vec(&trade)
            .map_err(std::io::Error::from)
            .and_then(|json| write_atomically(&self.file(&trade.out_trade_no), &json));
        if let Err(error) = written {
            error!(
                trade.out_trade_no,
                ?error,
                "trade {} not written",
                trade.out_trade_no
            );
            return Err(Failure::SystemError);
        }
        let known = pages
            .by_out_trade_no
            .get(&trade.out_trade_no)
            .map_or(0, |old| old.notices.len());
        for notice in trade.notices.iter().skip(known) {
            self.announce(&trade, &notice.notify_id);
        }
        if let Some(dropped) = pages.put(trade)
            && let Err(error) = fs::remove_file(self.file(&dropped))
        {
            warn!(
                trade.out_trade_no = dropped,
                ?error,
                "file of the dropped trade {dropped} not removed"
            );
        }
        Ok(())
    }

    fn announce(&self, trade: &Trade, notify_id: &str) {
        let notice = NoticeRef {
            out_trade_no: trade.out_trade_no.clone(),
            notify_id: notify_id.to_owned(),
        };
        if self.new_notices.send(notice).is_err() {
            warn!(
                trade.out_trade_no,
                "notify of {} waits for the next start", trade.out_trade_no
            );
        }
    }

    /// Numbers are checked to be letters, digits and underscores before a trade begins.
    fn file(&self, out_trade_no: &str) -> PathBuf {
        self.dir.join(format!("{out_trade_no}.json"))
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// Puts the newest version of a trade and answers the number of the trade that had to go for it.
    fn put(&mut self, trade: Trade) -> Option<String> {
        let number = trade.out_trade_no.clone();
        if self.by_out_trade_no.insert(number.clone(), trade).is_some() {
            return None;
        }
        self.oldest_first.push_back(number);
        if self.oldest_first.len() <= CAPACITY {
            return None;
        }
        let oldest = self.oldest_first.pop_front()?;
        self.by_out_trade_no.remove(&oldest);
        Some(oldest)
    }
}

fn read_trade(file: &Path) -> anyhow::Result<Trade> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", file.display()))
}
