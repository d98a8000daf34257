//! The declarations of the API (`template-app/bridge/src/api`) with their comments: what the reference says beyond the contract.

use std::collections::BTreeMap;

use anyhow::Context as _;

use crate::workspace::template_app;

/// The interface that everything hangs on.
const ROOT: &str = "DesktoprApi";
/// Interfaces that no property of the API has: what functions give. Their functions are written with these words.
const HANDLES: &[(&str, &str)] = &[("handle", "FileHandle"), ("directory", "DirectoryHandle")];

/// What the comment of a function or property says.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Doc {
    /// Markdown, without tags.
    pub(super) text: String,
    /// Names and what is said of them.
    pub(super) params: Vec<(String, String)>,
    pub(super) returns: String,
    /// TypeScript that runs as it stands.
    pub(super) example: String,
}

/// A member of an interface.
#[derive(Debug, PartialEq)]
struct Member {
    name: String,
    /// The declared type, when it is a property.
    ty: String,
    doc: Doc,
}

/// Comments by the paths of functions, such as `window.close`.
pub(super) fn read() -> anyhow::Result<BTreeMap<String, Doc>> {
    let mut interfaces = BTreeMap::new();
    for entry in fs_err::read_dir(template_app().join("bridge/src/api"))? {
        let text = fs_err::read_to_string(entry?.path())?;
        for (name, parents, body) in bodies(&text) {
            interfaces.insert(name, (parents, members(body)));
        }
    }
    let mut docs = BTreeMap::new();
    let mut waiting = vec![(String::new(), ROOT.to_owned())];
    let handles = HANDLES.iter().map(|(word, name)| (format!("{word}."), (*name).to_owned()));
    waiting.extend(handles);
    while let Some((prefix, name)) = waiting.pop() {
        let (parents, members) =
            interfaces.get(&name).with_context(|| format!("no interface: `{name}`"))?;
        waiting.extend(parents.iter().map(|parent| (prefix.clone(), parent.clone())));
        for member in members {
            let path = format!("{prefix}{}", member.name);
            if interfaces.contains_key(&member.ty) && path.split('.').count() < 4 {
                waiting.push((format!("{path}."), member.ty.clone()));
            }
            // Of several forms of a function the first has the comment.
            if member.doc != Doc::default() {
                docs.entry(path).or_insert_with(|| member.doc.clone());
            }
        }
    }
    Ok(docs)
}

/// Name, parents and body of each interface.
fn bodies(text: &str) -> impl Iterator<Item = (String, Vec<String>, &str)> {
    text.split("\nexport interface ").skip(1).filter_map(|part| {
        let (head, rest) = part.split_once("{\n")?;
        let (names, parents) = head.split_once(" extends ").unwrap_or((head, ""));
        let name = names.split('<').next()?.trim().to_owned();
        let parents = parents.split(',').map(|name| name.trim().to_owned());
        let parents =
            parents.filter(|name| name.chars().all(char::is_alphanumeric) && !name.is_empty());
        Some((name, parents.collect(), rest.split("\n}").next()?))
    })
}

fn members(body: &str) -> Vec<Member> {
    let mut members = Vec::new();
    let (mut comment, mut is_comment) = (Vec::new(), false);
    // Names of the objects that are written out around a line, and how many brackets of a member's type are open.
    let (mut parts, mut depth): (Vec<String>, usize) = (Vec::new(), 0);
    for line in body.lines().map(str::trim) {
        if depth == 0 && line.starts_with("/**") {
            (is_comment, comment) = (true, Vec::new());
        }
        if is_comment {
            comment.push(line);
            is_comment = !line.ends_with("*/");
            continue;
        }
        if depth == 0 && line.starts_with('}') {
            parts.pop();
            continue;
        }
        if depth == 0
            && let Some((name, ty)) = declared(line)
        {
            let doc = doc(&std::mem::take(&mut comment));
            let path =
                parts.iter().chain([&name]).map(String::as_str).collect::<Vec<_>>().join(".");
            let is_object = ty == "{";
            members.push(Member { name: path, ty, doc });
            if is_object {
                parts.push(name);
                continue;
            }
        }
        let brackets = |set: &[char]| line.matches(set).count();
        depth = (depth + brackets(&['(', '{'])).saturating_sub(brackets(&[')', '}']));
    }
    members
}

/// Name of a member, and its type if it is a property.
fn declared(line: &str) -> Option<(String, String)> {
    let line = line.trim_start_matches("readonly ");
    let end = line.find(['(', '<', ':', '?'])?;
    let name = line[..end].trim_matches('"');
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let ty = line[end..].strip_prefix(':').unwrap_or_default().trim().trim_end_matches(';');
    is_name.then(|| (name.to_owned(), ty.to_owned()))
}

/// A comment without its frame, part by part.
fn doc(lines: &[&str]) -> Doc {
    let text: Vec<_> = lines
        .iter()
        .map(|line| line.trim_start_matches("/**").trim_end_matches("*/"))
        .map(|line| line.strip_prefix("* ").unwrap_or(line.trim_start_matches('*')))
        .collect();
    let text = text.join("\n");
    let mut doc = Doc::default();
    for (index, part) in text.split("\n@").enumerate() {
        let part = links(part.trim());
        match part.split_once(char::is_whitespace) {
            _ if index == 0 => doc.text = part,
            Some(("param", rest)) => {
                if let Some((name, said)) = rest.split_once(" - ") {
                    doc.params.push((name.trim().to_owned(), said.replace('\n', " ")));
                }
            }
            Some(("returns", rest)) => doc.returns = rest.replace('\n', " "),
            Some(("example", rest)) => {
                let code = rest.trim().trim_start_matches("```ts").trim_end_matches("```");
                doc.example = code.trim().to_owned();
            }
            _ => {}
        }
    }
    doc
}

/// Names instead of TSDoc's links.
fn links(text: &str) -> String {
    let mut parts = text.split("{@link ");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let name = name.split('.').next_back().unwrap_or(name);
        plain.push_str(&format!("`{name}`{rest}"));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "
export interface Window extends Base, Other<string> {
  /**
   * Closes {@link Window.list | it}.
   *
   * @param label - Which
   * one.
   * @returns Nothing.
   * @example
   * ```ts
   * await close({
   *   a: 1,
   * });
   * ```
   */
  close(
    label?: string,
  ): Promise<void>;
  close(): void;

  /** The files. */
  readonly files: Files;
  \"new\"(): void;
  readonly init: {
    /** Text. */
    fromText(text: string): void;
  };
  last(): void;
}
";

    #[test]
    fn members_have_their_comments() {
        let (name, parents, body) = bodies(SOURCE).next().unwrap();
        assert_eq!((name.as_str(), parents), ("Window", vec!["Base".to_owned()]));
        let members = members(body);
        let names: Vec<_> = members.iter().map(|known| known.name.as_str()).collect();
        assert_eq!(names, ["close", "close", "files", "new", "init", "init.fromText", "last"]);
        assert_eq!((members[2].ty.as_str(), members[2].doc.text.as_str()), ("Files", "The files."));
        let doc = &members[0].doc;
        assert_eq!(doc.params, [("label".to_owned(), "Which one.".to_owned())]);
        assert_eq!(
            (doc.returns.as_str(), doc.example.as_str()),
            ("Nothing.", "await close({\n  a: 1,\n});")
        );
    }

    #[test]
    fn every_function_of_the_contract_is_declared_with_an_example() {
        let docs = read().unwrap();
        let commands = bridge_contract::commands().map(|command| command.signature);
        let script = bridge_contract::SCRIPT_FUNCTIONS.iter().map(|function| function.signature);
        for signature in commands.chain(script).filter(|signature| !signature.is_empty()) {
            let signature = bridge_contract::Signature::parse(signature);
            let doc = docs.get(&signature.path);
            let is_there = |doc: &Doc| {
                !doc.text.is_empty() && (signature.is_property || !doc.example.is_empty())
            };
            assert!(doc.is_some_and(is_there), "{}: {doc:?}", signature.path);
        }
    }
}
