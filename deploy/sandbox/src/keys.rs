//! The two RSA key pairs of the Alipay stand-in: the shop's and "Alipay's".

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, anyhow};
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::rand_core::OsRng;
use rsa::{RsaPrivateKey, RsaPublicKey};

use crate::files::write_atomically;

/// Alipay asks for 2048 bits with RSA2.
const KEY_BITS: usize = 2048;

/// Where the key files are: private ones PKCS#8, public ones X.509 SubjectPublicKeyInfo, all PEM, mode 0600.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPaths {
    /// The shop signs its requests with this one.
    pub app_private: PathBuf,
    /// Alipay verifies the shop's requests with this one.
    pub app_public: PathBuf,
    /// Alipay signs its answers and notifies with this one.
    pub alipay_private: PathBuf,
    /// The shop verifies Alipay's answers and notifies with this one.
    pub alipay_public: PathBuf,
}

/// Makes the key pairs that `dir` does not hold yet and says where they are. Takes some tenths of a second
/// the first time and nothing later. Processes that share `dir` must not call it at the same moment.
pub fn ensure_keys(dir: &Path) -> anyhow::Result<KeyPaths> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let paths = KeyPaths {
        app_private: dir.join("app_private.pem"),
        app_public: dir.join("app_public.pem"),
        alipay_private: dir.join("alipay_private.pem"),
        alipay_public: dir.join("alipay_public.pem"),
    };
    thread::scope(|scope| {
        let alipay = scope.spawn(|| ensure_pair(&paths.alipay_private, &paths.alipay_public));
        ensure_pair(&paths.app_private, &paths.app_public)?;
        alipay
            .join()
            .map_err(|panic| anyhow!("key generation panicked: {panic:?}"))?
    })?;
    Ok(paths)
}

/// The private file is written first and the public one follows from it, so an interrupted start can be repeated.
fn ensure_pair(private_file: &Path, public_file: &Path) -> anyhow::Result<()> {
    let private_exists = private_file.exists();
    if private_exists && public_file.exists() {
        return Ok(());
    }
    let key = if private_exists {
        RsaPrivateKey::read_pkcs8_pem_file(private_file)
            .with_context(|| format!("{} is no PKCS#8 PEM key", private_file.display()))?
    } else {
        let key = RsaPrivateKey::new(&mut OsRng, KEY_BITS)?;
        write(private_file, key.to_pkcs8_pem(LineEnding::LF)?.as_bytes())?;
        key
    };
    let public_pem = RsaPublicKey::from(&key).to_public_key_pem(LineEnding::LF)?;
    write(public_file, public_pem.as_bytes())
}

fn write(file: &Path, pem: &[u8]) -> anyhow::Result<()> {
    write_atomically(file, pem).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::ensure_keys;

    #[test]
    fn keys_are_made_once_private_to_the_owner_and_the_public_half_can_be_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ensure_keys(dir.path()).unwrap();
        let private = fs::read(&paths.app_private).unwrap();
        let public = fs::read(&paths.app_public).unwrap();
        assert_ne!(public, fs::read(&paths.alipay_public).unwrap());
        #[cfg(unix)]
        for file in fs::read_dir(dir.path()).unwrap() {
            let mode = std::os::unix::fs::MetadataExt::mode(&file.unwrap().metadata().unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }

        fs::remove_file(&paths.app_public).unwrap();
        assert_eq!(ensure_keys(dir.path()).unwrap(), paths);
        assert_eq!(fs::read(&paths.app_private).unwrap(), private);
        assert_eq!(fs::read(&paths.app_public).unwrap(), public);
    }
}
