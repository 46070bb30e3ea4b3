//! RSA keys as people have them: PKCS#1 or PKCS#8, PEM or bare base64, whatever the header line claims.
//!
//! The `rsa` crate reads them, `ring` signs and verifies: it signs several times faster, and the open timing
//! advisory of `rsa` concerns its private-key arithmetic only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey, EncodeRsaPrivateKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{RsaPrivateKey, RsaPublicKey};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// What Alipay asks for with RSA2.
const MIN_BITS: usize = 2048;

/// Why a key file cannot be used. Never shows what is in it.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    /// A `BEGIN` line without its `END`.
    #[error("the PEM text is cut off")]
    CutOff,
    /// The body is not base64.
    #[error("the key is not base64")]
    Base64(#[source] base64::DecodeError),
    /// We have nowhere to ask for its password.
    #[error("the key is encrypted with a password: store it without one, readable by this service only")]
    Encrypted,
    /// Certificates are a mode of their own at Alipay.
    #[error("this is a certificate: take the public key, not the certificate mode")]
    Certificate,
    /// The two files were swapped.
    #[error("this is a public key, a private one is needed")]
    PublicInstead,
    /// Neither PKCS#1 nor PKCS#8.
    #[error("not an RSA private key (PKCS#1 or PKCS#8)")]
    NotPrivate(#[source] rsa::pkcs1::Error),
    /// Neither SubjectPublicKeyInfo nor PKCS#1.
    #[error("not an RSA public key")]
    NotPublic(#[source] rsa::pkcs1::Error),
    /// Too short to be safe.
    #[error("the key has {0} bits, at least {MIN_BITS} are needed")]
    TooShort(usize),
    /// Its numbers do not fit together.
    #[error("the key is damaged")]
    Damaged(#[source] rsa::Error),
    /// It has no canonical form.
    #[error("the key cannot be written as PKCS#1")]
    Encode(#[source] rsa::pkcs1::Error),
    /// `ring` does not sign with such a key.
    #[error("the key is not usable: {0}")]
    Unusable(ring::error::KeyRejected),
    /// What it signs does not verify.
    #[error("the key fails its self-test")]
    SelfTest,
}

/// Signing failed, which an accepted key never does. `ring` does not say why.
#[derive(Debug, thiserror::Error)]
#[error("signing failed")]
pub(crate) struct SignError;

/// Our private key. Deliberately without `Debug`.
pub(super) struct PrivateKey {
    pair: RsaKeyPair,
    public: PublicKey,
    random: SystemRandom,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PrivateKey {
    /// Reads the content of a key file, and proves that the key works.
    pub(super) fn parse(text: &str) -> Result<Self, KeyError> {
        let der = der_of(text)?;
        let key = read_private(der.expose_secret())?;
        require_bits(&key)?;
        let der = larger_prime_first(&key)?
            .to_pkcs1_der()
            .map_err(KeyError::Encode)?;
        let pair = RsaKeyPair::from_der(der.as_bytes()).map_err(KeyError::Unusable)?;
        let key = Self {
            pair,
            public: PublicKey::of(&key),
            random: SystemRandom::new(),
        };
        if key.passes_self_test() {
            Ok(key)
        } else {
            Err(KeyError::SelfTest)
        }
    }

    /// The public half.
    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// RSA2 (SHA256withRSA, PKCS#1 v1.5) in base64. About half a millisecond of CPU for 2048 bits.
    pub(super) fn sign(&self, message: &[u8]) -> Result<String, SignError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
            .map_err(|ring::error::Unspecified| SignError)?;
        Ok(STANDARD.encode(signature))
    }

    fn passes_self_test(&self) -> bool {
        let message = b"self-test";
        let signed = self
            .sign(message)
            .ok()
            .and_then(|sign| STANDARD.decode(sign).ok());
        signed.is_some_and(|signature| self.public.is_signed(message, &signature))
    }
}

impl PublicKey {
    /// Reads the content of a key file.
    pub(super) fn parse(text: &str) -> Result<Self, KeyError> {
        let der = der_of(text)?;
        let key = read_public(der.expose_secret()).map_err(KeyError::NotPublic)?;
        require_bits(&key)?;
        Ok(Self::of(&key))
    }

    fn of(key: &impl PublicKeyParts) -> Self {
        Self {
            modulus: key.n().to_bytes_be(),
            exponent: key.e().to_bytes_be(),
        }
    }

    /// Whether `signature` (raw bytes) is RSA2 over `message` by the owner of this key.
    pub(super) fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let components = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        components
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .is_ok()
    }
}

/// The bytes of the first PEM block, or of the whole text when it has no header. Header names are not believed:
/// Alipay's own tool and many people put PKCS#8 under `RSA PRIVATE KEY`.
fn der_of(text: &str) -> Result<SecretSlice<u8>, KeyError> {
    let body = match text.split_once("-----BEGIN ") {
        None => text.trim_start_matches('\u{feff}'),
        Some((_, block)) => {
            let (label, rest) = block.split_once("-----").ok_or(KeyError::CutOff)?;
            match label {
                "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
                "CERTIFICATE" => return Err(KeyError::Certificate),
                _ => rest.split_once("-----END ").ok_or(KeyError::CutOff)?.0,
            }
        }
    };
    if body.contains("Proc-Type:") {
        return Err(KeyError::Encrypted);
    }
    let joined: SecretString = body.split_ascii_whitespace().collect::<String>().into();
    let der = STANDARD
        .decode(joined.expose_secret())
        .map_err(KeyError::Base64)?;
    Ok(der.into())
}

fn read_private(der: &[u8]) -> Result<RsaPrivateKey, KeyError> {
    match RsaPrivateKey::from_pkcs8_der(der) {
        Ok(key) => Ok(key),
        Err(_) if read_public(der).is_ok() => Err(KeyError::PublicInstead),
        Err(_) => RsaPrivateKey::from_pkcs1_der(der).map_err(KeyError::NotPrivate),
    }
}

fn read_public(der: &[u8]) -> Result<RsaPublicKey, rsa::pkcs1::Error> {
    match RsaPublicKey::from_public_key_der(der) {
        Ok(key) => Ok(key),
        Err(_) => RsaPublicKey::from_pkcs1_der(der),
    }
}

fn require_bits(key: &impl PublicKeyParts) -> Result<(), KeyError> {
    match key.n().bits() {
        bits if bits < MIN_BITS => Err(KeyError::TooShort(bits)),
        _ => Ok(()),
    }
}

/// `ring` insists on that order; tools other than OpenSSL do not keep it.
fn larger_prime_first(key: &RsaPrivateKey) -> Result<RsaPrivateKey, KeyError> {
    let mut primes = key.primes().to_vec();
    primes.sort_unstable_by(|left, right| right.cmp(left));
    RsaPrivateKey::from_components(key.n().clone(), key.e().clone(), key.d().clone(), primes)
        .map_err(KeyError::Damaged)
}

#[cfg(test)]
pub(super) mod tests;
