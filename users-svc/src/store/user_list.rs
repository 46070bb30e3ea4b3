//! Pages of accounts for staff: each search follows an index, and each page begins where the one before ended.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::user_profile::{Column, Entity};
use crate::domain::user::{Account, folded};
use crate::domain::user_search::{Page, UserSearch, end_of};

/// Accounts, and the beginning of the next page, if there is one.
pub struct Accounts {
    /// The page.
    pub accounts: Vec<Account>,
    /// To be given as `after` for the next page.
    pub next: Option<String>,
}

/// A page of the accounts that `search` finds.
pub async fn list(db: &impl ConnectionTrait, search: &UserSearch, page: &Page) -> Result<Accounts, DbErr> {
    let (wanted, column, order) = filter(search, page.after.as_deref());
    // E-mail addresses are not unique: the id comes second.
    let rows = Entity::find()
        .filter(wanted)
        .order_by(column, order.clone())
        .order_by(Column::Id, order)
        .limit(page.limit + 1)
        .all(db)
        .await?;
    let mut accounts: Vec<Account> = rows.into_iter().map(Account::from).collect();
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_more = accounts.len() > limit;
    accounts.truncate(limit);
    let next = accounts
        .last()
        .filter(|_| has_more)
        .map(|last| cursor(search, last));
    Ok(Accounts { accounts, next })
}

fn filter(search: &UserSearch, after: Option<&str>) -> (Condition, Column, Order) {
    match search {
        UserSearch::All => {
            let after: Option<i64> = after.and_then(|id| id.parse().ok());
            let wanted = Condition::all().add_option(after.map(|id| Column::Id.lt(id)));
            (wanted, Column::Id, Order::Desc)
        }
        UserSearch::Name(prefix) => prefixed(Column::UsernameFolded, prefix, after),
        UserSearch::Phone(prefix) => prefixed(Column::Phone, prefix, after),
        UserSearch::Email(prefix) => {
            let (id, email) = after.and_then(|after| after.split_once(' ')).unzip();
            let (wanted, column, order) = prefixed(Column::EmailFolded, prefix, None);
            let id: Option<i64> = id.and_then(|id| id.parse().ok());
            let begin = email.zip(id).map(|(email, id)| {
                Condition::any().add(Column::EmailFolded.gt(email)).add(
                    Condition::all()
                        .add(Column::EmailFolded.eq(email))
                        .add(Column::Id.gt(id)),
                )
            });
            (wanted.add_option(begin), column, order)
        }
    }
}

fn prefixed(column: Column, prefix: &str, after: Option<&str>) -> (Condition, Column, Order) {
    let wanted = Condition::all()
        .add(column.gte(prefix))
        .add(column.lt(end_of(prefix)))
        .add_option(after.map(|after| column.gt(after)));
    (wanted, column, Order::Asc)
}

fn cursor(search: &UserSearch, last: &Account) -> String {
    match search {
        UserSearch::All => last.id.to_string(),
        UserSearch::Name(_) => folded(&last.username),
        UserSearch::Phone(_) => last.phone.clone(),
        UserSearch::Email(_) => format!("{} {}", last.id, folded(&last.email)),
    }
}
