//! What can be done with this service from a command line.

use std::io::{BufRead, IsTerminal, Write};
use std::process::Command as Tool;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use common::backends::open_db;
use common::clock::Clock;
use common::process::{Process, stop_signal};
use common::settings::{MODE, Source};
use common::task::Tasks;
use secrecy::ExposeSecret;

use crate::domain::user::{Email, Password, Phone, Username};
use crate::flows::create_superuser::{create_superuser, promote_user};
use crate::migrations::Migrator;
use crate::passwords::Passwords;
use crate::settings::{self, DATABASE_URL, SUPERUSER_PASSWORD};
use crate::startup::Application;
use crate::store::users::NewUser;

/// Commands of `users-svc`, and of `dadashop users`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Answer requests until SIGTERM (the default).
    Serve,
    /// Bring the database up to date, then end.
    Migrate,
    /// Make an account of the shop's staff. What is not given is asked for; the password comes from
    /// DADASHOP_SUPERUSER_PASSWORD (or the file that …_FILE names), or is asked for, or read from standard input.
    #[command(name = "createsuperuser")]
    CreateSuperuser(Superuser),
}

/// Who becomes one of the staff.
#[derive(Args, Clone, Debug)]
pub struct Superuser {
    /// The name to log in with.
    #[arg(long)]
    username: Option<String>,
    /// Their e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// Their mobile number.
    #[arg(long)]
    phone: Option<String>,
    /// The account is there already: make it one of the staff, and leave the rest as it is.
    #[arg(long)]
    promote: bool,
}

/// Carries a command out.
///
/// # Errors
/// The first thing that went wrong, with its causes.
pub async fn run(command: Command) -> anyhow::Result<()> {
    let source = Source::load()?;
    match command {
        Command::Serve => serve(source).await,
        Command::Migrate => Ok(open_db(&source, DATABASE_URL, "users")
            .await?
            .migrate::<Migrator>()
            .await?),
        Command::CreateSuperuser(superuser) => make_superuser(&source, superuser).await,
    }
}

/// Serving alone supposes production. The other commands suppose nothing: where no database is named, they mean that
/// of the shop that runs from this directory.
async fn serve(mut source: Source) -> anyhow::Result<()> {
    source.supply(MODE, "production");
    let process = Process::start(source, "users", &settings::all()).await?;
    let signals = Tasks::default();
    let stop = stop_signal(&signals)?;
    let application = Application::build(&process).await?;
    Ok(application.run_until_stopped(stop).await?)
}

async fn make_superuser(source: &Source, superuser: Superuser) -> anyhow::Result<()> {
    let username = Username::parse(&given(superuser.username, "User name")?)
        .context("a user name has 6 to 11 letters, digits or underscores")?;
    let name = username.as_str().to_owned();
    let (db, now) = (open_db(source, DATABASE_URL, "users").await?, Clock::System.now());
    db.migrate::<Migrator>().await?;
    if superuser.promote {
        promote_user(&db, &username, now).await?;
    } else {
        let email = Email::parse(&given(superuser.email, "E-mail address")?)?;
        let phone = Phone::parse(&given(superuser.phone, "Mobile number")?)?;
        let turn = Passwords::new(1).turn().await?;
        let user = NewUser {
            username,
            password_hash: turn.hash(password(source)?).await?,
            email,
            phone,
        };
        create_superuser(&db, &user, now).await?;
    }
    db.close().await?;
    println!("{name} is one of the staff now");
    Ok(())
}

/// What the command line gave, else what somebody enters.
fn given(text: Option<String>, what: &str) -> anyhow::Result<String> {
    match text {
        Some(text) => Ok(text),
        None => ask(what),
    }
}

fn ask(what: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        print!("{what}: ");
        std::io::stdout().flush()?;
    }
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("{what} is missing");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// There is no default one: a password that everybody knows is none.
fn password(source: &Source) -> anyhow::Result<Password> {
    let rule = "a password has 6 to 128 characters";
    if let Some(secret) = source.optional_secret(SUPERUSER_PASSWORD)? {
        return Password::parse(secret.expose_secret().to_owned()).context(rule);
    }
    if !std::io::stdin().is_terminal() {
        return Password::parse(ask("Password")?).context(rule);
    }
    let first = ask_unseen("Password")?;
    let second = ask_unseen("Password again")?;
    Password::chosen(first, &second).context(rule)
}

/// Nobody behind the operator reads along.
fn ask_unseen(what: &str) -> anyhow::Result<String> {
    let echo = |word: &str| Tool::new("stty").arg(word).status();
    echo("-echo").context("the terminal cannot be told to hide what is typed")?;
    let answer = ask(what);
    echo("echo")?;
    println!();
    answer
}
