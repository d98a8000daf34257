//! Expressions of workflows, as far as names of runs need them: inputs and other values, text, numbers, `!`, `==`, `!=`,
//! `&&`, `||` and parentheses. No functions.

use serde_json::Value;

/// Replaces every `${{ … }}` of a text. What `lookup` does not know is null, as with GitHub.
pub(crate) fn render(text: &str, lookup: &dyn Fn(&str) -> Value) -> Result<String, String> {
    let mut rendered = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").ok_or("an expression has no end")?;
        rendered += before;
        rendered += &shown(&evaluate(expression, lookup)?);
        rest = after;
    }
    Ok(rendered + rest)
}

fn evaluate(text: &str, lookup: &dyn Fn(&str) -> Value) -> Result<Value, String> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, lookup };
    let value = parser.or()?;
    if parser.next < parser.tokens.len() {
        return Err(format!("an expression goes on where it should end: {text}"));
    }
    Ok(value)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Value(Value),
    Name(String),
    Mark(&'static str),
}

/// The longer marks come first.
const MARKS: [&str; 7] = ["||", "&&", "==", "!=", "!", "(", ")"];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if first == '\'' {
            let (value, len) = quoted(rest)?;
            tokens.push(Token::Value(value.into()));
            len
        } else if let Some(mark) = MARKS.into_iter().find(|mark| rest.starts_with(mark)) {
            tokens.push(Token::Mark(mark));
            mark.len()
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c));
            let word = &rest[..end.unwrap_or(rest.len())];
            if word.is_empty() {
                return Err(format!("an expression has a character that is not known: {first}"));
            }
            tokens.push(worded(word));
            word.len()
        };
        rest = rest[len..].trim_start();
    }
    Ok(tokens)
}

/// A text in quotes, with its length; a quote in it is doubled.
fn quoted(text: &str) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character != '\'' {
            value.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
            value.push('\'');
        } else {
            return Ok((value, index + 1));
        }
    }
    Err(format!("a text has no end: {text}"))
}

fn worded(word: &str) -> Token {
    match word {
        "true" => Token::Value(true.into()),
        "false" => Token::Value(false.into()),
        "null" => Token::Value(Value::Null),
        _ => match word.parse::<f64>() {
            Ok(number) => Token::Value(number.into()),
            Err(_) => Token::Name(word.to_owned()),
        },
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    lookup: &'a dyn Fn(&str) -> Value,
}

impl Parser<'_> {
    fn takes(&mut self, mark: &str) -> bool {
        let found = matches!(self.tokens.get(self.next), Some(Token::Mark(next)) if *next == mark);
        self.next += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Value, String> {
        let mut value = self.and()?;
        while self.takes("||") {
            let other = self.and()?;
            value = if is_true(&value) { value } else { other };
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<Value, String> {
        let mut value = self.compared()?;
        while self.takes("&&") {
            let other = self.compared()?;
            value = if is_true(&value) { other } else { value };
        }
        Ok(value)
    }

    fn compared(&mut self) -> Result<Value, String> {
        let mut value = self.single()?;
        loop {
            if self.takes("==") {
                value = equal(&value, &self.single()?).into();
            } else if self.takes("!=") {
                value = (!equal(&value, &self.single()?)).into();
            } else {
                return Ok(value);
            }
        }
    }

    fn single(&mut self) -> Result<Value, String> {
        if self.takes("!") {
            return Ok((!is_true(&self.single()?)).into());
        }
        if self.takes("(") {
            let value = self.or()?;
            return if self.takes(")") { Ok(value) } else { Err("a `)` is missing".to_owned()) };
        }
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        match token {
            Some(Token::Value(value)) => Ok(value),
            Some(Token::Name(name)) => Ok((self.lookup)(&name)),
            Some(Token::Mark(mark)) => Err(format!("a value is missing before: {mark}")),
            None => Err("an expression ends too early".to_owned()),
        }
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// Text is compared without regard to case; values of different kinds as numbers.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.to_lowercase() == right.to_lowercase(),
        _ => number(left) == number(right),
    }
}

/// The number that a value is; one that is none equals nothing.
fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) if text.trim().is_empty() => 0.0,
        Value::String(text) => text.trim().parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // Whole numbers have no point.
        Value::Number(number) => {
            number.as_f64().map(|number| number.to_string()).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::render;

    fn check(text: &str, expected: &str) {
        let inputs =
            json!({ "config": "a.json", "empty": "", "yes": true, "no": false, "it's": 3 });
        let lookup = |name: &str| {
            name.strip_prefix("inputs.").map_or(Value::Null, |name| inputs[name].clone())
        };
        assert_eq!(render(text, &lookup).unwrap(), expected, "{text}");
    }

    #[test]
    fn names_of_runs_are_rendered() {
        check("Build ${{ inputs.config }} now", "Build a.json now");
        check("${{ inputs.empty != '' && 'inline' || inputs.config || 'app' }}", "a.json");
        check("${{ inputs.config != '' && 'inline' || 'app' }}", "inline");
        check("${{ inputs.unknown || 'it''s' }} ${{ inputs.empty }}", "it's ");
        check("${{ (inputs.yes && !inputs.no) == true }}", "true");
        check(
            "${{ inputs.config == 'A.JSON' }} ${{ 1 == '1' }} ${{ null == false }}",
            "true true true",
        );
        check("plain", "plain");
    }

    #[test]
    fn broken_ones_are_refused() {
        for text in ["${{ a", "${{ 'a }}", "${{ a || }}", "${{ (a }}", "${{ a b }}", "${{ f(a) }}"]
        {
            assert!(render(text, &|_| Value::Null).is_err(), "{text}");
        }
    }
}
