//! An answer of the API that is here as a whole.

use reqwest::{Response, StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;

use super::ApiError;

/// An answer with its document.
#[derive(Debug)]
pub(crate) struct Answer {
    operation: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Reads to the end.
    pub(super) async fn whole(operation: &str, response: Response) -> Result<Self, reqwest::Error> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        Ok(Self { operation: operation.to_owned(), status, headers, body })
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What it says.
    pub(crate) fn document<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let document = serde_json::from_slice(&self.body);
        document.map_err(|source| ApiError::Document { operation: self.operation, source })
    }
}
