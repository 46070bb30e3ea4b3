//! The account that a newcomer can log in with, in a shop that is opened to be tried.

use anyhow::Context;
use common::backends::open_db;
use common::process::Process;

use crate::domain::user::{Email, Password, Phone, Username};
use crate::migrations::Migrator;
use crate::passwords::Passwords;
use crate::settings::DATABASE_URL;
use crate::store::users::{self, NewUser};

/// Its address and phone number: names nobody has (RFC 2606) and a number of the form that is accepted.
const EMAIL: &str = "demo@dadashop.example";
const PHONE: &str = "13000000000";

/// Makes the account if it is not there. To be called before the service is built.
///
/// # Errors
/// When the database cannot be opened, brought up to date or written, or the name or password breaks the rules.
pub async fn ensure_account(process: &Process, username: &str, password: &str) -> anyhow::Result<()> {
    let db = open_db(&process.source, DATABASE_URL, "users").await?;
    db.migrate::<Migrator>().await?;
    if users::find_by_name(db.reader(), username).await?.is_none() {
        let user = NewUser {
            username: Username::parse(username).context("name of the demo account")?,
            password_hash: Passwords::new(1)
                .turn()
                .await?
                .hash(Password::parse(password.to_owned())?)
                .await?,
            email: Email::parse(EMAIL).context("address of the demo account")?,
            phone: Phone::parse(PHONE).context("phone of the demo account")?,
        };
        users::insert(db.writer(), &user, process.clock.now()).await?;
    }
    Ok(db.close().await?)
}
