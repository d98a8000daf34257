//! GitHub Apps: the statements that they sign, and where they are installed.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    access::{Access, Rights},
    answer::Refusal,
};

/// The longest that a statement may be good for (seconds).
const MAX_STATEMENT_LIFE: i64 = 600;

/// An App, known by its public key.
pub(crate) struct App {
    pub(crate) id: u64,
    key: DecodingKey,
    /// By owner. An App that was installed nowhere in particular is installed everywhere.
    installations: BTreeMap<String, Installation>,
    everywhere: bool,
}

/// An App at one owner's.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) app: u64,
    pub(crate) owner: String,
    pub(crate) rights: Rights,
}

#[derive(Deserialize)]
struct Claims {
    iss: Value,
    iat: Option<f64>,
    exp: Option<f64>,
}

impl App {
    pub(crate) fn new(id: u64, public_key_pem: &str) -> Result<Self> {
        let key = DecodingKey::from_rsa_pem(public_key_pem.as_bytes())
            .context("an App has the public key of an RSA key, in PEM form")?;
        Ok(Self { id, key, installations: BTreeMap::new(), everywhere: true })
    }

    pub(crate) fn install(&mut self, id: u64, owner: &str, rights: Rights) {
        self.everywhere = false;
        let installation = Installation { id, app: self.id, owner: owner.to_owned(), rights };
        self.installations.insert(owner.to_owned(), installation);
    }

    /// Its installation at an owner's. `new_id` is for one that nobody has asked for yet.
    pub(crate) fn at(&mut self, owner: &str, new_id: u64) -> Option<&Installation> {
        if self.everywhere && !self.installations.contains_key(owner) {
            let rights = Access::full("").rights;
            self.install(new_id, owner, rights);
            self.everywhere = true;
        }
        self.installations.get(owner)
    }

    pub(crate) fn installations(&self) -> impl Iterator<Item = &Installation> {
        self.installations.values()
    }
}

/// The App that has signed a statement, or GitHub's words about what is wrong with it.
pub(crate) fn signed_by(apps: &[App], statement: &str, now: Timestamp) -> Result<u64, Refusal> {
    let refused = |message: &str| Refusal::new(StatusCode::UNAUTHORIZED, message);
    // Times are those of the fake's own clock, and checked below.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let signed = apps.iter().find_map(|app| {
        let decoded = jsonwebtoken::decode::<Claims>(statement, &app.key, &validation).ok()?;
        Some((app, decoded.claims))
    });
    let Some((app, claims)) = signed else {
        return Err(refused("A JSON web token could not be decoded"));
    };
    let issuer = claims.iss.as_str().map_or_else(|| claims.iss.to_string(), str::to_owned);
    if issuer != app.id.to_string() {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "Integration not found"));
    }
    let now = now.as_second() as f64;
    if claims.iat.is_none_or(|time| time > now) {
        return Err(refused(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ));
    }
    match claims.exp {
        Some(time) if time > now + MAX_STATEMENT_LIFE as f64 => {
            Err(refused("'Expiration time' claim ('exp') is too far in the future"))
        }
        Some(time) if time > now => Ok(app.id),
        _ => Err(refused(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        )),
    }
}
