//! RSA2 (SHA256withRSA, PKCS#1 v1.5): which text is signed in each direction, signing and verifying.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rsa::RsaPublicKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};

use crate::keys::KeyPaths;

/// Decoded parameters by name; the order of the map, by bytes, is the order in which they are signed.
pub(crate) type Params = BTreeMap<String, String>;

/// The text a merchant signs: everything but `sign` and empty values, `sign_type` included, values unencoded.
pub(crate) fn request_text(params: &Params) -> String {
    join(
        params
            .iter()
            .filter(|(name, value)| *name != "sign" && !value.is_empty()),
    )
}

/// The text Alipay signs in notifies and return URLs: everything but `sign` and `sign_type`, empty values kept.
pub(crate) fn notify_text(params: &Params) -> String {
    join(
        params
            .iter()
            .filter(|(name, _)| *name != "sign" && *name != "sign_type"),
    )
}

fn join<'a>(params: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let pairs: Vec<String> = params.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The two keys Alipay works with. `rsa` reads the files; `ring` does the work, as its signing is constant-time
/// and several times faster.
pub(crate) struct GatewayKeys {
    alipay_private: RsaKeyPair,
    app_public_pkcs1: Vec<u8>,
}

impl GatewayKeys {
    pub(crate) fn load(paths: &KeyPaths) -> anyhow::Result<GatewayKeys> {
        let private = rsa::RsaPrivateKey::from_pkcs8_pem(&read(&paths.alipay_private)?)
            .with_context(|| format!("{} is no PKCS#8 PEM key", paths.alipay_private.display()))?;
        let alipay_private = RsaKeyPair::from_pkcs8(private.to_pkcs8_der()?.as_bytes())
            .map_err(|rejected| anyhow!("{}: {rejected}", paths.alipay_private.display()))?;
        let app_public_pkcs1 = RsaPublicKey::from_public_key_pem(&read(&paths.app_public)?)
            .with_context(|| format!("{} is no public key in PEM", paths.app_public.display()))?
            .to_pkcs1_der()?
            .into_vec();
        Ok(GatewayKeys {
            alipay_private,
            app_public_pkcs1,
        })
    }

    /// Alipay's signature over `text` in base64.
    pub(crate) fn sign(&self, text: &str) -> anyhow::Result<String> {
        let mut signature = vec![0; self.alipay_private.public().modulus_len()];
        self.alipay_private
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .map_err(|unspecified| anyhow!("signing failed: {unspecified}"))?;
        Ok(STANDARD.encode(signature))
    }

    /// Whether `signature` (base64) is the merchant's over `text`.
    pub(crate) fn is_merchants(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else {
            return false;
        };
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.app_public_pkcs1);
        key.verify(text.as_bytes(), &signature).is_ok()
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::{GatewayKeys, Params, STANDARD, notify_text, request_text};
    use crate::keys::ensure_keys;
    use base64::Engine;

    fn params(pairs: &[(&str, &str)]) -> Params {
        pairs
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    #[test]
    fn a_request_signs_sign_type_and_drops_sign_and_empty_values() {
        let params = params(&[
            ("method", "m"),
            ("sign", "x"),
            ("sign_type", "RSA2"),
            ("app_auth_token", ""),
            ("biz_content", r#"{"a":"1 + 1&b=二"}"#),
            ("app_id", "7"),
        ]);
        let text = r#"app_id=7&biz_content={"a":"1 + 1&b=二"}&method=m&sign_type=RSA2"#;
        assert_eq!(request_text(&params), text);
    }

    #[test]
    fn a_notify_signs_empty_values_and_neither_sign_nor_sign_type() {
        let params = params(&[
            ("b", ""),
            ("sign", "x"),
            ("sign_type", "RSA2"),
            ("a", "1"),
            ("B", "2"),
        ]);
        assert_eq!(notify_text(&params), "B=2&a=1&b=");
    }

    #[test]
    fn signatures_agree_with_openssl_in_both_directions() {
        let Ok(version) = Command::new("openssl").arg("version").output() else {
            println!("skipped: no openssl on the path");
            return;
        };
        assert!(version.status.success());
        let dir = tempfile::tempdir().unwrap();
        let paths = ensure_keys(dir.path()).unwrap();
        let keys = GatewayKeys::load(&paths).unwrap();
        let text = "app_id=7&subject=达达 + 商城&total_amount=88.80";
        let (text_file, signature_file) = (dir.path().join("text"), dir.path().join("signature"));
        fs::write(&text_file, text).unwrap();

        let mut sign = Command::new("openssl");
        sign.args(["dgst", "-sha256", "-sign"])
            .arg(&paths.app_private)
            .arg(&text_file);
        let merchants = STANDARD.encode(sign.output().unwrap().stdout);
        assert!(keys.is_merchants(text, &merchants));
        assert!(!keys.is_merchants(&text.replace("88.80", "88.81"), &merchants));
        assert!(!keys.is_merchants(text, &format!(" {merchants}")));

        let alipays = keys.sign(text).unwrap();
        assert!(!keys.is_merchants(text, &alipays), "the two key pairs differ");
        fs::write(&signature_file, STANDARD.decode(alipays).unwrap()).unwrap();
        let mut verify = Command::new("openssl");
        verify
            .args(["dgst", "-sha256", "-verify"])
            .arg(&paths.alipay_public);
        verify.arg("-signature").arg(&signature_file).arg(&text_file);
        assert!(verify.status().unwrap().success());
    }
}
