//! The items of GTK's menus: made from lines, and changed by id.

use std::{cell::Cell, collections::HashMap, rc::Rc};

use gtk::{
    AccelFlags, AccelGroup, AccelLabel, CheckMenuItem, MenuItem, SeparatorMenuItem,
    gdk::ModifierType, prelude::*,
};
use runtime_settings::{
    Accelerator,
    menu::{Entry, Predefined},
};

use crate::{
    keysym::keysym,
    menu::{Change, texts::Texts},
};

/// What the user chose.
pub(super) enum Chosen {
    /// An item of the app's own, with its mark if it can have one.
    Item {
        id: String,
        checked: Option<bool>,
    },
    Predefined(Predefined),
}

type Choose = Rc<dyn Fn(Chosen)>;

/// The items of one menu and of those in it.
pub(super) struct Lines<'a> {
    texts: &'a Texts,
    choose: Choose,
    made: Made,
}

/// Items by id.
pub(super) struct Made {
    items: HashMap<String, MenuItem>,
    /// Where keys take effect. Without it they are shown only.
    keys: Option<AccelGroup>,
    /// A mark changes, and the user has nothing to do with it.
    is_changing: Rc<Cell<bool>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(
        texts: &'a Texts,
        keys: Option<AccelGroup>,
        choose: impl Fn(Chosen) + 'static,
    ) -> Lines<'a> {
        let made = Made { items: HashMap::new(), keys, is_changing: Rc::default() };
        Lines { texts, choose: Rc::new(choose), made }
    }

    /// What is left of them when all are made.
    pub(super) fn made(self) -> Made {
        self.made
    }

    /// Adds items to a menu.
    pub(super) fn fill(&mut self, menu: &gtk::Menu, entries: &[Entry]) {
        for entry in entries {
            let item = self.item(entry);
            item.show();
            menu.append(&item);
        }
    }

    /// An item that leads to another menu.
    pub(super) fn submenu(
        &mut self,
        id: Option<&str>,
        label: &str,
        enabled: bool,
        entries: &[Entry],
    ) -> MenuItem {
        let item = MenuItem::with_mnemonic(&mnemonic(label));
        item.set_sensitive(enabled);
        let menu = gtk::Menu::new();
        self.fill(&menu, entries);
        item.set_submenu(Some(&menu));
        if let Some(id) = id {
            self.made.items.insert(id.to_owned(), item.clone());
        }
        item
    }

    fn item(&mut self, entry: &Entry) -> MenuItem {
        match entry {
            Entry::Separator => SeparatorMenuItem::new().upcast(),
            Entry::Command { id, label, enabled, accelerator } => {
                let item = MenuItem::with_mnemonic(&mnemonic(label));
                let (choose, name) = (Rc::clone(&self.choose), id.clone());
                item.connect_activate(move |_| {
                    choose(Chosen::Item { id: name.clone(), checked: None });
                });
                self.add(id, item, *enabled, accelerator.as_ref())
            }
            Entry::Check { id, label, enabled, checked, accelerator } => {
                let item = CheckMenuItem::with_mnemonic(&mnemonic(label));
                item.set_active(*checked);
                let (choose, name) = (Rc::clone(&self.choose), id.clone());
                let is_changing = Rc::clone(&self.made.is_changing);
                item.connect_toggled(move |item| {
                    if !is_changing.get() {
                        choose(Chosen::Item { id: name.clone(), checked: Some(item.is_active()) });
                    }
                });
                self.add(id, item.upcast(), *enabled, accelerator.as_ref())
            }
            Entry::Predefined { action, label } => {
                let label = label.clone().unwrap_or_else(|| self.texts.item(*action));
                let item = MenuItem::with_mnemonic(&mnemonic(&label));
                // The webview knows these keys itself, and pages may want them first.
                if let Some(keys) = usual_keys(*action) {
                    show_keys(&item, &keys);
                }
                let (choose, action) = (Rc::clone(&self.choose), *action);
                item.connect_activate(move |_| choose(Chosen::Predefined(action)));
                item
            }
            Entry::Submenu { id, label, enabled, items } => {
                self.submenu(id.as_deref(), label, *enabled, items)
            }
        }
    }

    fn add(
        &mut self,
        id: &str,
        item: MenuItem,
        enabled: bool,
        keys: Option<&Accelerator>,
    ) -> MenuItem {
        item.set_sensitive(enabled);
        if let Some(keys) = keys {
            show_keys(&item, keys);
            self.listen(&item, keys);
        }
        self.made.items.insert(id.to_owned(), item.clone());
        item
    }

    /// GTK's own way would bind the keys to the item being on the screen, and a bar is hidden in fullscreen.
    fn listen(&self, item: &MenuItem, keys: &Accelerator) {
        let (Some(group), Some(key)) = (&self.made.keys, keysym(keys.code)) else { return };
        let item = item.downgrade();
        let modifiers = modifiers(keys);
        group.connect_accel_group(key, modifiers, AccelFlags::VISIBLE, move |_, _, _, _| {
            let item = item.upgrade().filter(WidgetExt::is_sensitive);
            item.is_some_and(|item| {
                item.activate();
                true
            })
        });
    }
}

impl Made {
    /// Changes an item. False: there is none of this id.
    pub(super) fn change(&self, id: &str, change: &Change) -> bool {
        let Some(item) = self.items.get(id) else { return false };
        match change {
            Change::Enabled(on) => item.set_sensitive(*on),
            Change::Label(label) => item.set_label(&mnemonic(label)),
            Change::Checked(on) => {
                if let Some(item) = item.downcast_ref::<CheckMenuItem>() {
                    self.is_changing.set(true);
                    item.set_active(*on);
                    self.is_changing.set(false);
                }
            }
        }
        true
    }
}

fn show_keys(item: &MenuItem, keys: &Accelerator) {
    if let (Some(label), Some(key)) = (item.child().and_downcast::<AccelLabel>(), keysym(keys.code))
    {
        label.set_accel(key, modifiers(keys));
    }
}

fn usual_keys(action: Predefined) -> Option<Accelerator> {
    let keys = match action {
        Predefined::Copy => "Ctrl+C",
        Predefined::Cut => "Ctrl+X",
        Predefined::Paste => "Ctrl+V",
        Predefined::Redo => "Ctrl+Shift+Z",
        Predefined::SelectAll => "Ctrl+A",
        Predefined::Undo => "Ctrl+Z",
        _ => return None,
    };
    Accelerator::parse_menu(keys, false).ok()
}

fn modifiers(keys: &Accelerator) -> ModifierType {
    let modifiers = [
        (keys.control, ModifierType::CONTROL_MASK),
        (keys.alt, ModifierType::MOD1_MASK),
        (keys.shift, ModifierType::SHIFT_MASK),
        (keys.meta, ModifierType::SUPER_MASK),
    ];
    modifiers.into_iter().filter(|(is_held, _)| *is_held).map(|(_, modifier)| modifier).collect()
}

/// A label with GTK's sign for the letter that Alt goes with, `_`, in place of `&`.
fn mnemonic(label: &str) -> String {
    let mut text = String::with_capacity(label.len() + 1);
    let mut letters = label.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '_' => text.push_str("__"),
            '&' if letters.next_if_eq(&'&').is_some() => text.push('&'),
            '&' if letters.peek().is_some_and(|next| *next != '_') => text.push('_'),
            '&' => {}
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_for_alt_have_gtks_sign() {
        for (label, expected) in [
            ("&File", "_File"),
            ("snake_case", "snake__case"),
            ("A && B", "A & B"),
            ("A &&& B", "A &_ B"),
            ("end&", "end"),
            ("&_x", "__x"),
        ] {
            assert_eq!(mnemonic(label), expected, "{label}");
        }
    }

    #[test]
    fn modifiers_are_gtks() {
        let keys = |text| modifiers(&Accelerator::parse_menu(text, false).unwrap());
        assert_eq!(keys("CmdOrCtrl+S"), ModifierType::CONTROL_MASK);
        assert_eq!(
            keys("Alt+Shift+Cmd+S"),
            ModifierType::MOD1_MASK | ModifierType::SHIFT_MASK | ModifierType::SUPER_MASK
        );
    }
}
