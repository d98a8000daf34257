//! GitHub's own description of its API, held against every exchange. Where the files come from: `contract/README.md`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail};
use jsonschema::{Draft, Validator};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The version of the API that a request without a header means.
pub(crate) const DEFAULT_VERSION: &str = "2022-11-28";

const FILES: [(&str, &str); 2] = [
    (DEFAULT_VERSION, include_str!("../contract/contract-2022-11-28.json")),
    ("2026-03-10", include_str!("../contract/contract-2026-03-10.json")),
];

/// Both versions of the API.
pub(crate) struct Contract {
    versions: BTreeMap<&'static str, Version>,
}

#[derive(Deserialize)]
struct Version {
    operations: BTreeMap<String, Operation>,
    #[serde(rename = "$defs")]
    definitions: Value,
    /// Schemas that have been needed so far: compiling all of them takes longer than most tests.
    #[serde(skip)]
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

#[derive(Deserialize)]
struct Operation {
    query: Vec<Parameter>,
    request: Option<Value>,
    /// Schemas by status and content type.
    responses: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    required: bool,
    schema: Value,
}

/// What was answered, as far as the contract speaks of it.
pub(crate) struct Answered<'a> {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: Option<&'a Value>,
}

impl Contract {
    pub(crate) fn read() -> Result<Self> {
        let mut versions = BTreeMap::new();
        for (name, text) in FILES {
            let mut version: Version = serde_json::from_str(text)
                .with_context(|| format!("the contract is no such JSON: {name}"))?;
            version.add_starter();
            version.allow_errors_of_several_kinds();
            version.allow_too_many_inputs();
            version.allow_ranges_of_time();
            version.allow_accounts_of_one_kind();
            versions.insert(name, version);
        }
        Ok(Self { versions })
    }

    pub(crate) fn knows_version(&self, version: &str) -> bool {
        self.versions.contains_key(version)
    }

    /// Whether every version has the operation, such as `GET /rate_limit`.
    #[cfg(test)]
    pub(crate) fn knows(&self, operation: &str) -> bool {
        self.versions.values().all(|version| version.operations.contains_key(operation))
    }

    /// What a request has that it should not, or lacks.
    pub(crate) fn check_request(
        &self,
        version: &str,
        operation: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<()> {
        let (version, described) = self.find(version, operation)?;
        for (name, text) in query {
            let Some(parameter) = described.query.iter().find(|known| known.name == *name) else {
                bail!("the query has a parameter that the operation does not: {name}");
            };
            let key = format!("{operation} ?{name}");
            version.check(&key, &parameter.schema, &query_value(&parameter.schema, text))?;
        }
        for parameter in described.query.iter().filter(|known| known.required) {
            if !query.iter().any(|(name, _)| *name == parameter.name) {
                bail!("the query lacks a required parameter: {}", parameter.name);
            }
        }
        match (&described.request, body) {
            (Some(schema), Some(body)) => {
                known_fields(schema, body)?;
                version.check(&format!("{operation} request"), schema, body)
            }
            (Some(schema), None) if schema.get("required").is_some() => {
                bail!("the request has no body");
            }
            (None, Some(_)) => bail!("the operation takes no JSON body"),
            _ => Ok(()),
        }
    }

    /// What an answer has that it should not, or lacks. An error that GitHub did not describe is no breach: it leaves
    /// many of them out.
    pub(crate) fn check_response(
        &self,
        version: &str,
        operation: &str,
        answered: &Answered,
    ) -> Result<()> {
        let (version, described) = self.find(version, operation)?;
        let status = answered.status.to_string();
        let Some(types) = described.responses.get(&status) else {
            if answered.status >= 400 {
                return Ok(());
            }
            bail!("the operation does not answer: {status}");
        };
        let essence = answered.content_type.and_then(|text| text.split(';').next());
        let Some(schema) = essence.and_then(|essence| types.get(essence)) else {
            let nothing_is_said = types.is_empty();
            if nothing_is_said && (answered.body.is_none() || answered.status >= 400) {
                return Ok(());
            }
            bail!("the operation does not answer {status} with content of type: {essence:?}");
        };
        let body = answered.body.context("the answer has no JSON body")?;
        version.check(&format!("{operation} {status}"), schema, body)
    }

    fn find(&self, version: &str, operation: &str) -> Result<(&Version, &Operation)> {
        let version = self.versions.get(version).context("no such version of the API")?;
        let described = version
            .operations
            .get(operation)
            .with_context(|| format!("the contract has no operation: {operation}"))?;
        Ok((version, described))
    }
}

impl Version {
    /// GitHub's documentation names the state `starter` of an upload that broke off; its description leaves it out.
    fn add_starter(&mut self) {
        let states = self.definitions.pointer_mut("/release-asset/properties/state/enum");
        if let Some(states) = states.and_then(Value::as_array_mut) {
            states.push(json!("starter"));
        }
    }

    /// Too many inputs of a dispatch are the server's to refuse, in its own words.
    fn allow_too_many_inputs(&mut self) {
        let dispatch = self.operations.iter_mut().find(|(name, _)| name.ends_with("/dispatches"));
        let request = dispatch.and_then(|(_, operation)| operation.request.as_mut());
        let inputs = request.and_then(|request| request.pointer_mut("/properties/inputs"));
        if let Some(inputs) = inputs.and_then(Value::as_object_mut) {
            inputs.remove("maxProperties");
        }
    }

    /// Runs are asked for by a range such as `>=2026-01-01`, as GitHub documents; its description says one time.
    fn allow_ranges_of_time(&mut self) {
        let queries = self.operations.values_mut().flat_map(|operation| &mut operation.query);
        for parameter in queries.filter(|parameter| parameter.name == "created") {
            if let Some(schema) = parameter.schema.as_object_mut() {
                schema.remove("format");
            }
        }
    }

    /// An installation's account is a user or an enterprise; the description says both at once.
    fn allow_accounts_of_one_kind(&mut self) {
        let list = self.operations.get_mut("GET /app/installations");
        let answer = list.and_then(|list| list.responses.get_mut("200"));
        let schema = answer.and_then(|types| types.get_mut("application/json"));
        let account =
            schema.and_then(|schema| schema.pointer_mut("/items/properties/account/anyOf/0"));
        if let Some(account) = account.and_then(Value::as_object_mut)
            && let Some(kinds) = account.remove("allOf")
        {
            account.insert("anyOf".to_owned(), kinds);
        }
    }

    /// Where an error is one of several kinds, the description says exactly one; but a plain error is of every kind.
    fn allow_errors_of_several_kinds(&mut self) {
        for operation in self.operations.values_mut() {
            let errors =
                operation.responses.iter_mut().filter(|(status, _)| status.as_str() >= "400");
            for schema in errors.flat_map(|(_, types)| types.values_mut()) {
                if let Some(schema) = schema.as_object_mut()
                    && let Some(kinds) = schema.remove("oneOf")
                {
                    schema.insert("anyOf".to_owned(), kinds);
                }
            }
        }
    }

    fn check(&self, key: &str, schema: &Value, value: &Value) -> Result<()> {
        let validator = self.validator(key, schema)?;
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|error| format!("at `{}`: {error}", error.instance_path()))
            .collect();
        if !faults.is_empty() {
            bail!("{key}: {}", faults.join("; "));
        }
        Ok(())
    }

    fn validator(&self, key: &str, schema: &Value) -> Result<Arc<Validator>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(key) {
            return Ok(Arc::clone(validator));
        }
        let whole = json!({ "$defs": self.definitions, "allOf": [schema] });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .map_err(|error| anyhow::anyhow!("the schema does not compile: {key}: {error}"))?;
        let validator = Arc::new(validator);
        compiled.insert(key.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

/// A typing error in a field's name would go unnoticed otherwise: the schemas allow further fields.
fn known_fields(schema: &Value, body: &Value) -> Result<()> {
    let empty = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    for name in body.as_object().unwrap_or(&empty).keys() {
        if !known.contains_key(name) {
            bail!("the request has a field that the operation does not: {name}");
        }
    }
    Ok(())
}

/// A query's text as the value that its schema speaks of.
fn query_value(schema: &Value, text: &str) -> Value {
    let value = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}
