//! Answers in GitHub's form: errors, and pages of lists.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Items of a page when the request does not say (count).
const DEFAULT_PAGE: usize = 30;
/// The most items of a page (count); a larger wish is cut down silently.
const MAX_PAGE: usize = 100;

/// A refusal with GitHub's error document.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Vec<Value>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: Vec::new() }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The fake itself has failed.
    pub(crate) fn broken(error: &anyhow::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("the fake has failed: {error:#}"))
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// A field that does not fit, such as a name that is taken.
    pub(crate) fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let mut refusal = Self::unprocessable("Validation Failed");
        refusal.errors.push(json!({ "resource": resource, "code": code, "field": field }));
        refusal
    }

    /// The same with words of its own.
    pub(crate) fn custom(resource: &str, field: &str, message: &str) -> Self {
        let mut refusal = Self::unprocessable("Validation Failed");
        refusal.errors.push(
            json!({ "resource": resource, "code": "custom", "field": field, "message": message }),
        );
        refusal
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut document = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.as_str(),
        });
        if !self.errors.is_empty() {
            document["errors"] = Value::Array(self.errors);
        }
        (self.status, Json(document)).into_response()
    }
}

pub(crate) type Answer = Result<Response, Refusal>;

/// An answer with a document.
pub(crate) fn document(status: StatusCode, document: Value) -> Answer {
    Ok((status, Json(document)).into_response())
}

/// The query of a list: which page is wanted, and of what.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Page {
    query: BTreeMap<String, String>,
}

impl Page {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// One page of a list, with the `Link` header to its neighbours. `url` is the list's address without a query.
    pub(crate) fn of(self, items: Vec<Value>, url: &str) -> Answer {
        self.answer(items.len(), items, url, |_, shown| Value::Array(shown))
    }

    /// The same as a document that says how many there are.
    pub(crate) fn counted(self, name: &str, items: Vec<Value>, url: &str) -> Answer {
        self.answer(
            items.len(),
            items,
            url,
            |total, shown| json!({ "total_count": total, name: shown }),
        )
    }

    /// The same of items that are made only if they are on the page.
    pub(crate) fn answer<T>(
        self,
        total: usize,
        items: impl IntoIterator<Item = T>,
        url: &str,
        view: impl FnOnce(usize, Vec<T>) -> Value,
    ) -> Answer {
        let size = self.number("per_page").unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
        let page = self.number("page").unwrap_or(1).max(1);
        let last = total.div_ceil(size).max(1);
        let shown: Vec<_> = items.into_iter().skip((page - 1) * size).take(size).collect();
        let shown = view(total, shown);
        let link = |page: usize, relation: &str| {
            let filters = self.query.iter().filter(|(name, _)| !name.contains("page"));
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(filters);
            query.append_pair("per_page", &size.to_string());
            let query = query.append_pair("page", &page.to_string()).finish();
            format!("<{url}?{query}>; rel=\"{relation}\"")
        };
        let mut links = Vec::new();
        if page > 1 {
            links.extend([link(page - 1, "prev"), link(1, "first")]);
        }
        if page < last {
            links.extend([link(page + 1, "next"), link(last, "last")]);
        }
        let mut response = (StatusCode::OK, Json(shown)).into_response();
        if let Ok(value) = HeaderValue::from_str(&links.join(", "))
            && !links.is_empty()
        {
            response.headers_mut().insert(header::LINK, value);
        }
        Ok(response)
    }
}
