//! The description of the app's types of files for Linux, by which the desktop knows a file by its name.
//! https://specifications.freedesktop.org/shared-mime-info-spec/latest/

use std::fmt::Write as _;

use config_schema::{AppModel, FileAssociation};

use super::text::{one_line, xml};

/// Whether the app says what the type is; of others the system knows more than it does.
pub(crate) fn is_own(association: &FileAssociation) -> bool {
    let subtype = association.mime_type.split('/').nth(1).unwrap_or_default();
    ["x-", "x.", "vnd.", "prs."].iter().any(|begin| subtype.starts_with(begin))
}

/// None in an app that opens no files.
pub(super) fn description(model: &AppModel) -> Option<String> {
    if model.file_associations.is_empty() {
        return None;
    }
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">\n",
    );
    for association in &model.file_associations {
        // Writing into a string has nothing that could fail.
        let _ = writeln!(text, "  <mime-type type=\"{}\">", xml(&association.mime_type));
        if is_own(association) {
            let comment = xml(&one_line(&association.description));
            let _ = writeln!(text, "    <comment>{comment}</comment>");
        }
        for extension in &association.ext {
            let _ = writeln!(text, "    <glob pattern=\"*.{}\"/>", xml(extension));
        }
        text.push_str("  </mime-type>\n");
    }
    text.push_str("</mime-info>\n");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_types_are_named_and_others_get_their_endings() {
        let config = r#"{"app": {"name": "Notes", "id": "com.example.notes"}, "content": {"dir": "web"},
            "bridge": {"modules": {"files": true}},
            "fileAssociations": [{"ext": ["note", "nb"], "description": "Notes & <more>"},
                                 {"ext": ["log"], "mimeType": "text/plain"}]}"#;
        let model = config_schema::Check::read("app.json", config.as_bytes()).finish().unwrap();
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<mime-info xmlns=\"http://www.freedesktop.org/standards/shared-mime-info\">
  <mime-type type=\"application/x-notes-note\">
    <comment>Notes &amp; &lt;more&gt;</comment>
    <glob pattern=\"*.note\"/>
    <glob pattern=\"*.nb\"/>
  </mime-type>
  <mime-type type=\"text/plain\">
    <glob pattern=\"*.log\"/>
  </mime-type>
</mime-info>
";
        assert_eq!(description(&model).unwrap(), expected);
    }
}
