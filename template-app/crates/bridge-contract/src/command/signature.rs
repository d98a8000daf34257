//! Signatures taken apart: the names and types of arguments, which tests and generated files go by.

/// A public function or property, as its signature says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// As written after `Desktopr.`.
    pub path: String,
    pub arguments: Vec<Argument>,
    /// The TypeScript type of what it gives, or of the property.
    pub result: String,
    pub is_property: bool,
}

/// An argument, or a field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    pub name: String,
    /// May be left out, or null.
    pub is_optional: bool,
    pub ty: Type,
    /// The type as it is written.
    pub written_type: String,
}

/// The TypeScript types that signatures use.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Any,
    Null,
    Text,
    Number,
    Boolean,
    /// One certain text.
    Literal(String),
    Array(Box<Type>),
    Object(Vec<Argument>),
    Function,
    /// One of several.
    Union(Vec<Type>),
    /// A type that is declared elsewhere.
    Named(String),
}

impl Signature {
    pub fn parse(signature: &str) -> Signature {
        let end = signature.find(['(', ':']).unwrap_or(signature.len());
        let (path, rest) = signature.split_at(end);
        let inside = rest.strip_prefix('(');
        let (arguments, result) = match inside.and_then(|rest| rest.split_at_checked(closing(rest)))
        {
            Some((arguments, rest)) => (Argument::parse_all(arguments), rest.get(1..)),
            None => (Vec::new(), Some(rest)),
        };
        let result = result.unwrap_or_default().trim_start_matches(':').trim().to_owned();
        Signature { path: path.to_owned(), arguments, result, is_property: inside.is_none() }
    }

    /// Name of the command that is called by this function and no other: its path in snake case.
    pub fn command_name(&self) -> String {
        let letter = |c: char| match c {
            '.' => "_".to_owned(),
            c if c.is_ascii_uppercase() => format!("_{}", c.to_ascii_lowercase()),
            c => c.to_string(),
        };
        self.path.chars().map(letter).collect()
    }
}

impl Argument {
    /// Arguments with commas between them, or fields with commas or semicolons.
    pub fn parse_all(text: &str) -> Vec<Argument> {
        split(text, &[',', ';']).into_iter().map(Argument::parse).collect()
    }

    fn parse(text: &str) -> Argument {
        let (name, ty) = text.split_once(':').unwrap_or((text, "unknown"));
        let name = name.trim().trim_start_matches("readonly ");
        Argument {
            name: name.trim_end_matches('?').to_owned(),
            is_optional: name.ends_with('?'),
            ty: Type::parse(ty),
            written_type: ty.trim().to_owned(),
        }
    }
}

impl Type {
    pub fn parse(text: &str) -> Type {
        let text = text.trim().trim_start_matches('|').trim();
        // An arrow's own result may have `|` in it.
        if text.starts_with('(') && text[closing(&text[1..]) + 1..].contains("=>") {
            return Type::Function;
        }
        match split(text, &['|']).as_slice() {
            [one] => Type::parse_one(one),
            several => Type::Union(several.iter().map(|part| Type::parse_one(part)).collect()),
        }
    }

    fn parse_one(text: &str) -> Type {
        let text = text.trim().trim_start_matches("readonly ").trim();
        if let Some(element) = text.strip_suffix("[]") {
            return Type::Array(Box::new(Type::parse(element)));
        }
        if let Some(fields) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            return Type::Object(Argument::parse_all(fields));
        }
        if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            return Type::parse(inner);
        }
        if let Some(literal) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            return Type::Literal(literal.to_owned());
        }
        match text {
            "unknown" | "any" | "" => Type::Any,
            "null" | "undefined" | "void" => Type::Null,
            "string" => Type::Text,
            "number" => Type::Number,
            "boolean" | "true" | "false" => Type::Boolean,
            "object" => Type::Object(Vec::new()),
            _ => Type::Named(text.to_owned()),
        }
    }
}

/// Index of the bracket that closes what is open at the beginning.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    let closes = |(_, c): &(usize, char)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    text.char_indices().find(closes).map_or(text.len(), |(index, _)| index)
}

/// Parts between separators that are in no bracket.
fn split<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let (mut depth, mut before) = (0, ' ');
    let parts = text.split(|c| {
        match c {
            '(' | '{' | '<' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            // The head of an arrow is no bracket.
            '>' if before != '=' => depth -= 1,
            _ => {}
        }
        before = c;
        depth == 0 && separators.contains(&c)
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(signature: &str) -> Vec<Type> {
        Signature::parse(signature).arguments.into_iter().map(|argument| argument.ty).collect()
    }

    #[test]
    fn a_function_has_a_path_arguments_and_a_result() {
        let parsed =
            Signature::parse("window.setTitle(title: string, label?: string): Promise<void>");
        assert_eq!(
            (parsed.path.as_str(), parsed.result.as_str()),
            ("window.setTitle", "Promise<void>")
        );
        assert_eq!(parsed.command_name(), "window_set_title");
        let told: Vec<_> =
            parsed.arguments.iter().map(|known| (known.name.as_str(), known.is_optional)).collect();
        assert_eq!(told, [("title", false), ("label", true)]);
        assert!(!parsed.is_property);
        let property = Signature::parse("ready: Promise<void>");
        assert_eq!((property.result.as_str(), property.is_property), ("Promise<void>", true));
    }

    #[test]
    fn types_are_what_signatures_use() {
        let options =
            "a.b(options?: number | { replace?: boolean, manifest?: object }): Promise<A | null>";
        let parsed = types(options);
        let [Type::Union(kinds)] = parsed.as_slice() else { panic!("{parsed:?}") };
        assert_eq!(kinds[0], Type::Number);
        let Type::Object(fields) = &kinds[1] else { panic!() };
        assert_eq!((fields[0].name.as_str(), &fields[0].ty), ("replace", &Type::Boolean));
        assert_eq!(fields[1].ty, Type::Object(Vec::new()));

        let listener = "a.b(events: string[], listener: (event: string) => void | null, to: \"a\" | \"b\", it: unknown): Promise<() => void>";
        assert_eq!(
            types(listener),
            [
                Type::Array(Box::new(Type::Text)),
                Type::Function,
                Type::Union(vec![Type::Literal("a".into()), Type::Literal("b".into())]),
                Type::Any
            ]
        );
        assert_eq!(types("a.b(it: Options)"), [Type::Named("Options".into())]);
        assert_eq!(types("a.b()"), []);
    }
}
